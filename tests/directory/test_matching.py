"""Which offers fit somebody: every rule, and the order in which they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from mrc.directory.matching import RULES, Candidate, Profile, ranked
from mrc.directory.states import Cost, Fit, Room, Served
from mrc.directory.words import REASONS

TODAY = date(2026, 3, 2)
LATELY = TODAY - timedelta(days=10)
OPEN = Candidate(
    offer_id=UUID(int=1), name_key="a", sexes=[], age_from=None, age_to=None, client_types=[],
    nationalities=[], districts=[], languages=[], cost=Cost.UNKNOWN, room=Room.UNKNOWN, wait_days=None,
    served=Served.EVERYBODY, partner_district=None, agreement_until=None, verified_on=LATELY,
)  # fmt: skip
SADIA = Profile("female", 30, "returnee", "PK", "PK603", ["ur"])
NOBODY = Profile()


def says(candidate: Candidate, profile: Profile = SADIA) -> dict[str, Fit]:
    (match,) = ranked([candidate], profile, TODAY)
    return {reason.about: reason.fit for reason in match.reasons}


@pytest.mark.parametrize(
    ("rule", "narrowed", "profile", "fit"),
    [
        ("sex", {"sexes": ["female"]}, SADIA, Fit.FITS),
        ("sex", {"sexes": ["male"]}, SADIA, Fit.NOT),
        ("sex", {"served": Served.MEN}, SADIA, Fit.NOT),
        ("sex", {"served": Served.WOMEN}, SADIA, Fit.FITS),
        ("sex", {"served": Served.WOMEN, "sexes": ["male"]}, SADIA, Fit.NOT),
        ("sex", {"served": Served.SEPARATE}, SADIA, None),
        ("sex", {"sexes": ["female"]}, NOBODY, Fit.UNKNOWN),
        ("age", {"age_from": 18}, SADIA, Fit.FITS),
        ("age", {"age_from": 30, "age_to": 30}, SADIA, Fit.FITS),
        ("age", {"age_from": 31}, SADIA, Fit.NOT),
        ("age", {"age_to": 29}, SADIA, Fit.NOT),
        ("age", {"age_to": 0}, SADIA, Fit.NOT),
        ("age", {"age_to": 17}, NOBODY, Fit.UNKNOWN),
        ("client_type", {"client_types": ["returnee"]}, SADIA, Fit.FITS),
        ("client_type", {"client_types": ["student"]}, SADIA, Fit.NOT),
        ("client_type", {"client_types": ["student"]}, NOBODY, Fit.UNKNOWN),
        ("nationality", {"nationalities": ["PK"]}, SADIA, Fit.FITS),
        ("nationality", {"nationalities": ["AF"]}, SADIA, Fit.NOT),
        ("nationality", {"nationalities": ["AF"]}, NOBODY, Fit.UNKNOWN),
        ("area", {"districts": ["PK6"]}, SADIA, Fit.FITS),
        ("area", {"districts": ["PK603"]}, SADIA, Fit.FITS),
        ("area", {"districts": ["PK604", "PK5"]}, SADIA, Fit.NOT),
        ("area", {"districts": ["PK6"]}, NOBODY, Fit.UNKNOWN),
        ("near", {"partner_district": "PK611"}, SADIA, Fit.FITS),
        ("near", {"partner_district": "PK5"}, SADIA, Fit.HARDLY),
        ("near", {"partner_district": "PK5"}, NOBODY, None),
        ("language", {"languages": ["ps", "ur"]}, SADIA, Fit.FITS),
        ("language", {"languages": ["ps"]}, SADIA, Fit.HARDLY),
        ("language", {"languages": ["ps"]}, NOBODY, None),
        ("room", {"room": Room.OPEN}, SADIA, Fit.FITS),
        ("room", {"room": Room.FULL}, SADIA, Fit.HARDLY),
        ("room", {"room": Room.WAITING_LIST}, SADIA, Fit.HARDLY),
        ("cost", {"cost": Cost.FREE}, SADIA, Fit.FITS),
        ("cost", {"cost": Cost.PAID}, SADIA, Fit.HARDLY),
        ("cost", {"cost": Cost.REDUCED}, SADIA, None),
        ("agreement", {"agreement_until": TODAY}, SADIA, None),
        ("agreement", {"agreement_until": TODAY - timedelta(days=1)}, SADIA, Fit.HARDLY),
        ("verified", {"verified_on": None}, SADIA, Fit.HARDLY),
        ("verified", {"verified_on": TODAY - timedelta(days=180)}, SADIA, Fit.FITS),
        ("verified", {"verified_on": TODAY - timedelta(days=181)}, SADIA, Fit.HARDLY),
    ],
)  # fmt: skip
def test_each_rule(rule: str, narrowed: dict[str, object], profile: Profile, fit: Fit | None) -> None:
    assert says(replace(OPEN, **narrowed), profile).get(rule) is fit  # type: ignore[arg-type]


def test_an_offer_without_conditions_turns_nobody_away() -> None:
    assert says(OPEN, NOBODY) == {"verified": Fit.FITS}
    assert says(OPEN) == {"verified": Fit.FITS}


def test_who_would_be_turned_away_comes_last_and_the_least_doubtful_first() -> None:
    offers = {
        "turned away": replace(OPEN, sexes=["male"], room=Room.OPEN, cost=Cost.FREE),
        "doubtful": replace(OPEN, room=Room.FULL),
        "plain": OPEN,
        "best": replace(OPEN, room=Room.OPEN, cost=Cost.FREE),
    }
    named = {UUID(int=number): name for number, name in enumerate(offers, start=1)}
    given = [replace(offers[name], offer_id=key) for key, name in named.items()]
    order = [named[match.offer_id] for match in ranked(given, SADIA, TODAY)]
    assert order == ["best", "plain", "doubtful", "turned away"]


def test_the_order_is_the_same_however_they_come() -> None:
    dice = Random(5)
    given = [
        replace(OPEN, offer_id=UUID(int=number), name_key=dice.choice("abc"), room=dice.choice(list(Room)))
        for number in range(60)
    ]
    expected = [match.offer_id for match in ranked(given, SADIA, TODAY)]
    for _ in range(5):
        dice.shuffle(given)
        assert [match.offer_id for match in ranked(given, SADIA, TODAY)] == expected


def test_every_thing_that_a_rule_can_say_has_words() -> None:
    assert {about for about, _fit in REASONS} == set(RULES)
    turned_away = {"sex", "age", "client_type", "nationality", "area"}
    for about in RULES:
        said = {fit for rule, fit in REASONS if rule == about}
        assert said == ({Fit.FITS, Fit.UNKNOWN, Fit.NOT} if about in turned_away else said)
