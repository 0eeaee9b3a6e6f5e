"""Pictures inside other files: what they say of themselves is cut out, what they show stays byte for byte."""

from __future__ import annotations

from mrc.attachments.cleaning.answers import Fault, Unfit

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
SAYING_CHUNKS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
START_OF_SCAN = 0xDA
STANDALONE = {0x01, *range(0xD0, 0xD8)}
COMMENT = 0xFE
APPLICATION = range(0xE1, 0xF0)
"""APP1 to APP15: EXIF, XMP, IPTC and makers' notes. APP0 is JFIF's own."""
ADOBE = 0xEE
"""APP14 tells how the colours are meant, and nothing else."""
PROFILE = 0xE2


def without_sayings(data: bytes) -> bytes:
    """The picture without places, times, names and comments; what is neither JPEG nor PNG comes back as it
    is. Raises Unfit when it breaks off.
    """
    if data.startswith(JPEG):
        return _jpeg(data)
    return _png(data) if data.startswith(PNG) else data


def _jpeg(data: bytes) -> bytes:
    kept, at = [JPEG], len(JPEG)
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise Unfit(Fault.DAMAGED)
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in STANDALONE:
            kept.append(data[at : at + 2])
            at += 2
            continue
        length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == START_OF_SCAN:
            # Up to the end of the picture; what was hung on behind it is not the picture.
            end = data.rfind(b"\xff\xd9", at)
            return b"".join((*kept, data[at : end + 2] if end > 0 else data[at:]))
        is_profile = marker == PROFILE and data[at + 4 : at + 15] == b"ICC_PROFILE"
        if marker == ADOBE or is_profile or not (marker == COMMENT or marker in APPLICATION):
            kept.append(data[at : at + length])
        at += max(length, 4)
    raise Unfit(Fault.DAMAGED)


def _png(data: bytes) -> bytes:
    kept, at = [PNG], len(PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if kind not in SAYING_CHUNKS:
            kept.append(data[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            return b"".join(kept)
    raise Unfit(Fault.DAMAGED)
