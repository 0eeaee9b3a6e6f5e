"""Trying to reach someone: each outcome, what follows from it, and who could not be reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mrc.audit.models import AuditEvent
from mrc.cases.models import ContactAttempt
from mrc.cases.queries import (
    Obstacle,
    attempt_timeline_rows,
    find_silence,
    get_reach,
    list_attempts,
    obstacles_to_calling,
)
from mrc.cases.service import NewAttempt, call_back_instant, move_case, record_attempt, set_level
from mrc.cases.states import IN_VAIN, AttemptOutcome
from mrc.core import clock as time_now
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.persons.models import Person
from mrc.persons.service import doubt_address, trust_address
from tests.cases.conftest import SYSTEM, Lahore, at
from tests.contracts.test_query_counts import queries_of
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
O = AttemptOutcome  # noqa: E741 - the outcomes are written often here
DAY = timedelta(days=1)
KARACHI = "Asia/Karachi"
NUMBER = "+923001234567"


def attempt(
    lahore: Lahore, person: Person, outcome: AttemptOutcome = O.NO_ANSWER, **given: object
) -> ContactAttempt:
    link = person.addresses[0] if person.addresses else None
    call_back_at = given.pop("call_back_at", None)
    made = NewAttempt(outcome, call_back_at=call_back_at)  # type: ignore[arg-type]
    row = record_attempt(made, person=person, by=lahore.by(), link=link, **given)  # type: ignore[arg-type]
    db.session.commit()
    return row


@pytest.mark.parametrize("outcome", [outcome for outcome in O if outcome is not O.CALL_BACK])
def test_each_outcome_is_written_down_and_audited(lahore: Lahore, outcome: AttemptOutcome) -> None:
    person = lahore.person(NUMBER)
    row = attempt(lahore, person, outcome)
    assert (row.outcome, row.channel, row.at) == (outcome, "hotline", time_now.now())
    assert row.by_id == lahore.by().user_id
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.tag == "cases:attempt:recorded")).one()
    assert event.subject_id == person.id
    assert event.details["outcome"] == outcome.value


def test_a_wrong_number_makes_the_address_doubtful_until_the_person_answers(lahore: Lahore) -> None:
    person = lahore.person(NUMBER)
    attempt(lahore, person, O.WRONG_NUMBER)
    link = person.addresses[0]
    assert link.doubtful_since == time_now.now()
    assert obstacles_to_calling(link, KARACHI) == (Obstacle.DOUBTFUL,)
    attempt(lahore, person, O.REACHED)
    assert link.doubtful_since is None
    changes = db.session.scalars(
        select(AuditEvent.tag).where(AuditEvent.tag == "persons:address:changed")
    ).all()
    assert len(changes) == 2


def test_doubt_and_trust_are_for_those_who_may_call(lahore: Lahore) -> None:
    link = lahore.person(NUMBER).addresses[0]
    for act in (doubt_address, trust_address):
        for username in ("counsellor-erbil", "coordinator-pakistan", "admin"):
            with pytest.raises(Forbidden):
                act(link, by=lahore.by(username))


def test_a_call_back_puts_the_case_into_the_day(lahore: Lahore) -> None:
    person = lahore.person(NUMBER)
    case = lahore.case(person)
    due = time_now.now() + timedelta(hours=3)
    row = attempt(lahore, person, O.CALL_BACK, case=case, call_back_at=due)
    assert (row.call_back_at, case.follow_up_at) == (due, due)
    attempt(lahore, person, O.CALL_BACK, case=case, call_back_at=due + DAY)
    assert case.follow_up_at == due, "what is due sooner stays"


def test_a_call_back_moves_no_closed_case_and_no_strangers(lahore: Lahore) -> None:
    person = lahore.person(NUMBER)
    case = lahore.case(person)
    move_case(case, "request_closure", by=lahore.by(), closure_reason="needs_met")
    attempt(lahore, person, O.CALL_BACK, case=case, call_back_at=time_now.now() + DAY)
    assert case.follow_up_at is None


def test_the_front_desk_promises_a_call_without_changing_the_case(lahore: Lahore) -> None:
    person = lahore.person(NUMBER)
    case = lahore.case(person)
    promised = NewAttempt(O.CALL_BACK, call_back_at=time_now.now() + DAY)
    record_attempt(promised, person=person, by=lahore.by("frontdesk-lahore"), case=case)
    assert case.follow_up_at is None


@pytest.mark.parametrize("shift", [None, timedelta(0), -DAY])
def test_a_call_back_needs_a_time_to_come(lahore: Lahore, shift: timedelta | None) -> None:
    call_back_at = None if shift is None else time_now.now() + shift
    with pytest.raises(Refused) as refused:
        attempt(lahore, lahore.person(NUMBER), O.CALL_BACK, call_back_at=call_back_at)
    assert "call_back_time" in refused.value.fields


def test_the_time_is_that_of_the_centres_clock(lahore: Lahore) -> None:
    assert call_back_instant(0, None, KARACHI) == at("2026-03-02T10:00")
    assert call_back_instant(1, None, KARACHI) == at("2026-03-03T09:00")
    assert call_back_instant(2, time(16, 30), KARACHI) == at("2026-03-04T11:30")


def test_strangers_and_other_centres_are_refused(lahore: Lahore) -> None:
    person, other = lahore.person(NUMBER), lahore.person("+923007654321")
    made = NewAttempt(O.NO_ANSWER)
    with pytest.raises(Refused):
        record_attempt(made, person=person, by=lahore.by(), link=other.addresses[0])
    with pytest.raises(Refused):
        record_attempt(made, person=person, by=lahore.by(), case=lahore.case(other))
    for username in ("counsellor-erbil", "coordinator-pakistan", "analyst"):
        with pytest.raises(Forbidden):
            record_attempt(made, person=person, by=lahore.by(username))


def test_a_time_to_call_back_belongs_to_that_outcome_alone(lahore: Lahore) -> None:
    row = attempt(lahore, lahore.person(NUMBER))
    row.call_back_at = time_now.now()
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_three_days_in_vain_are_lasting_silence(lahore: Lahore, clock: time_machine.Traveller) -> None:
    person = lahore.person(NUMBER)
    for outcome in (O.NO_ANSWER, O.NO_ANSWER, O.BUSY):
        attempt(lahore, person, outcome)
    clock.shift(DAY)
    attempt(lahore, person, O.WRONG_NUMBER)
    silence = find_silence(person.id, KARACHI, by=lahore.by())
    assert silence is not None
    assert (silence.attempts, silence.days, silence.is_lasting) == (4, 2, False)
    clock.shift(DAY)
    attempt(lahore, person, O.NUMBER_OFF)
    silence = find_silence(person.id, KARACHI, by=lahore.by())
    assert silence is not None
    assert silence.is_lasting
    assert silence.since.isoformat() == "2026-03-02"


def test_days_of_silence_are_those_of_the_centre(lahore: Lahore, clock: time_machine.Traveller) -> None:
    person = lahore.person(NUMBER)
    clock.move_to(at("2026-03-02T18:59"))  # 23:59 in Lahore
    attempt(lahore, person)
    clock.shift(timedelta(minutes=1))
    attempt(lahore, person)
    silence = find_silence(person.id, KARACHI, by=lahore.by())
    assert silence is not None
    assert silence.days == 2


@pytest.mark.parametrize("end", ["reached", "consultation"])
def test_speaking_with_the_person_ends_the_silence(
    lahore: Lahore, clock: time_machine.Traveller, end: str
) -> None:
    person = lahore.person(NUMBER)
    attempt(lahore, person)
    clock.shift(DAY)
    if end == "reached":
        attempt(lahore, person, O.REACHED)
    else:
        lahore.log(person=person)
    assert find_silence(person.id, KARACHI, by=lahore.by()) is None


def test_a_call_logged_without_an_answer_does_not_end_the_silence(
    lahore: Lahore, clock: time_machine.Traveller
) -> None:
    person = lahore.person(NUMBER)
    attempt(lahore, person)
    clock.shift(DAY)
    lahore.log(person=person, outcome="no_answer")
    assert find_silence(person.id, KARACHI, by=lahore.by()) is not None


def test_every_outcome_is_in_vain_or_is_not() -> None:
    assert set(O) - set(IN_VAIN) == {O.CALL_BACK, O.REACHED}


def test_the_contact_plan_speaks_against_a_call(lahore: Lahore) -> None:
    link = lahore.person(NUMBER).addresses[0]
    assert obstacles_to_calling(link, KARACHI) == ()
    link.may_call = False
    assert obstacles_to_calling(link, KARACHI) == (Obstacle.NO_CALLS,)
    link.never_contact = True
    assert obstacles_to_calling(link, KARACHI) == (Obstacle.NEVER_CONTACT,)


@pytest.mark.parametrize(
    ("safe_from", "safe_until", "is_safe"),
    [(9 * 60, 17 * 60, True), (15 * 60, 17 * 60, False), (20 * 60, 2 * 60, False), (13 * 60, 60, True)],
)
def test_safe_hours_are_those_of_the_person(
    lahore: Lahore, safe_from: int, safe_until: int, is_safe: bool
) -> None:
    link = lahore.person(NUMBER).addresses[0]
    link.safe_windows = [{"days": [*range(7)], "from": safe_from, "until": safe_until}]
    assert (obstacles_to_calling(link, KARACHI) == ()) is is_safe, "it is 14:00 in Lahore"


def test_attempts_are_read_like_the_persons_file(lahore: Lahore) -> None:
    person = lahore.person(NUMBER)
    case = lahore.case(person)
    row = attempt(lahore, person, case=case)
    desk, protection = lahore.by("frontdesk-lahore"), lahore.by("protection-lahore")
    given = {"person_id": person.id, "before": None, "size": 5}
    for case_id in (None, case.id):
        assert list(attempt_timeline_rows(by=desk, case_id=case_id, **given)) == [row]  # type: ignore[arg-type]
    set_level(case, 2, by=SYSTEM)
    db.session.commit()
    for case_id in (None, case.id):
        assert not attempt_timeline_rows(by=desk, case_id=case_id, **given)  # type: ignore[arg-type]
        assert attempt_timeline_rows(by=protection, case_id=case_id, **given)  # type: ignore[arg-type]
    assert not list_attempts(person.id, by=desk, cursor=None).items
    assert not get_reach(person, KARACHI, by=desk).attempts


def test_the_timeline_goes_back_page_by_page(lahore: Lahore, clock: time_machine.Traveller) -> None:
    person = lahore.person(NUMBER)
    rows = []
    for _number in range(5):
        rows.append(attempt(lahore, person))
        clock.shift(timedelta(minutes=1))
    seen: list[ContactAttempt] = []
    before = None
    while page := attempt_timeline_rows(
        by=lahore.by(), person_id=person.id, case_id=None, before=before, size=2
    ):
        seen += page
        before = (page[-1].at, page[-1].id)
    assert seen == rows[::-1]


def test_one_press_on_the_persons_page_writes_it_down(client: Clients, lahore: Lahore) -> None:
    person = lahore.person(NUMBER)
    url = f"/persons/{person.id}"
    db.session.commit()
    counsellor = client("counsellor-lahore")
    page = counsellor.get(url)
    keys = [button.get("data-chord") for button in page.find("button", name="outcome")]
    assert keys == [f"a{number}" for number in range(1, 8)]
    page = counsellor.submit(page, {"outcome": "wrong_number"}, form="attempt")
    assert page.url == url
    assert "Wrong number" in page.text
    assert "doubtful number" in page.text
    page = counsellor.submit(
        page,
        {},
        form=next(
            form.get("action", "") for form in page.find("form") if form.get("action", "").endswith("/trust")
        ),
    )
    assert "doubtful number" not in page.text


def test_on_the_cases_page_it_leads_back_there(client: Clients, lahore: Lahore) -> None:
    case = lahore.case(lahore.person(NUMBER))
    url = f"/cases/{case.id}"
    db.session.commit()
    page = client("counsellor-lahore").post(
        url, {"outcome": "call_back", "call_back_days": "1", "call_back_time": "۱۶:۳۰"}, form="attempt"
    )
    assert page.url == url
    db.session.expire_all()
    assert case.follow_up_at == at("2026-03-03T11:30")


@pytest.mark.parametrize("typed", ["soon", "25:00", "8:00"])
def test_a_time_that_is_none_or_is_over_is_said_beside_the_field(
    client: Clients, lahore: Lahore, typed: str
) -> None:
    url = f"/persons/{lahore.person(NUMBER).id}"
    db.session.commit()
    given = {"outcome": "call_back", "call_back_time": typed, "note": "His brother said"}
    page = client("counsellor-lahore").post(url, given, form="attempt", status=422)
    assert "His brother said" in page.html
    assert page.find("p", class_="field-error")
    db.session.rollback()
    assert db.session.scalar(select(ContactAttempt.id)) is None


def test_an_attempt_takes_no_foreign_case_or_number(client: Clients, lahore: Lahore) -> None:
    person, other = lahore.person(NUMBER), lahore.person("+923007654321")
    case, kurd = lahore.case(other), lahore.person("+9647701234567", code="EBL")
    counsellor = client("counsellor-lahore")
    url = f"/persons/{person.id}/attempts"
    links = {"other": str(other.addresses[0].id), "kurd": str(kurd.addresses[0].id)}
    foreign = f"/persons/{kurd.id}/attempts"
    case_id = str(case.id)
    db.session.commit()
    token = counsellor.get(url).find("input", name="csrf_token")[0].get("value")
    for given in ({"case": case_id}, {"link": links["other"]}, {"link": links["kurd"]}, {"case": "nonsense"}):
        answer = counsellor.http.post(url, data={"csrf_token": token, "outcome": "no_answer", **given})
        assert answer.status_code in {404, 422}, given
    assert counsellor.http.post(foreign, data={"csrf_token": token, "outcome": "busy"}).status_code == 404
    assert counsellor.http.get(f"{url}?case={case_id}").status_code == 404
    assert db.session.scalar(select(ContactAttempt.id)) is None


def test_the_page_warns_before_an_unsafe_call_and_says_who_could_not_be_reached(
    client: Clients, lahore: Lahore, clock: time_machine.Traveller
) -> None:
    person = lahore.person(NUMBER)
    person.addresses[0].never_contact = True
    person.addresses[0].instruction = "Her husband answers"
    url = f"/persons/{person.id}"
    for _day in range(3):
        attempt(lahore, person)
        clock.shift(DAY)
    counsellor = client("counsellor-lahore")
    page = counsellor.get(url)
    assert "Never use this number." in page.text
    assert "Could not be reached: 3 attempts since" in page.text
    # Nothing that speaks against it is chosen by itself.
    chosen = [choice for choice in page.find("input", name="link") if "checked" in choice.attrib]
    assert [choice.get("value") for choice in chosen] == [""]
    assert "No answer" in counsellor.get(f"{url}/attempts").text


def test_readers_see_the_attempts_without_the_form(client: Clients, lahore: Lahore) -> None:
    person = lahore.person(NUMBER)
    attempt(lahore, person)
    url = f"/persons/{person.id}"
    db.session.commit()
    page = client("coordinator-pakistan").get(url)
    assert "No answer" in page.text
    assert not page.find("button", name="outcome")


def test_a_file_asks_as_often_however_many_attempts_there_are(
    app: Flask, client: Clients, lahore: Lahore
) -> None:
    person = lahore.person(NUMBER)
    attempt(lahore, person)
    url = f"/persons/{person.id}"
    db.session.rollback()
    manager = client("manager-lahore")
    before = queries_of(app, manager, url)
    for _number in range(12):
        attempt(lahore, person)
    db.session.rollback()
    assert queries_of(app, manager, url) == before
