"""From a name as somebody wrote it to the parts that can be compared, whatever the script and the spelling.

What is written together here and apart there becomes the same parts: Abdul Rahman and عبدالرحمن, Noor ullah
and نورالله, Gul Mohammad and ګلمحمد. Articles and words for son and daughter are left out; titles stay but
need not be found again, because some write them and some do not. The words stand in `data/name_words.json`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mrc.core.sounds import ARABIC_MARK, distance, keys_of, signs_of
from mrc.core.text import clean

SAME = 0.36
"""Up to this distance two words are spellings of one name; from about 0.4 on they are two names."""
MOST_PARTS = 12
DATA = json.loads((Path(__file__).parent / "data" / "name_words.json").read_text(encoding="utf-8"))
ARTICLES, KIN, FATHER = frozenset(DATA["articles"]), frozenset(DATA["kin"]), frozenset(DATA["father"])
GOD, GOD_WORDS = frozenset(DATA["god"]), frozenset(DATA["god_words"])
FAITH_WORDS, ENDINGS = frozenset(DATA["faith_words"]), frozenset(DATA["endings"])
TITLES, NO_ARTICLE = frozenset(DATA["titles"]), frozenset(DATA["no_article"])
ODD: dict[str, str] = {word: usual for usual, words in DATA["odd"].items() for word in words}
"""Words whose spelling says little of their sound, with one that says it."""

SERVANT = re.compile(r"^(?:abd|abed|abdu[lrsnzdt]?|abd[aeo]l|abdoul|عبد|عبدال|عبدل|عەبدول|ئەبدول|عەبدوڵ)$")
SERVANT_OF = re.compile(r"^abd(?:[aeo]|ou|u)?(?:l(?=[^l])|l(?=l)|([rsnzdt])(?=\1)|)-?(.{3,}|l?lah?)$")
SERVANT_IN_ARABIC = re.compile("^(?:عبد|عەبد|ئەبد)(?:ال|ول|وڵ|ل)?(..+)$")
LINKED = re.compile("^(.{3,})u[lr]$")
"""The first half of Ziaul Haq and Habibur Rahman."""
LINKED_WHOLE = re.compile("^(.{3,})(?:[uae][lrn])([a-z].{2,})$")
LINKED_IN_ARABIC = re.compile("^(..+?)ال(..+)$")
GOD_OR_FAITH = re.compile("(?:الل?[هہە]|الدین|الدين)$")
MARKS = frozenset({"Mn", "Cf", "Sk", "Lm"})


@dataclass(frozen=True)
class Part:
    """One part of a name: its signs, and whether it may be left out without changing who is meant."""

    signs: str
    is_optional: bool = False

    @property
    def is_initial(self) -> bool:
        """True for a single letter, such as the M of M. Rafiq."""
        return self.is_optional and len(self.signs.removeprefix(ARABIC_MARK)) == 1

    @property
    def keys(self) -> tuple[str, ...]:
        """Its consonant keys."""
        return keys_of(self.signs)


@lru_cache(maxsize=50_000)
def parts_of(name: str) -> tuple[Part, ...]:
    """The parts of a name in order; at least one for a name that holds a letter."""
    words = _words(name)
    kept = [word for word in words if word not in ARTICLES and word not in KIN] or words
    parts = [
        Part(signs, word in TITLES or len(word) == 1)
        for word in _joined(kept)
        for signs in _signs(word)
        if signs
    ]
    if all(part.is_optional for part in parts):
        parts = [Part(part.signs) for part in parts]
    return tuple(parts[:MOST_PARTS])


@lru_cache(maxsize=50_000)
def name_keys(name: str) -> tuple[str, ...]:
    """The consonant keys of a name's parts, in order, without doubles; the same for both scripts."""
    return tuple(dict.fromkeys(key for part in parts_of(name) for key in part.keys))


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", clean(name))).casefold()
    text = "".join(letter for letter in text if unicodedata.category(letter) not in MARKS)
    text = re.sub(r"['’`‘′ء]", "", text)
    return [word for word in re.sub(r"[^\w/]|_|\d", " ", text).split() if word.strip("/")]


