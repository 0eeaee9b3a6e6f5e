"""Names are found again in any script and spelling, and names that only look alike are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from mrc.access.identity import Identity
from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.core.nameparts import name_keys, parts_of
from mrc.core.sounds import distance, signs_of
from mrc.demo.seed import place_of, seed
from mrc.i18n.calendars import PartialDate
from mrc.persons import names_bench
from mrc.persons.jobs import index_old_names
from mrc.persons.matching import understand
from mrc.persons.models import KEY_SCHEME, NameKey, Person
from mrc.persons.queries import search_persons
from mrc.persons.service import PersonDetails, register_person

TABLE = Path(__file__).parent / "names.tsv"
TODAY = date(2026, 3, 2)


def lahore() -> Centre:
    return db.session.scalars(select(Centre).where(Centre.code == "LHE")).one()


@pytest.fixture
def register(context: Flask, identity: Callable[[str], Identity]) -> Callable[..., Person]:
    def make(name: str, **details: object) -> Person:
        person = register_person(
            PersonDetails(name=name, **details),  # type: ignore[arg-type]
            centre_id=lahore().id,
            by=identity("counsellor-lahore"),
            looked_at=frozenset(db.session.scalars(select(Person.id))),
        )
        db.session.flush()
        return person

    return make


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_table_of_names_is_answered_as_a_counsellor_would_answer_it(context: Flask) -> None:
    seed(1_000, 3, places=[place_of(lahore(), 1.0)])
    lines = names_bench.read_table(TABLE.read_text(encoding="utf-8"))
    assert sum(line.is_match for line in lines) >= 400
    assert sum(not line.is_match for line in lines) >= 400
    before = db.session.scalar(select(func.count()).select_from(Person))
    figures = names_bench.figures_of(names_bench.run(lines))
    assert figures.recall_at_10 >= 0.97
    assert figures.first >= 0.85
    assert figures.false_first <= 0.02
    assert db.session.scalar(select(func.count()).select_from(Person)) == before, "nothing stays planted"


@pytest.mark.parametrize(
    "text",
    ["", "match\tone\ttwo", "match\tone\ttwo\tthen", "like\tone\ttwo\t1987", "match\t\ttwo\t1987"],
    ids=["empty", "short", "no year", "unknown kind", "no name"],
)
def test_a_broken_table_of_names_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        names_bench.read_table(text)


@pytest.mark.parametrize(
    ("text", "name", "years"),
    [
        ("Mohammed Yousef 1987", "Mohammed Yousef", (1987,)),
        ("۱۹۸۷ محمد یوسف", "محمد یوسف", (1987,)),
        ("محمد یوسف ۱۳۶۶", "محمد یوسف", (1987, 1988)),
        ("Ali (1990)", "Ali ( )", (1990,)),
        ("Ali 2044", "Ali", ()),
        ("Ali", "Ali", ()),
    ],
    ids=["latin", "persian digits", "solar", "brackets", "future", "none"],
)
def test_a_year_beside_a_name_is_understood(text: str, name: str, years: tuple[int, ...]) -> None:
    wanted = understand(text, TODAY)
    assert (wanted.name, wanted.birth_years) == (name, years)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Abdul Rahman", "عبدالرحمن"),
        ("Abdurrahman", "عبد الرحمن"),
        ("Noor ullah", "نورالله"),
        ("Gul Mohammad", "گلمحمد"),
        ("Zia ul Haq", "ضیاءالحق"),
        ("Al-Jubouri", "الجبوري"),
        ("Yousuf Zai", "یوسفزئی"),
    ],
)
def test_what_is_written_together_or_apart_shares_its_keys(one: str, other: str) -> None:
    assert set(name_keys(one)) <= set(name_keys(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("hassan", "حسن"), ("rasheed", "رشید"), ("rashid", "راشد"), ("isa", "عیسی"), ("ahmed", "ئەحمەد")],
)
def test_spellings_of_one_name_are_near(one: str, other: str) -> None:
    assert distance(signs_of(one), signs_of(other)) <= 0.2


@pytest.mark.parametrize(
    ("one", "other"),
    [("hassan", "حسین"), ("rasheed", "راشد"), ("karima", "کریم"), ("mahmood", "محمد"), ("farid", "فریده")],
)
def test_names_that_only_look_alike_are_far(one: str, other: str) -> None:
    assert distance(signs_of(one), signs_of(other)) > 0.36


@pytest.mark.parametrize("name", ["", " ", "...", "١٢٣", "\u202e", "😀", "-", "ا", "a", "ء", "محمد " * 200])
def test_no_name_breaks_the_search(context: Flask, identity: Callable[[str], Identity], name: str) -> None:
    parts_of(name)
    search_persons(identity("counsellor-lahore"), f"{name} 1987")


def test_the_year_brings_the_right_one_of_many_to_the_top(
    register: Callable[..., Person], identity: Callable[[str], Identity]
) -> None:
    years = range(1970, 2000)
    same_named = {year: register("محمد یوسف", birth=PartialDate.from_iso(str(year))) for year in years}
    found = search_persons(identity("counsellor-lahore"), "Mohammed Yousef 1987")
    assert found[0].person.id == same_named[1987].id
    assert {one.person.birth_year for one in found[:5]} == {1985, 1986, 1987, 1988, 1989}


def test_a_wrong_year_still_finds_the_person(
    register: Callable[..., Person], identity: Callable[[str], Identity]
) -> None:
    person = register("زرغونه وردک", birth=PartialDate.from_iso("1995"))
    found = search_persons(identity("counsellor-lahore"), "Zarghuna Wardak 1975")
    assert [one.person.id for one in found] == [person.id]


def test_two_of_three_parts_in_any_order_are_enough(
    register: Callable[..., Person], identity: Callable[[str], Identity]
) -> None:
    person = register("سید علی حسینی")
    for query in ("Hosseini Ali", "علی حسيني", "Sayed Hussaini"):
        assert person.id in {one.person.id for one in search_persons(identity("counsellor-lahore"), query)}


def test_another_centre_finds_nothing(
    register: Callable[..., Person], identity: Callable[[str], Identity]
) -> None:
    register("زرغونه وردک")
    assert search_persons(identity("counsellor-erbil"), "Zarghuna Wardak") == []


def test_keys_of_an_earlier_release_are_made_anew(register: Callable[..., Person], context: Flask) -> None:
    person = register("زرغونه وردک", birth=PartialDate.from_iso("1995"))
    for key in db.session.scalars(select(NameKey).where(NameKey.person_id == person.id)):
        key.scheme, key.birth_year = KEY_SCHEME - 1, 0
    db.session.commit()
    for _ in index_old_names({}):
        db.session.commit()
    schemes = db.session.scalars(
        select(NameKey.scheme).where(NameKey.person_id == person.id).distinct()
    ).all()
    assert schemes == [KEY_SCHEME]
