"""What numbers of identity papers look like, and how they are written and hidden.

Soft: a number that looks unusual can be kept. Sources: the published formats of CNIC (5-7-1 digits, the
B-form has the same number), the Iraqi national card (12 digits) and the e-Tazkira (13 digits, 4-4-5);
passports and paper Tazkiras are checked by length alone, because no format was found in a public source.
"""

from __future__ import annotations

import re

from mrc.core.text import ascii_digits, clean

USUAL = {
    "cnic": re.compile(r"\d{13}"),
    "b_form": re.compile(r"\d{13}"),
    "iraqi_national_card": re.compile(r"\d{12}"),
    "e_tazkira": re.compile(r"\d{13}"),
    "paper_tazkira": re.compile(r"\d{1,12}"),
    "passport": re.compile(r"[A-Z]{1,2}\d{7,8}"),
}
"""The bare number of each kind of paper that has a usual form."""
GROUPS = {"cnic": (5, 7, 1), "b_form": (5, 7, 1), "e_tazkira": (4, 4, 5)}
SHOWN_LAST = 2


def bare(number: str) -> str:
    """Letters and digits alone, capital and plain: what two spellings of one number share."""
    return re.sub(r"[^0-9A-Z]", "", ascii_digits(clean(number)).upper())


def is_usual(kind: str, number: str) -> bool:
    """True when a number looks as numbers of its kind do, or when nobody knows how they look."""
    pattern = USUAL.get(kind)
    return pattern is None or pattern.fullmatch(bare(number)) is not None


def written(kind: str, number: str) -> str:
    """The number as it stands on the paper, in its usual groups."""
    plain = bare(number)
    groups = GROUPS.get(kind)
    if groups is None or len(plain) != sum(groups):
        return number.strip()
    parts, start = [], 0
    for length in groups:
        parts.append(plain[start : start + length])
        start += length
    return "-".join(parts)


def masked(number: str) -> str:
    """The number hidden but for its last characters: a CNIC tells sex and district."""
    plain = bare(number)
    return "•" * 6 + (plain[-SHOWN_LAST:] if len(plain) > 2 * SHOWN_LAST else "")
