"""The engine's messages, made fit to read."""

from __future__ import annotations

import re

_UNHELPFUL = {'"\\"', "FDCF", "FFFD", "SERVICE", "LATERAL"}


def shorten_message(message: str) -> str:
    """A message of the engine on one line, with the place and what would have been right there."""
    line = re.sub(
        r"error at (\d+):(\d+)",
        lambda match: f"line {match[1]}, column {match[2]}",
        " ".join(message.split()),
    )
    place, _, expected = line.partition(": expected ")
    if "Prefix not found" in expected:
        return f"{place}: a prefix is not declared"
    # The engine lists every character that could go on; only its words and signs help a reader.
    signs = re.findall(r'"[^" ]+"|\b[A-Z]{3,}\b', expected)
    signs = [sign for sign in signs if sign not in _UNHELPFUL]
    if expected and signs:
        return f"{place}: expected {', '.join(signs[:10])}{', …' if len(signs) > 10 else ''}"
    return line if len(line) <= 300 else f"{line[:299]}…"
