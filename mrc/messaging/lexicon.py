"""Words that whoever else reads a phone must not see: of topics, of organisations, of money; and links.

The list is data (`data/lexicon.json`). It is compared as names are, so that one spelling finds all; Arabic's
article and particles are taken off the front of a word. It is strict on purpose: what it finds wrongly costs
another wording, what it misses may cost a life.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from mrc.core.text import ascii_digits, clean, fold
from mrc.messaging.wording import Wording, filled, samples_of

DATA = Path(__file__).parent / "data" / "lexicon.json"
LINK = re.compile(
    r"https?:|www\.|[\w.+-]+@[\w-]+\.\w|\b(?:wa|t|bit)\.(?:me|ly)\b"
    r"|\b[a-z0-9][a-z0-9-]*\.(?:com|org|net|int|info|gov|edu|pk|iq|af|eu|at|io|me|ly|app)\b",
    re.IGNORECASE,
)
AMOUNT = r"\d[\d.,٬٫]*"
PARTICLES = ("وال", "بال", "فال", "کال", "لل", "ال", "و", "ب", "ل", "ف")
"""What Arabic writes together with the word that follows; longest first."""
SHORTEST = 3


class Kind(StrEnum):
    """What is wrong with a word."""

    TOPIC = "topic"
    ORGANISATION = "organisation"
    MONEY = "money"
    LINK = "link"


WORDS = {
    Kind.TOPIC: _l("It says what it is about"),
    Kind.ORGANISATION: _l("It names an organisation"),
    Kind.MONEY: _l("It speaks of money"),
    Kind.LINK: _l("It holds a link or an address"),
}


@dataclass(frozen=True)
class Fault:
    """One word that must not be seen, as it stands in the text or in the list."""

    kind: Kind
    word: str

    def __str__(self) -> str:
        return f"{WORDS[self.kind]}: {self.word}"


@lru_cache(maxsize=2_000)
def faults(text: str, language: str) -> list[Fault]:
    """What in a text a shared phone must never show, each once, in the order of the list; empty when nothing.

    The words of all six languages are looked for, because people mix them; `language` (a tag) spares those
    that mean something harmless in it.
    """
    plain = ascii_digits(clean(text)).casefold()
    found = [Fault(Kind.LINK, match.group()) for match in LINK.finditer(plain)]
    found += [Fault(Kind.MONEY, match.group().strip()) for match in _amounts().finditer(plain)]
    tokens = fold(text).split()
    harmless = _harmless(language)
    for spelled in (tokens, [_without_particle(token) for token in tokens]):
        found += [fault for fault in _listed(spelled) if fold(fault.word) not in harmless]
    return list(dict.fromkeys(found))


def faults_of_version(version: Wording, language: str) -> list[Fault]:
    """What a wording would show on a shared phone, its places filled with their examples."""
    titles = [button["title"] for button in version.buttons]
    return [fault for text in (_sample(version), *titles) for fault in faults(text, language)]


def is_safe_for_shared(version: Any, variables: Mapping[str, str] | None = None) -> bool:
    """True when a wording was reviewed as fit for a phone that others read, and the present list finds
    nothing in it, nor in what fills its places when that is given.
    """
    if not version.is_for_shared or faults_of_version(version, version.language):
        return False
    return not any(faults(value, version.language) for value in (variables or {}).values())


def _sample(version: Wording) -> str:
    return filled(version, samples_of(version))


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return content


@cache
def _entries() -> dict[str, Fault]:
    """Each word of the list in its folded form, a star behind a stem, with what it says when it is found."""
    topics = _content()["topics"]
    words = [
        (Kind.MONEY if topic == "money" else Kind.TOPIC, word)
        for topic, by_language in topics.items()
        for listed in by_language.values()
        for word in listed
    ]
    words += [(Kind.ORGANISATION, word) for word in _content()["organisations"]]
    return {_folded(word): Fault(kind, word) for kind, word in reversed(words)}


@cache
def _most_words() -> int:
    return max(len(entry.split()) for entry in _entries())


def _folded(word: str) -> str:
    return fold(word) + ("*" if word.endswith("*") else "")


def _listed(tokens: list[str]) -> Iterator[Fault]:
    """What stands in the list among folded words, alone or several together."""
    entries = _entries()
    for start in range(len(tokens)):
        for length in range(1, min(_most_words(), len(tokens) - start) + 1):
            spoken = " ".join(tokens[start : start + length])
            last = len(spoken) - len(tokens[start + length - 1])
            stems = (f"{spoken[:end]}*" for end in range(last + 2, len(spoken) + 1))
            yield from (entries[form] for form in (spoken, *stems) if form in entries)


@cache
def _harmless(language: str) -> frozenset[str]:
    """The words of the list, folded, that mean something else in this language."""
    return frozenset(fold(word) for word in _content()["harmless"].get(language, ()))


@cache
def _amounts() -> re.Pattern[str]:
    """A figure with a currency before or after it."""
    known = sorted(_content()["currencies"], key=len, reverse=True)
    signs = "|".join(re.escape(sign) + (r"(?!\w)" if sign[-1].isalpha() else "") for sign in known)
    before = "|".join((r"(?<!\w)" if sign[0].isalpha() else "") + re.escape(sign) for sign in known)
    return re.compile(rf"{AMOUNT}\s*(?:{signs})|(?:{before})\s*{AMOUNT}")


def _without_particle(word: str) -> str:
    for particle in PARTICLES:
        if word.startswith(particle) and len(word) - len(particle) >= SHORTEST:
            return word.removeprefix(particle)
    return word
