"""How a name sounds: one row of signs for any spelling, Arabic or Latin, and how far apart two of them are.

Arabic script writes the consonants and the long vowels; Latin writes every vowel, long or short, as
somebody's ear had it. So a short Latin vowel without a counterpart costs next to nothing, while a long
vowel that the other side lacks costs much: Hassan is حسن and not حسین, Rashid may be راشد or رشید, Rasheed
is رشید alone. Letters that people hear alike are near, all others far. The costs stand in
`data/sounds.json`; they were set on the table of name pairs in `tests/persons/names.tsv`.

Small letters are consonants and Latin vowels, á í ú long ones. Capitals are letters of Arabic script that
stand for several sounds: A alef, W waw, Y ye, J a closing ye, E a closing he, O ayn, @ an opening alef, Q a
hamza on its seat, V the Kurdish ە, I the i that is heard and not written in Qasim and Fatima. ! is the word
for God that ends a name, θ and ð are th and dh and the letters that are read so.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from anyascii import anyascii

DATA = json.loads((Path(__file__).parent / "data" / "sounds.json").read_text(encoding="utf-8"))
ARABIC: dict[str, str] = {letter: sign for sign, letters in DATA["arabic"].items() for letter in letters}
"""What each letter stands for before its place in the word is looked at; others, such as hamza, are
silent.
"""
LATIN: dict[str, str] = DATA["latin"]
HEARD: dict[str, str] = DATA["heard"]
"""The consonants of the keys, where they differ from the sign; with several letters each makes a key."""
GONE: dict[str, float] = DATA["gone"]
"""What it costs that the other side lacks a sign, for those that are not ordinary consonants."""
NEAR: dict[tuple[str, str], float] = {
    pair: float(cost)
    for cost, pairs in DATA["near"].items()
    for one, other in pairs.split()
    for pair in ((one, other), (other, one))
}
"""What it costs that one sign stands for another; pairs that are not here are `FAR`."""

ARABIC_MARK = "~"
SHORT, LONG, AMBIGUOUS = "aeiou", "áíú", "AWYJEO@VQI"
VOWELS = frozenset(SHORT + LONG + AMBIGUOUS)
ASPIRATED = frozenset("bptdcjkgGxS")
MOST_KEYS = 4
FAR = 1.0
CONSONANT_GONE = 0.9
EDGE_GONE = 0.5
"""A short vowel that opens or ends a name is heard: Amin is not Amina."""
SHORT_GONE = 0.06
SHORT_GONE_AMONG_LATIN = 0.2
HARDLY_HEARD = 0.12

GOD, FAITH = "\u0001", "\u0002"
"""Stand in a word for the endings -ullah and -uddin, which are spelled in a dozen ways and heard as one."""
GOD_IN_ARABIC = re.compile("(?<=..)(?:الل[هہەة]|و[لڵ]{1,2}ا?[هہ]?(?<=[اهہ]))$")
FAITH_IN_ARABIC = re.compile("(?<=..)(?:الد[یي]ن|ەدد?ین|ودین)$")
GOD_IN_LATIN = re.compile(r"(?<=..)(?:[aeou]ll+a+h?|[aeou]l+ah)$")
FAITH_IN_LATIN = re.compile(r"(?<=..)[aeou]dd?[ie]{1,2}n+e?$")
LATIN_SOUNDS = re.compile("|".join(LATIN))
_PLAIN = f"[^{SHORT}{LONG}{AMBIGUOUS}{GOD}{FAITH}]"
UNWRITTEN_I = re.compile(f"(A{_PLAIN})({_PLAIN}[EJV]?)$")


@lru_cache(maxsize=50_000)
def signs_of(word: str) -> str:
    """The signs of one word of small letters in either script; other scripts are read as Latin.

    What comes from Arabic script opens with `ARABIC_MARK`, because there short vowels were not written.
    """
    if any("\u0600" <= letter <= "\u06ff" for letter in word):
        return ARABIC_MARK + _arabic_signs(word)
    return _latin_signs(word)


@lru_cache(maxsize=50_000)
def keys_of(signs: str) -> tuple[str, ...]:
    """The consonant keys of a word, the same for all its spellings; several where a letter is read in several
    ways.

    Two spellings of one name share a key; a shared key says only that two names may be one.
    """
    signs = signs.removeprefix(ARABIC_MARK)
    keys = [""]
    for place, sign in enumerate(signs):
        is_mute = sign in VOWELS or (sign == "h" and 0 < place == len(signs) - 1)
        heard = "" if is_mute else HEARD.get(sign, sign)
        keys = [key + one for key in keys for one in heard or ("",)][:MOST_KEYS]
    # A name of vowels alone, such as Ayo, has this one key.
    return tuple(dict.fromkeys(key or "a" for key in keys))


@lru_cache(maxsize=200_000)
def distance(one: str, other: str) -> float:
    """What separates two rows of signs: 0.0 for the same name, some tenths for spellings of one name, from
    about 0.4 on another name.
    """
    if one == other:
        return 0.0
    scripts = one.startswith(ARABIC_MARK) + other.startswith(ARABIC_MARK)
    one, other = one.removeprefix(ARABIC_MARK), other.removeprefix(ARABIC_MARK)
    before = [0.0]
    for at in range(len(other)):
        before.append(before[-1] + _gone(other, at, scripts))
    for place, sign in enumerate(one):
        now = [before[0] + _gone(one, place, scripts)]
        for at, facing in enumerate(other):
            instead = 0.0 if sign == facing else NEAR.get((sign, facing), FAR)
            now.append(
                min(
                    before[at] + instead,
                    before[at + 1] + _gone(one, place, scripts),
                    now[at] + _gone(other, at, scripts),
                )
            )
        before = now
    return before[-1]


def weight(signs: str) -> float:
    """How much a word says: one for each consonant, half for each vowel."""
    return sum(0.5 if sign in VOWELS else 1.0 for sign in signs.removeprefix(ARABIC_MARK))


def _gone(signs: str, place: int, scripts: int) -> float:
    """What it costs that the other side has nothing for this sign; `scripts` of the two are Arabic."""
    sign, before, after = signs[place], signs[place - 1 : place], signs[place + 1 : place + 2]
    if sign in SHORT or sign == "V":
        return _vowel_gone(sign, before, after, scripts)
    if sign == "h":
        return _breath_gone(before, signs[place + 1 :])
    if sign == "I" and scripts == 2:
        return 0.0
    if sign == "O" and not before and after not in ("A", "Y", "W"):
        return 0.25
    if before in ("O", "@") and sign in "YW" and place == 1:
        return 0.1
    is_echo = (sign == "J" and before in ("Y", "Q")) or (sign in "úW" and before in ("w", "W"))
    is_glide = sign in "yY" and before in ("i", "í", "Y") and after
    return HARDLY_HEARD / 2 if is_echo or is_glide else GONE.get(sign, CONSONANT_GONE)


def _vowel_gone(sign: str, before: str, after: str, scripts: int) -> float:
    if not before or not after:
        return EDGE_GONE
    if sign == "i" and after in "aeoáú":
        return GONE["í"]
    is_beside = before in VOWELS or after in VOWELS or before in "wy"
    return SHORT_GONE if is_beside or scripts else SHORT_GONE_AMONG_LATIN


def _breath_gone(before: str, rest: str) -> float:
    if not rest:
        return HARDLY_HEARD / 4 if before in VOWELS else HARDLY_HEARD
    return HARDLY_HEARD if rest == "!" or before in ASPIRATED else GONE["h"]


def _arabic_signs(word: str) -> str:
    word = FAITH_IN_ARABIC.sub(FAITH, GOD_IN_ARABIC.sub(GOD, word))
    raw = [sign for letter in word if (sign := letter if letter in GOD + FAITH else ARABIC.get(letter, ""))]
    signs: list[str] = []
    for place, plain in enumerate(raw):
        is_last = place == len(raw) - 1
        sign = plain
        if place == 0 and not is_last:
            if word[0] == "ئ":  # carries the vowel that follows it in Kurdish
                continue
            # An opening alef carries a vowel that is not written, unless it is long itself.
            sign = "@" if plain == "A" and word[0] != "آ" else plain
        elif is_last:
            sign = {"Y": "J", "h": "h" if signs[-1:] == ["A"] else "E"}.get(plain, plain)
        elif plain == "E":
            sign = "t"
        if not (sign in "WAV" and signs[-1:] == [sign]):
            signs.append(sign)
    return _spoken(UNWRITTEN_I.sub("\\1I\\2", "".join(signs)))


def _latin_signs(word: str) -> str:
    word = re.sub(r"[^a-z]", "", anyascii(word).casefold())
    word = FAITH_IN_LATIN.sub(FAITH, GOD_IN_LATIN.sub(GOD, word))
    word = re.sub(r"([b-df-hj-np-tv-xz])\1+", r"\1", word)
    word = re.sub(r"(?<=[aeou])y+i+", "y", word)
    word = LATIN_SOUNDS.sub(lambda found: LATIN[found.group()], word)
    signs = ""
    for place, letter in enumerate(word):
        signs += _latin_sign(letter, signs[-1:], word[place + 1 : place + 2])
    return _spoken(signs)


def _latin_sign(letter: str, before: str, after: str) -> str:
    """The sign of a Latin letter beside others: a y, i or u after a vowel makes it long or a diphthong."""
    follows_vowel = bool(before) and before in SHORT + LONG
    if letter == "y" and not (after and after in SHORT + LONG):
        return "í" if follows_vowel else "i"
    if letter == "e" and before == "í":
        return ""
    if follows_vowel and ((letter == "i" and before in "aeáou") or (letter == "e" and before in "eou")):
        return "í"
    return "ú" if letter in "uo" and follows_vowel and before in "aá" else letter


def _spoken(signs: str) -> str:
    return signs.replace(GOD, "!").replace(FAITH, "udín")
