"""From what someone typed to the persons it may mean, best first, with the reason why.

Candidates share a key with the query (`mrc.core.nameparts`); they are opened and compared part by part, in
any order, by how the parts sound. Every part that was typed must be found again, unless the stored name
simply has fewer; father's name, year of birth and district speak for or against. Nothing is ever merged
from here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from mrc.core.keyring import keyring
from mrc.core.nameparts import SAME, Part, name_keys, parts_of
from mrc.core.sounds import distance, weight
from mrc.core.text import ascii_digits

LIKELY = 80.0
"""From this score on, a registration is stopped and the match is shown."""
STEP = 4.0
"""Scores are told apart in steps; within one, the newer file goes first: it is the one being worked on."""
OLDEST_YEAR = 1900
SOLAR_YEARS = range(1280, 1430)
SOLAR_SHIFT = 621
"""A Solar Hijri year begins in March of this many years later, and ends in the next."""
INITIAL = 0.3
HEARD_AS_SAME = 0.12
"""Below this distance two spellings are equally good: which of them was written is chance."""
YEAR = re.compile(r"(?<!\d)(1[2-4]\d\d|19\d\d|20\d\d)(?!\d)")


class Reason(StrEnum):
    """Why a person is among the results."""

    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    SAME_ADDRESS = "same_address"
    SAME_DOCUMENT = "same_document"
    SAME_BIRTH_YEAR = "same_birth_year"
    SAME_FATHER = "same_father"


CERTAIN = frozenset({Reason.SAME_ADDRESS, Reason.SAME_DOCUMENT})


@dataclass(frozen=True)
class Candidate:
    """The opened names of a person who shares a key with the query."""

    person_id: UUID
    names: tuple[str, ...]
    father_name: str
    birth_year: int | None
    district: str | None = None


@dataclass(frozen=True)
class Match:
    """A person who may be meant. `score` runs from 0 to 100; `reason` is the strongest, `also` the others."""

    person_id: UUID
    score: float
    reason: Reason
    also: tuple[Reason, ...] = ()

    @property
    def is_likely(self) -> bool:
        """True when somebody must look at it: as good as the same name, or the same number or document."""
        return self.score >= LIKELY or self.reason in CERTAIN


@dataclass(frozen=True)
class Wanted:
    """What is being looked for. `birth_years` are the years it may be: one, or the two of a Solar Hijri
    year.
    """

    name: str
    father_name: str = ""
    birth_years: tuple[int, ...] = ()
    district: str | None = None


def understand(text: str, today: date) -> Wanted:
    """A name with, perhaps, a year of birth beside it, in the digits and the calendar of any of our
    countries.
    """
    plain = ascii_digits(text)
    years: tuple[int, ...] = ()
    for found in YEAR.finditer(plain):
        year = int(found.group())
        if OLDEST_YEAR <= year <= today.year:
            years = (year,)
        elif year in SOLAR_YEARS and year + SOLAR_SHIFT <= today.year:
            years = (year + SOLAR_SHIFT, year + SOLAR_SHIFT + 1)
    return Wanted(re.sub(r"\d+", " ", plain).strip(), birth_years=years)


def key_hashes(name: str) -> tuple[int, ...]:
    """The keyed hashes of a name's keys, as signed 64-bit integers, without doubles, in order."""
    secret = keyring().subkey("name-index")
    return tuple(_hashed(secret, key) for key in name_keys(name))


def key_groups(name: str) -> tuple[tuple[int, ...], ...]:
    """The keyed hashes of each part of a name that must be found again; several where it may be read so."""
    secret = keyring().subkey("name-index")
    asked = [part for part in parts_of(name) if not part.is_optional]
    return tuple(tuple(_hashed(secret, key) for key in part.keys) for part in asked)


