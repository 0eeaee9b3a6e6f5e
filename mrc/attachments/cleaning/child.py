"""What runs in the process of its own: the file on its standard input, the answer on its standard output.

The answer is a line of JSON, then the content and the preview, whose lengths the line tells.
"""

from __future__ import annotations

import json
import resource
import sys
from importlib import import_module
from typing import Any

import filetype

from mrc.attachments.cleaning.answers import Clean, Fault, Unfit

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 20
PICTURES = {"image/jpeg": "jpeg", "image/png": "png", "image/apng": "png", "image/webp": "webp"}
ARCHIVES = {
    "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PLAYED = {
    "audio/ogg": "ogg", "audio/amr": "amr", "audio/mpeg": "mp3", "audio/aac": "aac", "audio/mp4": "m4a",
    "audio/x-m4a": "m4a", "audio/m4a": "m4a", "video/mp4": "mp4", "video/3gpp": "3gp",
}  # fmt: skip
"""Voice notes and films stay as they came: nothing of ours reads further than their first bytes."""


def clean(data: bytes) -> Clean:
    """Know a file by its content and put it together anew. Raises Unfit."""
    if not data:
        raise Unfit(Fault.EMPTY)
    content_type = filetype.guess_mime(data)
    # A reader is loaded only for a file that needs it.
    if content_type in PICTURES:
        pictures = import_module("mrc.attachments.cleaning.pictures")
        return pictures.clean_picture(data, PICTURES[content_type])
    if content_type == "application/pdf":
        return import_module("mrc.attachments.cleaning.portable").clean_pdf(data)
    if content_type in ARCHIVES:
        return import_module("mrc.attachments.cleaning.office").clean_office(data)
    if content_type in PLAYED:
        return Clean(PLAYED[content_type], data)
    raise Unfit(Fault.NOT_ALLOWED)


def main() -> None:
    """Answer once and end."""
    limit()
    try:
        cleaned = clean(sys.stdin.buffer.read())
        answer: dict[str, Any] = {"type": cleaned.file_type, "pages": cleaned.pages}
        answer |= {"width": cleaned.width, "height": cleaned.height}
        parts = (cleaned.content, cleaned.preview or b"")
    except Unfit as unfit:
        answer, parts = {"fault": unfit.fault.value}, (b"", b"")
    except MemoryError:
        answer, parts = {"fault": Fault.FLOOD.value}, (b"", b"")
    answer["lengths"] = [len(part) for part in parts]
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(parts))


def limit() -> None:
    """Take from this process what it does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
