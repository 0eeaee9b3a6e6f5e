"""What a file can be. Any other kind is refused."""

from __future__ import annotations

from enum import StrEnum


class FileType(StrEnum):
    """What a file is, by its content."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    DOCX = "docx"
    XLSX = "xlsx"
    OGG = "ogg"
    AMR = "amr"
    MP3 = "mp3"
    AAC = "aac"
    M4A = "m4a"
    MP4 = "mp4"
    THREE_GP = "3gp"


CONTENT_TYPES = {
    FileType.PDF: "application/pdf",
    FileType.JPEG: "image/jpeg",
    FileType.PNG: "image/png",
    FileType.WEBP: "image/webp",
    FileType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileType.OGG: "audio/ogg",
    FileType.AMR: "audio/amr",
    FileType.MP3: "audio/mpeg",
    FileType.AAC: "audio/aac",
    FileType.M4A: "audio/mp4",
    FileType.MP4: "video/mp4",
    FileType.THREE_GP: "video/3gpp",
}
PLAYED = frozenset(kind for kind, name in CONTENT_TYPES.items() if name.startswith(("audio/", "video/")))
"""What people say and film: taken from their messages alone, and kept as it came."""
ENDINGS = {
    FileType.PDF: ("pdf",),
    FileType.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    FileType.PNG: ("png",),
    FileType.WEBP: ("webp",),
    FileType.DOCX: ("docx",),
    FileType.XLSX: ("xlsx",),
    FileType.OGG: ("ogg", "oga", "opus"),
    FileType.AMR: ("amr",),
    FileType.MP3: ("mp3",),
    FileType.AAC: ("aac",),
    FileType.M4A: ("m4a",),
    FileType.MP4: ("mp4",),
    FileType.THREE_GP: ("3gp",),
}
"""The endings of names; the first is given to a file whose name ends otherwise."""
