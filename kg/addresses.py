"""The addresses of hosts, and which of them lie on the open internet."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Sequence

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve_host(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, those of IPv4 first; raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(str(address[0]) for *_, address in found)
    return sorted(addresses, key=lambda address: ":" in address)


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # With the zone of an interface.
        return False
    return all(each.is_global and not each.is_multicast for each in _list_meant(address))


def _list_meant(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """An address and those of IPv4 within it, which a gateway may reach through it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            yield address.ipv4_mapped
            return
        if address in _NAT64:
            yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
            return
        if address.sixtofour is not None:
            yield address.sixtofour
        yield from address.teredo or ()
    yield address
