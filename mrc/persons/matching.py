"""From what someone typed to the persons it may mean, best first, with the reason why.

Candidates share a key with the query; the best few hundred are opened and ranked by rapidfuzz on the folded
names, with the father's name and the year of birth as tie-breakers (measured basis: reference figures for
consonant keys and fuzzy ranking). Nothing is ever merged from here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from rapidfuzz import fuzz

from mrc.core.keyring import keyring
from mrc.core.text import fold, name_keys

LIKELY = 86.0
"""From this score on, a registration is stopped and the match is shown."""
WORTH_SHOWING = 60.0


class Reason(StrEnum):
    """Why a person is among the results."""

    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    SAME_ADDRESS = "same_address"


@dataclass(frozen=True)
class Candidate:
    """The opened names of a person who shares a key with the query."""

    person_id: UUID
    names: tuple[str, ...]
    father_name: str
    birth_year: int | None


@dataclass(frozen=True)
class Match:
    """A person who may be meant. `score` runs from 0 to 100."""

    person_id: UUID
    score: float
    reason: Reason


@dataclass(frozen=True)
class Wanted:
    """What is being looked for."""

    name: str
    father_name: str = ""
    birth_year: int | None = None


def key_hashes(name: str) -> tuple[int, ...]:
    """The keyed hashes of a name's parts, as signed 64-bit integers, without doubles, in order."""
    secret = keyring().subkey("name-index")
    digests = (hmac.digest(secret, key.encode(), hashlib.sha256)[:8] for key in name_keys(name))
    return tuple(dict.fromkeys(int.from_bytes(digest, "big", signed=True) for digest in digests))


def ranked(wanted: Wanted, candidates: Iterable[Candidate]) -> list[Match]:
    """The candidates worth showing, best first; equal scores in the order of their keys."""
    folded, father = fold(wanted.name), fold(wanted.father_name)
    keys = frozenset(name_keys(wanted.name))
    matches = []
    for candidate in candidates:
        score = max((_likeness(folded, keys, name) for name in candidate.names if name), default=0.0)
        score += _support(father, wanted.birth_year, candidate)
        if score >= WORTH_SHOWING:
            reason = Reason.SAME_NAME if score >= LIKELY else Reason.SIMILAR_NAME
            matches.append(Match(candidate.person_id, min(score, 100.0), reason))
    return sorted(matches, key=lambda match: (-match.score, match.person_id))


def likely(matches: Sequence[Match]) -> list[Match]:
    """The matches that must be looked at before someone new is registered."""
    return [match for match in matches if match.score >= LIKELY or match.reason is Reason.SAME_ADDRESS]


def _likeness(folded: str, keys: frozenset[str], name: str) -> float:
    """How alike two names are, across scripts: letters count where the script is one, keys
    where it is not.
    """
    letters = fuzz.token_sort_ratio(folded, fold(name))
    theirs = frozenset(name_keys(name))
    if not keys or not theirs:
        return letters
    shared = len(keys & theirs)
    # All typed parts are there: a likely person, the closer the fewer parts are left over.
    by_keys = 100.0 * shared / len(keys) - 4.0 * len(theirs - keys) - 8.0
    return max(letters, by_keys)


def _support(father: str, birth_year: int | None, candidate: Candidate) -> float:
    support = 0.0
    if father and candidate.father_name:
        support += 6.0 if fuzz.token_sort_ratio(father, fold(candidate.father_name)) >= 80 else -12.0
    if birth_year and candidate.birth_year:
        support += 4.0 if abs(birth_year - candidate.birth_year) <= 1 else -8.0
    return support