def _joined(words: list[str]) -> Iterator[str]:
    """The words, those put together that are one name: a servant's with whose, God's with what is before."""
    held = ""
    waiting: list[str] = []
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if held:
            waiting.append(held + word)
            held = ""
        elif following and SERVANT.match(word):
            held = "abd-" if word[0] == "a" else "عبد-"
        elif following and word in FATHER:
            held = word
        elif waiting and word in GOD_WORDS | FAITH_WORDS | ENDINGS:
            waiting.append(_with_ending(waiting.pop(), word))
        else:
            waiting.append(_without_link(word, following))
    yield from waiting


def _with_ending(word: str, ending: str) -> str:
    is_arabic = _is_arabic(word)
    if ending in GOD_WORDS:
        return word + ("الله" if is_arabic else "ullah")
    if ending in FAITH_WORDS:
        return word + ("الدین" if is_arabic else "uddin")
    return word + ending


def _without_link(word: str, following: str) -> str:
    found = LINKED.match(word) if following and _is_element(_sound(following)) else None
    return found.group(1) if found and _is_element(_sound(found.group(1))) else word


def _signs(word: str) -> Iterator[str]:
    """The signs of a word: of one name, or of two that are written together."""
    if (whose := _whose_servant(word)) is not None:
        signs = _sound(_without_article(whose))
        mark = ARABIC_MARK if signs.startswith(ARABIC_MARK) else ""
        yield mark + "abd" + ("!" if whose in GOD else signs.removeprefix(ARABIC_MARK))
        return
    word = _without_article(word)
    yield from _halves(word) or (_sound(word),)


def _sound(word: str) -> str:
    return signs_of(ODD.get(word, word))


def _whose_servant(word: str) -> str | None:
    """Whose servant a name says that somebody is; None for other names, such as Abdi and Abdali."""
    servant, joint, whose = word.partition("-")
    if joint:
        return whose if servant in ("abd", "عبد") else None
    if found := SERVANT_IN_ARABIC.match(word):
        return found.group(1) if len(found.group(1)) > 2 or found.group(1) in GOD else None
    if found := SERVANT_OF.match(word):
        whose = found.group(2)
        return whose if len(whose) > 3 or whose in GOD or whose[-1] not in "aeiouy" else None
    return None


def _without_article(word: str) -> str:
    if word.startswith("ال") and len(word) >= 4 and word not in NO_ARTICLE:
        return word[2:]
    if len(word) >= 7 and re.match("al[^aeiouyl]", word):
        return word[2:]
    return word


@lru_cache(maxsize=20_000)
def _halves(word: str) -> tuple[str, ...]:
    """The signs of the two names that a word puts together, none when it is one name."""
    if word.endswith(tuple(ENDINGS)):
        return ()
    is_arabic = _is_arabic(word)
    if is_arabic and (found := LINKED_IN_ARABIC.match(word)) and not GOD_OR_FAITH.search(word):
        return _sound(found.group(1)), _sound(found.group(2))
    if not is_arabic and len(word) >= 8 and (found := LINKED_WHOLE.match(word)):
        right = _sound(found.group(2))
        if _is_element(right):
            return _sound(found.group(1)), right
    for place in range(2, len(word) - 1):
        left, right = _sound(word[:place]), _sound(word[place:])
        if _is_element(left) and _is_element(right):
            return left, right
    return ()


@lru_cache(maxsize=50_000)
def _is_element(signs: str) -> bool:
    """True for a name that is written together with another one as often as apart."""
    keys = frozenset(keys_of(signs))
    alike = (element for element in _elements() if not keys.isdisjoint(keys_of(element)))
    return any(distance(signs, element) <= SAME / 2 for element in alike)


@lru_cache(maxsize=1)
def _elements() -> tuple[str, ...]:
    return tuple(signs_of(element) for element in DATA["elements"])


def _is_arabic(word: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in word)
