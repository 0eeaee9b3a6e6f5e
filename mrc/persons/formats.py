"""Numbers of identity documents: brought into one writing, looked at with a soft eye, and masked.

No number is refused: cards are old, copied by hand, or of a kind we do not know. One that looks unusual must
be kept on purpose. The formats are data (reference: domain 6.5); Pakistan's number tells sex and district,
which is why nothing of it is derived and at most three signs are ever shown.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mrc.core.text import ascii_digits, clean

DATA = Path(__file__).parent / "data" / "document_formats.json"
SHOWN_SIGNS = 3
LEAST_SIGNS_TO_SHOW_ANY = 7
"""The end of a shorter number would give too much of it away."""
IN_PARTS = "paper_tazkira"
"""Volume, page and registration: the parts count, so their borders are kept."""


@dataclass(frozen=True)
class Format:
    """How the number of a kind of document usually looks: the bare number, and the groups it is read in."""

    pattern: re.Pattern[str]
    groups: tuple[int, ...]
    example: str


@lru_cache(maxsize=1)
def formats() -> dict[str, Format]:
    """The known formats by kind of document."""
    content = json.loads(DATA.read_text(encoding="utf-8"))
    return {
        kind: Format(re.compile(known["pattern"]), tuple(known["groups"]), known["example"])
        for kind, known in content.items()
    }


def bare(kind: str, number: str) -> str:
    """The number as it is compared: plain digits and capitals, without blanks and hyphens."""
    plain = ascii_digits(clean(number)).upper()
    signs = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return ("/" if kind == IN_PARTS else "").join(signs)


def tidy(kind: str, number: str) -> str:
    """The number as it is read: in the groups of its kind where it fits them, else as it was written."""
    signs, known = bare(kind, number), formats().get(kind)
    if known is None or not known.pattern.fullmatch(signs):
        return " ".join(ascii_digits(clean(number)).upper().split())
    if sum(known.groups) != len(signs):
        return signs
    parts, start = [], 0
    for length in known.groups:
        parts.append(signs[start : start + length])
        start += length
    return "-".join(parts)


def looks_unusual(kind: str, number: str) -> bool:
    """True when the number does not look like others of its kind; never for kinds without a format."""
    known = formats().get(kind)
    return known is not None and known.pattern.fullmatch(bare(kind, number)) is None


def example_of(kind: str) -> str:
    """What a number of this kind looks like; empty when we do not know."""
    known = formats().get(kind)
    return known.example if known else ""


def masked(number: str | None) -> str:
    """The number with all but its last three signs hidden, all of them where it is short."""
    if not number:
        return ""
    signs = [place for place, sign in enumerate(number) if sign.isalnum()]
    shown = set(signs[-SHOWN_SIGNS:]) if len(signs) >= LEAST_SIGNS_TO_SHOW_ANY else set()
    return "".join(
        "•" if sign.isalnum() and place not in shown else sign for place, sign in enumerate(number)
    )
