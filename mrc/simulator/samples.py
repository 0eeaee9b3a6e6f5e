"""Files that a phone can send without having any: a small photo, a voice note and a document, made here."""

from __future__ import annotations

import math
import struct
import zlib

WIDTH, HEIGHT = 240, 160


def _photo() -> bytes:
    """A PNG of a town in the evening, drawn by rule."""
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        for x in range(WIDTH):
            hill = HEIGHT * 0.62 + 14 * ((x // 24) % 3) + (x % 24) / 4
            sky = (244 - y // 2, 196 - y // 3, 150 + y // 3)
            rows.extend(sky if y < hill else (58, 92 - y // 8, 84))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(bytes(rows))), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def mp3_of(seconds: int) -> bytes:
    """So many seconds of silence as MPEG-1 layer III: empty frames of 128 kbit/s at 44.1 kHz."""
    return (b"\xff\xfb\x90\xc4" + bytes(413)) * math.ceil(seconds * 44_100 / 1_152)


def _document() -> bytes:
    """A PDF of one page with one line on it."""
    text = b"BT /F1 18 Tf 72 720 Td (Copy of an employment contract - sample) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    content, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


SAMPLES: dict[str, tuple[str, bytes]] = {
    "photo": ("image/png", _photo()),
    "voice": ("audio/mpeg", mp3_of(2)),
    "document": ("application/pdf", _document()),
}
"""Name to content type and content."""
