"""Links to attachments that die in an hour, signed in the manner of S3, and the files behind them."""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from bot.sandbox.http import Request, Response
from bot.sandbox.ticket_model import Ticket, file_id

LIFE = timedelta(hours=1)

_PATH = re.compile(r"/files/t/(?P<org>\d+)/ticket/%23(?P<ticket>\d+)/email/(?P<file>[0-9a-f-]{36})")
_TIME = "%Y%m%dT%H%M%SZ"
# Real links carry a session token that makes them some 1,800 characters long, which bites in Slack's limits.
_TOKEN = hashlib.shake_256(b"made up").hexdigest(560)


class FileShelf:
    """Signs links to the attachments of some tickets, and serves them while they live.

    `secret` signs, `now` returns the aware time by which a link is young or old.
    """

    def __init__(self, org_id: int, tickets: Mapping[int, Ticket], secret: str, now: Callable[[], datetime]) -> None:
        self._org_id = org_id
        self._tickets = tickets
        self._secret = secret.encode()
        self._now = now

    def link(self, server: str, ticket: Ticket, place: int, index: int) -> str:
        """Return a link that lives an hour from now, to the attachment `index` of the message at `place`.

        `server` is an address without a slash at the end.
        """
        path = f"/files/t/{self._org_id}/ticket/{quote(ticket.key)}/email/{file_id(ticket.id, place, index)}"
        name = ticket.messages[place]["Attachments"][index].get("FileName") or "file"
        query = {
            "response-content-disposition": f'inline; filename="{name}"',
            "X-Amz-Security-Token": _TOKEN,
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": self._now().astimezone(UTC).strftime(_TIME),
            "X-Amz-SignedHeaders": "host",
            "X-Amz-Credential": f"MADEUPKEY/{self._now():%Y%m%d}/ap-south-1/s3/aws4_request",
            "X-Amz-Expires": str(int(LIFE.total_seconds())),
        }
        query["X-Amz-Signature"] = self._signature(path, query)
        return f"{server}{path}?{urlencode(query, quote_via=quote)}"

    def serve(self, request: Request) -> Response:
        """Answer a request below /files: the file, or 403, 404 or 405 with an XML body like S3's."""
        if request.method not in {"GET", "HEAD"}:
            return _refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        signature = request.query.get("X-Amz-Signature", "")
        signed = {name: value for name, value in request.query.items() if name != "X-Amz-Signature"}
        if not signature:
            return _refusal(403, "AccessDenied", "Access Denied")
        if not hmac.compare_digest(signature.encode(), self._signature(request.path, signed).encode()):
            return _refusal(403, "SignatureDoesNotMatch", "The signature does not match the request.")
        made = datetime.strptime(signed["X-Amz-Date"], _TIME).replace(tzinfo=UTC)
        if self._now() >= made + timedelta(seconds=int(signed["X-Amz-Expires"])):
            return _refusal(403, "AccessDenied", "Request has expired")
        found = self._find(request.path)
        if found is None:
            return _refusal(404, "NoSuchKey", "The specified key does not exist.")
        return _file(found, signed["response-content-disposition"])

    def _find(self, path: str) -> Mapping[str, Any] | None:
        place = _PATH.fullmatch(path)
        ticket = self._tickets.get(int(place["ticket"])) if place else None
        return dict(ticket.files()).get(place["file"]) if ticket and place else None

    def _signature(self, path: str, query: Mapping[str, str]) -> str:
        return hmac.new(self._secret, repr((path, sorted(query.items()))).encode(), "sha256").hexdigest()


def tiny_png(width: int = 16, height: int = 16) -> bytes:
    """Return a real PNG of one blue, small enough for a test and large enough to be seen."""
    row = b"\0" + bytes((0x1D, 0x6F, 0xA5)) * width
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def tiny_pdf(line: str = "A sample file") -> bytes:
    """Return a real PDF of one page with one line on it (ASCII without brackets)."""
    drawing = f"BT /F1 18 Tf 40 100 Td ({line}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 320 200] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + tail


def _file(item: Mapping[str, Any], disposition: str) -> Response:
    kind = str(item.get("ContentType") or "application/octet-stream")
    makers: dict[str, Callable[[], bytes]] = {"image/png": tiny_png, "application/pdf": tiny_pdf}
    body = b"" if item.get("FileSize") == 0 else makers.get(kind, lambda: b"A sample file.\n")()
    # Header values are Latin-1 on the wire and end at a line break; a name in another script is left percent-encoded.
    safe = quote(disposition, safe=" ;=\"'().,_-+[]@!&")
    return Response(200, body, {"Content-Type": kind, "Content-Disposition": safe})


def _refusal(status: int, code: str, text: str) -> Response:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{escape(text)}</Message></Error>'
    )
    return Response(status, body.encode(), {"Content-Type": "application/xml"})
