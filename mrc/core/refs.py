"""Numbers that people read out over the telephone, with a character that catches a slip.

`LHE-2026-000123-K`: centre, year, serial, check character. The check is the weighted sum over 31 characters
that cannot be taken for each other, so every single wrong character and every swap of neighbours is found.
"""

from __future__ import annotations

import re

from mrc.core.text import ascii_digits, clean

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUVWX"
"""31 characters, a prime number of them; I, O, S, Y and Z are left out."""
VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
PATTERN = re.compile(r"([A-Z][A-Z0-9]{1,4})-?(\d{4})-?(\d{6,9})-?([0-9A-Z])")


def check_character(content: str) -> str:
    """The check character of letters and digits, position by position; hyphens do not count."""
    signs = [VALUES[character] for character in content if character in VALUES]
    total = sum(value * weight for weight, value in enumerate(reversed(signs), start=2))
    return ALPHABET[total % len(ALPHABET)]


def case_number(centre_code: str, year: int, serial: int) -> str:
    """The number of a case: `LHE-2026-000123-K`."""
    content = f"{centre_code}-{year:04}-{serial:06}"
    return f"{content}-{check_character(content)}"


def parse_case_number(text: str | None) -> str | None:
    """The canonical number in a text with any digits, case, blanks or missing hyphens; None
    when it is none.
    """
    plain = re.sub(r"\s+", "", ascii_digits(clean(text or ""))).upper().replace("–", "-").replace("_", "-")
    found = PATTERN.fullmatch(plain)
    if found is None:
        return None
    code, year, serial, check = found.groups()
    content = f"{code}-{year}-{serial}"
    return f"{content}-{check}" if check_character(content) == check else None
