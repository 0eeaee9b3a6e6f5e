"""Flags: an instruction that stands on top until it expires or is taken down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from mrc.cases.models import Case
from mrc.cases.queries import list_flags
from mrc.cases.service import name_team, set_level
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.tasks.models import Flag
from mrc.tasks.service import NewFlag, raise_flag, take_down_flag
from tests.tasks.conftest import COUNSELLOR, FRONT_DESK, MANAGER, PROTECTION, SYSTEM, Office, at


def flag(office: Office, case: Case, *, of_case: bool = True, by: str = COUNSELLOR, **given: object) -> Flag:
    new = NewFlag(**({"kind": "other", "instruction": "Ask for Amina first"} | given))  # type: ignore[arg-type]
    made = raise_flag(
        new,
        centre_id=case.centre_id,
        person_id=case.person_id,
        case_id=case.id if of_case else None,
        level=case.confidentiality,
        by=office.by(by),
    )
    db.session.commit()
    return made


def shown(office: Office, case: Case, username: str = COUNSELLOR, *, on_case: bool = True) -> list[Flag]:
    case_id = case.id if on_case else None
    return list(list_flags(office.by(username), person_id=case.person_id, case_id=case_id))


def test_a_flag_of_the_person_stands_on_each_case_and_one_of_a_case_there_alone(office: Office) -> None:
    case = office.case()
    in_case, on_person = flag(office, case), flag(office, case, of_case=False)
    assert set(shown(office, case)) == {in_case, on_person}
    assert set(shown(office, case, on_case=False)) == {in_case, on_person}
    assert shown(office, office.case()) == []


def test_a_flag_vanishes_when_its_last_day_ends_at_the_centre(office: Office) -> None:
    case = office.case()
    made = flag(office, case, expires_on=date(2026, 3, 3))
    office.clock.move_to(at("2026-03-03T18:59:59"))
    assert shown(office, case) == [made]
    office.clock.move_to(at("2026-03-03T19:00:00"))
    assert shown(office, case) == []


def test_a_flag_that_expired_already_is_refused_by_the_day_of_the_centre(office: Office) -> None:
    case = office.case()
    flag(office, case, expires_on=date(2026, 3, 2))
    office.clock.move_to(at("2026-03-02T19:00:00"))  # Tuesday in Lahore.
    with pytest.raises(Refused) as refused:
        flag(office, case, expires_on=date(2026, 3, 2))
    assert list(refused.value.fields) == ["expires_on"]


@pytest.mark.parametrize("words", ["", "  \n"])
def test_a_flag_says_what_is_to_be_done(office: Office, words: str) -> None:
    with pytest.raises(Refused) as refused:
        flag(office, office.case(), instruction=words)
    assert list(refused.value.fields) == ["instruction"]


def test_a_flag_is_taken_down_once_and_stays_in_the_file(office: Office) -> None:
    case = office.case()
    made = flag(office, case)
    take_down_flag(made, by=office.by())
    at_first = made.taken_down_at
    office.clock.shift(timedelta(hours=1))
    take_down_flag(made, by=office.by(MANAGER))
    db.session.commit()
    assert (made.taken_down_at, made.taken_down_by_id) == (at_first, office.id_of(COUNSELLOR))
    assert shown(office, case) == []


@pytest.mark.parametrize("username", [FRONT_DESK, "manager-erbil", "coordinator-pakistan", "auditor"])
def test_flags_are_raised_and_taken_down_by_those_who_counsel_there(office: Office, username: str) -> None:
    case = office.case()
    made = flag(office, case)
    with pytest.raises(Forbidden):
        flag(office, case, by=username)
    with pytest.raises(Forbidden):
        take_down_flag(made, by=office.by(username))


def test_a_flag_follows_the_level_of_its_case(office: Office) -> None:
    case = office.case()
    made = flag(office, case)
    set_level(case, 2, by=SYSTEM)
    db.session.commit()
    assert made.confidentiality == 2
    seen_by = {name for name in (FRONT_DESK, COUNSELLOR, PROTECTION, MANAGER) if shown(office, case, name)}
    assert seen_by == {COUNSELLOR, PROTECTION, MANAGER}


def test_the_flag_of_a_sealed_case_is_seen_by_who_carries_it_and_the_named(office: Office) -> None:
    case = office.case(level=3)
    flag(office, case)
    name_team(case, frozenset({office.id_of(FRONT_DESK)}), by=SYSTEM)
    db.session.commit()
    seen_by = {name for name in (FRONT_DESK, COUNSELLOR, PROTECTION, MANAGER) if shown(office, case, name)}
    assert seen_by == {FRONT_DESK, COUNSELLOR}


def test_the_instruction_is_sealed(office: Office) -> None:
    flag(office, office.case())
    stored = db.session.execute(text("SELECT instruction FROM flag")).scalar_one()
    assert b"Amina" not in bytes(stored)