def ranked(wanted: Wanted, candidates: Iterable[Candidate]) -> list[Match]:
    """The candidates that may be meant, best first; equally good ones newest first."""
    parts, fathers = parts_of(wanted.name), parts_of(wanted.father_name)
    matches = []
    for candidate in candidates:
        theirs = parts_of(candidate.father_name)
        score = max(
            (_likeness(parts, parts_of(name), theirs) for name in candidate.names if name), default=0.0
        )
        if score <= 0:
            continue
        also = []
        score, is_father = _with_father(score, fathers, theirs)
        if is_father:
            also.append(Reason.SAME_FATHER)
        score += _for_year(wanted.birth_years, candidate.birth_year)
        if candidate.birth_year in wanted.birth_years:
            also.append(Reason.SAME_BIRTH_YEAR)
        if wanted.district and candidate.district:
            score += 1.0 if wanted.district == candidate.district else -1.0
        reason = Reason.SAME_NAME if score >= LIKELY else Reason.SIMILAR_NAME
        matches.append(Match(candidate.person_id, max(0.0, min(score, 100.0)), reason, tuple(also)))
    newest_first = sorted(matches, key=lambda match: match.person_id, reverse=True)
    return sorted(newest_first, key=lambda match: -round(match.score / STEP))


def likely(matches: Sequence[Match]) -> list[Match]:
    """The matches that must be looked at before someone new is registered."""
    return [match for match in matches if match.is_likely]


@lru_cache(maxsize=50_000)
def _hashed(secret: bytes, key: str) -> int:
    digest = hmac.digest(secret, key.encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big", signed=True)


def _likeness(asked: Sequence[Part], stored: Sequence[Part], fathers: Sequence[Part]) -> float:
    """From 0, another name, to 95, the same: how well the parts that were asked for are found again."""
    pairs = sorted(
        (apart, abs(at - place), at, place)
        for at, one in enumerate(asked)
        for place, other in enumerate(stored)
        if (apart := _apart(one, other)) <= SAME
    )
    found: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for apart, _, at, place in pairs:
        if at not in found and place not in taken:
            found[at] = (place, apart)
            taken.add(place)
    lacking = [part for at, part in enumerate(asked) if at not in found and not part.is_optional]
    left = [part for place, part in enumerate(stored) if place not in taken and not part.is_optional]
    if lacking and left:
        lacking, left, joined = _put_together(lacking, left)
    else:
        joined = 0
    of_father = [
        part for part in lacking if any(distance(part.signs, other.signs) <= SAME for other in fathers)
    ]
    lacking = [part for part in lacking if part not in of_father]
    firm = sum(1 for at in found if not asked[at].is_optional) + joined
    if not firm and not found:
        return 0.0
    if lacking and (left or len(lacking) > 1 or firm < 2):
        return 0.0
    score = 95.0 - 40.0 * sum(max(0.0, apart - HEARD_AS_SAME) for _, apart in found.values()) / max(
        1, len(found)
    )
    score -= 22.0 * len(lacking) + 2.0 * len(left) + 3.0 * len(of_father)
    order = [place for _, (place, _) in sorted(found.items())]
    return score - (1.0 if order != sorted(order) else 0.0)


def _apart(one: Part, other: Part) -> float:
    """The distance of two parts; an initial stands for any name that opens with it."""
    if one.is_initial or other.is_initial:
        return INITIAL if one.keys[0][:1] == other.keys[0][:1] else 1.0
    return distance(one.signs, other.signs)


def _put_together(lacking: list[Part], left: list[Part]) -> tuple[list[Part], list[Part], int]:
    """Find parts written together on one side and apart on the other: Gul Ahmad and Gulahmad."""
    for ones, others in ((lacking, left), (left, lacking)):
        for one in ones:
            for place in range(len(others) - 1):
                pair = others[place : place + 2]
                mark = "~" if pair[0].signs.startswith("~") else ""
                whole = mark + "".join(part.signs.removeprefix("~") for part in pair)
                if distance(one.signs, whole) <= SAME and weight(one.signs) >= 3:
                    ones.remove(one)
                    del others[place : place + 2]
                    return lacking, left, 1
    return lacking, left, 0


def _with_father(score: float, asked: Sequence[Part], stored: Sequence[Part]) -> tuple[float, bool]:
    if not asked or not stored:
        return score, False
    is_same = _likeness(asked, stored, ()) > 0
    return score + (6.0 if is_same else -14.0), is_same


def _for_year(asked: Sequence[int], stored: int | None) -> float:
    """For or against a candidate by the year of birth, which is often a guess by a year or two."""
    if not asked:
        return 0.0
    if stored is None:
        return -4.0
    off = min(abs(stored - year) for year in asked)
    return {0: 5.0, 1: -4.0, 2: -10.0}.get(off, -30.0)
