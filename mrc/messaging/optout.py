"""Words by which people end outreach or allow it again, in our six languages.

Only the exact word, alone, acts: "stop please" or a sentence that holds the word is for a counsellor to read.
"""

from __future__ import annotations

from enum import StrEnum

from mrc.core.text import fold


class OptOut(StrEnum):
    """What a word asks for."""

    STOP = "stop"
    START = "start"


STOP_WORDS = (
    "stop",
    "stopall",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "بند",
    "بس",
    "توقف",
    "لغو",
    "إيقاف",
    "الغاء",
    "ودروه",
    "بند کړه",
    "وەستان",
    "بووەستە",
)
START_WORDS = ("start", "unstop", "شروع", "بدء", "ابدأ", "پیل", "دەستپێبکە")
LONGEST_REQUEST = 8
WORDS = {fold(word): OptOut.STOP for word in STOP_WORDS} | {fold(word): OptOut.START for word in START_WORDS}
COMMON = frozenset({fold("end"), fold("بس"), fold("بند")})
"""Everyday words: in a sentence they seldom ask for silence."""


def meaning_of_words(body: str) -> OptOut | None:
    """What a message asks for when it is one of the words and nothing else."""
    return WORDS.get(fold(body)) if len(body) <= 30 else None


def may_ask_to_stop(body: str) -> bool:
    """True for a short message that holds a word for stopping beside others: a person must read it."""
    words = fold(body).split()
    if len(words) > LONGEST_REQUEST or meaning_of_words(body) is not None:
        return False
    text = f" {' '.join(words)} "
    stops = (word for word, meaning in WORDS.items() if meaning is OptOut.STOP and word not in COMMON)
    return any(f" {word} " in text for word in stops)
