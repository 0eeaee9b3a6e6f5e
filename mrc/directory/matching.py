"""Which offers fit a person, and why: pure rules over a profile, without a database and without a name.

Each rule says of an offer that it fits, that it depends on something unknown, that something speaks against
it, or that they would be turned away. Nothing is hidden: what does not fit is listed last, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from mrc.directory.states import Cost, Fit, Room, Served

VERIFIED_FOR = timedelta(days=180)
"""After that an entry is asked about again."""
PROVINCES = {"PK": 3, "AF": 4, "IQ": 5}
"""How many letters of a p-code name the province; the rest is what lies in it."""


@dataclass(frozen=True)
class Profile:
    """What is known of somebody who needs a service; None and empty are unknown. Codes of the lists."""

    sex: str | None = None
    age: int | None = None
    client_type: str | None = None
    nationality: str | None = None
    district: str | None = None
    languages: Sequence[str] = ()


@dataclass(frozen=True)
class Candidate:
    """What the rules look at in an offer and its partner."""

    offer_id: UUID
    name_key: str
    sexes: Sequence[str]
    age_from: int | None
    age_to: int | None
    client_types: Sequence[str]
    nationalities: Sequence[str]
    districts: Sequence[str]
    languages: Sequence[str]
    cost: Cost
    room: Room
    wait_days: int | None
    served: Served
    partner_district: str | None
    agreement_until: date | None
    verified_on: date | None


@dataclass(frozen=True)
class Reason:
    """What one rule of `RULES` says."""

    about: str
    fit: Fit


@dataclass(frozen=True)
class Match:
    """An offer with what every rule says of it."""

    offer_id: UUID
    reasons: Sequence[Reason]
    place: tuple[object, ...] = field(repr=False, default=())

    @property
    def fits(self) -> bool:
        """True when nobody would turn them away."""
        return all(reason.fit is not Fit.NOT for reason in self.reasons)


def ranked(candidates: Iterable[Candidate], profile: Profile, today: date) -> list[Match]:
    """The offers, best first: who is turned away nowhere, with the least against it and the most for it."""
    found = [_match(candidate, profile, today) for candidate in candidates]
    return sorted(found, key=lambda match: match.place)


def is_stale(verified_on: date | None, today: date) -> bool:
    """True when an entry has to be asked about again."""
    return verified_on is None or today - verified_on > VERIFIED_FOR


def _match(candidate: Candidate, profile: Profile, today: date) -> Match:
    reasons = []
    counts = dict.fromkeys(Fit, 0)
    for about, rule in RULES.items():
        fit = rule(candidate, profile, today)
        if fit is not None:
            reasons.append(Reason(about, fit))
            counts[fit] += 1
    place = (counts[Fit.NOT], counts[Fit.HARDLY], -counts[Fit.FITS], candidate.name_key, candidate.offer_id)
    return Match(candidate.offer_id, reasons, place)


def _sex(candidate: Candidate, profile: Profile, _today: date) -> Fit | None:
    let_in = {Served.WOMEN: {"female"}, Served.MEN: {"male"}}.get(candidate.served)
    if let_in is None and not candidate.sexes:
        return None
    asked = set(candidate.sexes)
    return _listed(profile.sex, let_in & asked if let_in and asked else let_in or asked)


def _age(candidate: Candidate, profile: Profile, _today: date) -> Fit | None:
    if candidate.age_from is None and candidate.age_to is None:
        return None
    if profile.age is None:
        return Fit.UNKNOWN
    is_within = (
        (candidate.age_from or 0) <= profile.age <= (200 if candidate.age_to is None else candidate.age_to)
    )
    return Fit.FITS if is_within else Fit.NOT


def _client_type(candidate: Candidate, profile: Profile, _today: date) -> Fit | None:
    return _listed(profile.client_type, candidate.client_types) if candidate.client_types else None


def _nationality(candidate: Candidate, profile: Profile, _today: date) -> Fit | None:
    return _listed(profile.nationality, candidate.nationalities) if candidate.nationalities else None


def _area(candidate: Candidate, profile: Profile, _today: date) -> Fit | None:
    if not candidate.districts:
        return None
    if profile.district is None:
        return Fit.UNKNOWN
    is_covered = any(_lies_in(profile.district, covered) for covered in candidate.districts)
    return Fit.FITS if is_covered else Fit.NOT


def _near(candidate: Candidate, profile: Profile, _today: date) -> Fit | None:
    if profile.district is None or candidate.partner_district is None:
        return None
    is_near = _province(profile.district) == _province(candidate.partner_district)
    return Fit.FITS if is_near else Fit.HARDLY


def _language(candidate: Candidate, profile: Profile, _today: date) -> Fit | None:
    if not candidate.languages or not profile.languages:
        return None
    return Fit.FITS if set(candidate.languages) & set(profile.languages) else Fit.HARDLY


def _room(candidate: Candidate, _profile: Profile, _today: date) -> Fit | None:
    return {Room.OPEN: Fit.FITS, Room.WAITING_LIST: Fit.HARDLY, Room.FULL: Fit.HARDLY}.get(candidate.room)


def _cost(candidate: Candidate, _profile: Profile, _today: date) -> Fit | None:
    return {Cost.FREE: Fit.FITS, Cost.PAID: Fit.HARDLY}.get(candidate.cost)


def _agreement(candidate: Candidate, _profile: Profile, today: date) -> Fit | None:
    is_over = candidate.agreement_until is not None and candidate.agreement_until < today
    return Fit.HARDLY if is_over else None


def _verified(candidate: Candidate, _profile: Profile, today: date) -> Fit | None:
    return Fit.HARDLY if is_stale(candidate.verified_on, today) else Fit.FITS


def _listed(value: str | None, allowed: Iterable[str]) -> Fit:
    if value is None:
        return Fit.UNKNOWN
    return Fit.FITS if value in allowed else Fit.NOT


def _province(code: str) -> str:
    return code[: PROVINCES.get(code[:2], len(code))]


def _lies_in(district: str, covered: str) -> bool:
    """True for the place itself and for what lies in it: p-codes grow to the right."""
    return district.startswith(covered)


RULES: dict[str, Callable[[Candidate, Profile, date], Fit | None]] = {
    "sex": _sex,
    "age": _age,
    "client_type": _client_type,
    "nationality": _nationality,
    "area": _area,
    "near": _near,
    "language": _language,
    "room": _room,
    "cost": _cost,
    "agreement": _agreement,
    "verified": _verified,
}
"""In the order in which they are shown. None says that the rule has nothing to say."""
