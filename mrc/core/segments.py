"""How many SMS a text is, by GSM 03.38; what is charged is counted in these."""

from __future__ import annotations

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")


def count_segments(text: str) -> int:
    """At least 1; one letter outside GSM's alphabet makes the whole text UCS-2, less than half as long."""
    if set(text) <= BASIC | EXTENDED:
        units, alone, joined = [2 if letter in EXTENDED else 1 for letter in text], 160, 153
    else:
        # A letter beyond the basic plane, an emoji for one, is two units of UTF-16 and is never cut in two.
        units, alone, joined = [2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67
    if sum(units) <= alone:
        return 1
    segments, room = 1, joined
    for unit in units:
        if unit > room:
            segments, room = segments + 1, joined
        room -= unit
    return segments
