"""What a person puts into one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Location:
    """A place that is shared; without more, a street in Lahore."""

    latitude: str = "31.5497"
    longitude: str = "74.3436"
    label: str = ""


@dataclass(frozen=True)
class Writing:
    text: str = ""
    files: tuple[tuple[str, bytes], ...] = ()
    """Content type and content of each."""
    location: Location | None = None
    button: tuple[str, str] | None = None
    """Words and payload of a quick reply, or of a row of a list, that was tapped."""
    is_row: bool = False
    """True when what was tapped is a row of a list."""
    reply_to: str = ""
    """Sid of the message that this one answers."""
    extra: Mapping[str, str | None] = field(default_factory=dict)
    """Parameters of the form that a test adds, changes or, with None, takes away."""
