"""What the two processes say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NOT_ALLOWED = "not_allowed"
    DAMAGED = "damaged"
    LOCKED = "locked"
    ACTIVE = "active"
    HOLDS_FILES = "holds_files"
    FLOOD = "flood"
    MOVING = "moving"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


class Unfit(Exception):
    """A file that is not taken, and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Clean:
    """A file as it may be kept. `preview` is a small JPEG of a picture."""

    file_type: str
    content: bytes
    preview: bytes | None = None
    pages: int | None = None
    width: int | None = None
    height: int | None = None
