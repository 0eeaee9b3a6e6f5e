"""Rules make tasks when something happens, each once, and who may change them where."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mrc.cases.models import Case
from mrc.cases.service import (
    CaseDetails,
    ConsultationDetails,
    NewAttempt,
    assign_case,
    move_case,
    name_enquirer,
    open_case,
    record_attempt,
    record_consultation,
)
from mrc.cases.service.cases import happening_of
from mrc.cases.states import IN_VAIN, AttemptOutcome, Priority
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.persons.models import Person
from mrc.tasks.models import Task, TaskRule
from mrc.tasks.service import (
    RuleChange,
    apply_rules,
    change_rule,
    forget_rules,
    load_shipped_rules,
    make_rule,
    move_task,
)
from mrc.tasks.states import AssignTo, OffsetUnit, TaskSource, Trigger
from tests.tasks.conftest import COUNSELLOR, FRONT_DESK, MANAGER, PROTECTION, SYSTEM, Office, at

O = AttemptOutcome  # noqa: E741 - the outcomes are written often here
ONE_DAY = RuleChange(
    condition="",
    titles={"en": "Say hello"},
    offset_value=1,
    offset_unit=OffsetUnit.DAYS,
    assign_to=AssignTo.NOBODY,
    is_active=True,
)


def made() -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.source == TaskSource.RULE).order_by(Task.id)))


def consult(office: Office, outcome: str, *, case: Case | None = None, person: Person | None = None) -> None:
    details = ConsultationDetails("hotline", "outbound", clock.now(), 5, outcome)
    record_consultation(details, centre_id=office.centre().id, by=office.by(), case=case, person=person)
    db.session.commit()


def tried(office: Office, person: Person, outcome: AttemptOutcome, **given: object) -> None:
    call_back_at = clock.now() + timedelta(hours=2) if outcome is O.CALL_BACK else None
    attempt = NewAttempt(outcome, call_back_at=call_back_at)
    record_attempt(attempt, person=person, by=office.by(), **given)  # type: ignore[arg-type]
    db.session.commit()


@pytest.mark.parametrize(
    ("outcome", "due", "kind", "is_timed"),
    [
        ("no_answer", "2026-03-05T18:59:59", "call_back", False),
        ("follow_up_agreed", "2026-03-09T18:59:59", "call_back", False),
        ("call_dropped", "2026-03-02T10:00:00", "call_back", True),
    ],
)
def test_a_consultation_is_followed_by_what_its_outcome_asks_for(
    office: Office, outcome: str, due: str, kind: str, is_timed: bool
) -> None:
    case = office.case()
    consult(office, outcome, case=case)
    (task,) = made()
    assert (task.due_at, task.kind, task.is_timed) == (at(due), kind, is_timed)
    assert (task.case_id, task.person_id, task.assignee_id) == (
        case.id,
        case.person_id,
        office.id_of(COUNSELLOR),
    )


def test_other_outcomes_make_no_task_and_nobody_is_called_who_is_not_known(office: Office) -> None:
    consult(office, "information_given", case=office.case())
    consult(office, "no_answer")
    assert made() == []


def test_a_call_that_is_named_afterwards_is_followed_up_once(office: Office) -> None:
    details = ConsultationDetails("hotline", "inbound", clock.now(), 5, "follow_up_agreed")
    consultation = record_consultation(details, centre_id=office.centre().id, by=office.by())
    person = office.person()
    for _time in range(2):
        name_enquirer(consultation, person, by=office.by())
        db.session.commit()
    assert [task.person_id for task in made()] == [person.id]


@pytest.mark.parametrize(
    ("priority", "hours", "is_urgent"), [(Priority.EMERGENCY, 24, True), (Priority.URGENT, 72, True)]
)
def test_a_pressing_case_is_to_be_contacted_in_time(
    office: Office, priority: Priority, hours: int, is_urgent: bool
) -> None:
    by = office.by()
    open_case(
        CaseDetails("potential", priority=priority, counsellor_id=by.user_id), person=office.person(), by=by
    )
    db.session.commit()
    (task,) = made()
    assert (task.due_at, task.is_urgent) == (clock.now() + timedelta(hours=hours), is_urgent)
    assert task.assignee_id == by.user_id


def test_a_case_that_is_given_to_a_colleague_is_to_be_read(office: Office) -> None:
    case = office.case()
    assign_case(case, office.id_of(PROTECTION), by=office.by(MANAGER))
    db.session.commit()
    assert [task.assignee_id for task in made()] == [office.id_of(PROTECTION)]


def test_a_returned_closure_comes_back_to_the_counsellor_each_time(office: Office) -> None:
    case = office.case()
    for times in (1, 2):
        move_case(case, "request_closure", by=office.by(), closure_reason="needs_met")
        db.session.commit()
        move_case(case, "return_closure", by=office.by(MANAGER))
        db.session.commit()
        assert [task.assignee_id for task in made()] == [office.id_of(COUNSELLOR)] * times


def test_a_refused_step_makes_no_task(office: Office) -> None:
    case = office.case()
    with pytest.raises(Refused):
        move_case(case, "return_closure", by=office.by(MANAGER))
    db.session.commit()
    assert made() == []


def test_one_happening_makes_a_task_once(office: Office) -> None:
    case = office.case()
    for expected in (1, 0):
        happening = happening_of(case, Trigger.CASE_ASSIGNED, "the same")
        assert len(apply_rules(happening, by=SYSTEM)) == expected
        db.session.commit()
    assert len(made()) == 1


def test_the_database_keeps_a_second_one_out_even_if_two_look_at_the_same_time(office: Office) -> None:
    for _time in range(2):
        db.session.add(office.task())
    first, second = db.session.scalars(select(Task).order_by(Task.id)).all()
    first.dedupe_key = second.dedupe_key = "rule:case"
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("outcome", [O.NO_ANSWER, O.BUSY])
def test_an_attempt_in_vain_is_followed_by_one_task_however_often(
    office: Office, outcome: AttemptOutcome
) -> None:
    person = office.person()
    tried(office, person, outcome)
    (task,) = made()
    assert (task.kind, task.person_id, task.assignee_id) == ("call_back", person.id, office.id_of(COUNSELLOR))
    office.clock.move_to(task.due_at)
    tried(office, person, outcome)
    assert [one.attempts for one in made()] == [1]


@pytest.mark.parametrize("outcome", IN_VAIN)
def test_an_attempt_counts_on_its_task(office: Office, outcome: AttemptOutcome) -> None:
    case = office.case()
    task = office.task(case, due_at=clock.now() - timedelta(days=1), is_timed=True)
    before = task.due_at
    tried(office, case.person, outcome, case=case, task=task)
    assert task.attempts == 1
    stays = outcome is O.WRONG_NUMBER
    assert task.due_at == (before if stays else at("2026-03-03T09:00"))
    assert made() == []


def test_a_call_back_that_was_promised_moves_its_task_and_makes_no_other(office: Office) -> None:
    case = office.case()
    task = office.task(case)
    tried(office, case.person, O.CALL_BACK, case=case)
    assert (task.due_at, task.is_timed, task.attempts) == (clock.now() + timedelta(hours=2), True, 1)
    assert db.session.query(Task).count() == 1


def test_an_attempt_counts_on_no_colleagues_other_cases_or_later_task(office: Office) -> None:
    case, person = office.case(), office.person()
    theirs = office.task(person=person, to=MANAGER)
    later = office.task(person=person, due_at=clock.now() + timedelta(days=3))
    tried(office, person, O.NO_ANSWER)
    assert (theirs.attempts, later.attempts) == (0, 0)
    other = open_case(CaseDetails("potential"), person=case.person, by=SYSTEM)
    elsewhere = office.task(other)
    tried(office, case.person, O.NO_ANSWER, case=case)
    assert elsewhere.attempts == 0


def test_an_attempt_for_a_task_about_somebody_else_is_refused(office: Office) -> None:
    task = office.task(office.case())
    with pytest.raises(Refused):
        tried(office, office.person(), O.NO_ANSWER, task=task)


def test_reaching_somebody_leaves_the_task_to_be_finished_by_hand(office: Office) -> None:
    case = office.case()
    task = office.task(case)
    tried(office, case.person, O.REACHED, task=task)
    assert (task.attempts, task.status) == (0, "open")


def test_closing_or_voiding_a_case_cancels_what_is_open_in_it(office: Office) -> None:
    for action, facts in (("approve_closure", {}), ("void", {"closure_reason": "other"})):
        case = office.case()
        task, done = office.task(case), office.task(case)
        move_task(done, "complete", by=office.by())
        if action == "approve_closure":
            move_case(case, "request_closure", by=office.by(), closure_reason="needs_met")
            assert task.status == "open"
        move_case(case, action, by=office.by(MANAGER), **facts)
        db.session.commit()
        assert (task.status, task.cancel_reason, done.status) == ("cancelled", "case_over", "done")


def test_a_rule_for_somebody_who_left_the_centre_gives_its_task_to_all(office: Office) -> None:
    case = office.case()
    case.counsellor_id = office.id_of("counsellor-erbil")
    happening = happening_of(case, Trigger.CLOSURE_RETURNED, "x")
    (task,) = apply_rules(happening, by=SYSTEM)
    assert task.assignee_id is None


def own_rule(office: Office, change: RuleChange = ONE_DAY, code: str = "LHE", by: str = MANAGER) -> TaskRule:
    rule = make_rule(
        change,
        trigger=Trigger.CASE_ASSIGNED,
        kind="review",
        centre_id=office.centre(code).id,
        by=office.by(by),
    )
    db.session.commit()
    return rule


def ids_made(office: Office, case: Case, key: str) -> list[UUID | None]:
    return [task.rule_id for task in apply_rules(happening_of(case, Trigger.CASE_ASSIGNED, key), by=SYSTEM)]


def test_a_centres_own_rule_stands_in_place_of_that_of_everywhere(office: Office) -> None:
    case = office.case()
    everywhere = db.session.scalars(select(TaskRule).where(TaskRule.code == "assigned")).one()
    assert ids_made(office, case, "1") == [everywhere.id]
    own_rule(office, code="EBL", by="manager-erbil")
    assert ids_made(office, case, "2") == [everywhere.id]
    own = own_rule(office)
    assert ids_made(office, case, "3") == [own.id]
    change_rule(own, dataclasses.replace(ONE_DAY, is_active=False), by=office.by(MANAGER))
    db.session.commit()
    assert ids_made(office, case, "4") == []


def test_rules_are_changed_only_where_one_may(office: Office) -> None:
    shipped = db.session.scalars(select(TaskRule).where(TaskRule.code == "no_answer")).one()
    own = own_rule(office)
    for rule, username in (
        (shipped, MANAGER),
        (shipped, COUNSELLOR),
        (own, COUNSELLOR),
        (own, PROTECTION),
        (own, FRONT_DESK),
        (own, "manager-erbil"),
        (own, "auditor"),
    ):
        with pytest.raises(Forbidden):
            change_rule(rule, ONE_DAY, by=office.by(username))
    for centre_id, username in (
        (None, MANAGER),
        (own.centre_id, "manager-erbil"),
        (own.centre_id, COUNSELLOR),
    ):
        with pytest.raises(Forbidden):
            make_rule(
                ONE_DAY,
                trigger=Trigger.CASE_OPENED,
                kind="review",
                centre_id=centre_id,
                by=office.by(username),
            )
    change_rule(shipped, ONE_DAY, by=office.by("admin"))
    change_rule(own, ONE_DAY, by=office.by("admin"))
    assert shipped.is_local


def test_a_rule_without_english_words_is_refused(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        own_rule(office, dataclasses.replace(ONE_DAY, titles={"en": " ", "ur": "سلام"}))
    assert list(refused.value.fields) == ["title_en"]


@pytest.mark.parametrize("days", ["", "0", "-3", "soon", "1000", "99999999999999999999"])
def test_a_rule_for_quiet_cases_needs_days(office: Office, days: str) -> None:
    idle = db.session.scalars(select(TaskRule).where(TaskRule.code == "idle")).one()
    with pytest.raises(Refused) as refused:
        change_rule(idle, dataclasses.replace(ONE_DAY, condition=days), by=office.by("admin"))
    assert list(refused.value.fields) == ["condition"]
    assert idle.condition == "60"


def test_a_release_leaves_alone_what_was_changed_here(office: Office) -> None:
    shipped = db.session.scalars(select(TaskRule).where(TaskRule.code == "no_answer")).one()
    known = set(db.session.scalars(select(TaskRule.id)))
    change_rule(shipped, dataclasses.replace(ONE_DAY, condition="no_answer"), by=office.by("admin"))
    load_shipped_rules()
    db.session.commit()
    assert (shipped.offset_value, shipped.titles["en"]) == (1, "Say hello")
    assert set(db.session.scalars(select(TaskRule.id))) == known


def test_a_change_holds_at_once(office: Office) -> None:
    case = office.case()
    shipped = db.session.scalars(select(TaskRule).where(TaskRule.code == "assigned")).one()
    assert len(ids_made(office, case, "1")) == 1
    change_rule(shipped, dataclasses.replace(ONE_DAY, is_active=False), by=office.by("admin"))
    assert ids_made(office, case, "2") == []
    db.session.rollback()
    forget_rules()
