"""Changing a graph through the pages of a server: signing in, sending forms, and small PDFs."""

from __future__ import annotations

import time
import zlib
from urllib.parse import urlencode

from serving import TOKEN, run_serving, write_token

FORM = "application/x-www-form-urlencoded"
STORY = """The Pact

Japan supports the United States. China opposes the alliance of Japan and the United States.
Donald Trump visited Tokyo on Monday. The president said that China will attack Taiwan.
The United States and Japan signed an agreement on trade in March 2019.
"""


def run_writable(graph, place, *options):
    """A server of a graph that may be written, which keeps its token in another directory."""
    return run_serving(graph, "--writable", "--token-file", write_token(place), *options)


def sign_in(server, name="Ann Example", token=TOKEN):
    """Sign in as a browser does; its cookie."""
    reply = post(server, "/page/sign-in", {"name": name, "token": token, "back": ""}, "")
    assert reply.status == 303, reply.text
    return reply.headers["set-cookie"].partition(";")[0]


def post(server, path, fields, cookie, **headers):
    """Send a form as a page of the server does."""
    sent = {"Content-Type": FORM, "Origin": server.base, "Sec-Fetch-Site": "same-origin"}
    if cookie:
        sent["Cookie"] = cookie
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
    return server.send(path, "POST", body, {n: v for n, v in sent.items() if v is not None})


def post_file(server, name, data, cookie, field="file", **headers):
    """Send a file as the page for adding articles does."""
    # As browsers write it (HTML, 4.10.21.8).
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    named = f'; filename="{escaped}"'
    head = f'--xyz\r\nContent-Disposition: form-data; name="{field}"{named}\r\n\r\n'
    body = head.encode() + data + b"\r\n--xyz--\r\n"
    kind = "multipart/form-data; boundary=xyz"
    return post(server, "/page/add", body, cookie, Content_Type=kind, **headers)


def follow_job(server, place, cookie, patience=90):
    """Wait until an article is in the graph or could not be read; what is told in the end."""
    path = place.removeprefix(server.base)
    end = time.monotonic() + patience
    while time.monotonic() < end:
        told = server.send(f"{path}/state.json", headers={"Cookie": cookie}).json
        if told["state"] in ("done", "failed"):
            return told
        time.sleep(0.1)
    raise AssertionError(f"still {told}")


def make_pdf(*pages, title=None, extra=b""):
    """A PDF of lines (x, y, size, text), page by page, in Helvetica; `extra` joins its trailer."""
    streams = [
        "\n".join(
            f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({_escape(text)}) Tj ET"
            for x, y, size, text in page
        ).encode("latin-1")
        for page in pages
    ]
    return make_pdf_of(*streams, title=title, extra=extra)


def make_pdf_of(*streams, title=None, extra=b""):
    """A PDF whose pages have these streams of operators."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(streams)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(streams)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, stream in enumerate(streams):
        packed = zlib.compress(stream)
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>>>" % (5 + 2 * number),
            b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
        ]
    if title is not None:
        objects.append(b"<</Title(%s)>>" % _escape(title).encode("latin-1"))
        extra += b"/Info %d 0 R" % len(objects)
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\n" % (len(objects) + 1, extra)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _escape(text):
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
