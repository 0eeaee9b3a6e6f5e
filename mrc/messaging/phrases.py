"""What the house says by itself, in six languages, and the words at which it does so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from mrc.core.text import ascii_digits, fold
from mrc.i18n.locales import LOCALES, SOURCE, locale_of

DATA = Path(__file__).parent / "data" / "automatic.json"
WRITTEN_AS = {"prs": "fa_AF", "fa": "fa_AF", "ku": "ckb"}
"""Spoken languages that we write under another tag."""


def phrase(key: str, language: str, **places: str) -> str:
    """A phrase in a language, English where it is missing."""
    words: Mapping[str, str] = _data()[key]
    return (words.get(language) or words[SOURCE]).format(**places)


def greeting(languages: Sequence[str]) -> str:
    """The greeting in every language of a centre, and their names by number, each in its own script."""
    lines = [phrase("greeting", tag) for tag in languages]
    return "\n".join(
        [*lines, "", *(f"{place}. {locale_of(tag).name}" for place, tag in _numbered(languages))]
    )


def chosen_language(body: str, languages: Sequence[str]) -> str | None:
    """The language whose number is all that a message says, in any digits; None otherwise."""
    text = ascii_digits(body).strip().strip(".)(")
    return next((tag for place, tag in _numbered(languages) if text == str(place)), None)


def tells_of_danger(body: str) -> bool:
    """True when a message is one of the words of danger and nothing else; sentences are for a counsellor."""
    return fold(body) in _danger_words()


def written_languages(codes: Sequence[str]) -> list[str]:
    """The tags in which we write, of the languages that a centre or a person speaks; English without any."""
    tags = [WRITTEN_AS.get(code, code) for code in codes]
    return list(dict.fromkeys(tag for tag in tags if tag in LOCALES)) or [SOURCE]


def _numbered(languages: Sequence[str]) -> list[tuple[int, str]]:
    return list(enumerate(languages, start=1))


@lru_cache(maxsize=1)
def _danger_words() -> frozenset[str]:
    return frozenset(fold(word) for word in _data()["danger_words"])


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return found
