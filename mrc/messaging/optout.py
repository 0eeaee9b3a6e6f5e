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
WORDS = {fold(word): OptOut.STOP for word in STOP_WORDS} | {fold(word): OptOut.START for word in START_WORDS}


def meaning_of_words(body: str) -> OptOut | None:
    """What a message asks for when it is one of the words and nothing else."""
    return WORDS.get(fold(body)) if len(body) <= 30 else None
