"""Every state of a case and every step: allowed or refused, by whom, and what must be known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.cases.models import Case
from mrc.cases.service import assign_case, move_case
from mrc.cases.states import CASE, CaseStatus
from mrc.centres.models import Centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused, TransitionRefused
from tests.contracts.records import make_records

People = Callable[[str], Identity]
LEADS_TO = {
    ("new", "start"): "open",
    ("new", "request_closure"): "closure_requested",
    ("new", "void"): "void",
    ("new", "close"): "closed",
    ("open", "close"): "closed",
    ("follow_up", "close"): "closed",
    ("open", "follow_up"): "follow_up",
    ("open", "request_closure"): "closure_requested",
    ("open", "void"): "void",
    ("follow_up", "resume"): "open",
    ("follow_up", "request_closure"): "closure_requested",
    ("follow_up", "void"): "void",
    ("closure_requested", "return_closure"): "open",
    ("closure_requested", "approve_closure"): "closed",
    ("closed", "reopen"): "open",
}
"""Written down by hand: a second opinion on the table of transitions. Whatever is not here is refused."""
ACTIONS = sorted({transition.name for transition in CASE.transitions})
NEEDS_MANAGER = {"approve_closure", "return_closure", "reopen", "void"}


@pytest.fixture
def case(context: Flask) -> Case:
    records = make_records("LHE")
    db.session.commit()
    return db.session.get_one(Case, records.keys["case_id"])


def put(case: Case, status: str, asked_by: Identity) -> None:
    """Put a case into a state, with what the state needs."""
    case.counsellor_id = asked_by.user_id
    if status in {"closure_requested", "closed", "void"}:
        case.closure_reason, case.closure_requested_by_id = "needs_met", asked_by.user_id
    case.closed_at = clock.now() if status == "closed" else None
    case.status = CaseStatus(status)
    db.session.commit()


def facts(action: str) -> dict[str, Any]:
    return {"closure_reason": "needs_met"} if action in {"request_closure", "close", "void"} else {}


@pytest.mark.parametrize(("status", "action"), list(product([state.value for state in CaseStatus], ACTIONS)))
def test_each_step_from_each_state(case: Case, identity: People, status: str, action: str) -> None:
    counsellor, manager = identity("counsellor-lahore"), identity("manager-lahore")
    put(case, status, counsellor)
    by = manager if action in NEEDS_MANAGER else counsellor
    if action == "close":
        db.session.get_one(Centre, case.centre_id).closure_needs_approval = False
    if (target := LEADS_TO.get((status, action))) is None:
        with pytest.raises(TransitionRefused):
            move_case(case, action, by=by, **facts(action))
        assert case.status == status
        return
    move_case(case, action, by=by, **facts(action))
    db.session.commit()
    assert case.status == target
    tags = db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == case.id)).all()
    assert any(tag.startswith("cases:case:") and tag != "cases:case:opened" for tag in tags)


@pytest.mark.parametrize("action", sorted(NEEDS_MANAGER))
def test_a_counsellor_cannot_take_a_managers_step(case: Case, identity: People, action: str) -> None:
    status = next(state for state, name in LEADS_TO if name == action)
    put(case, status, identity("counsellor-lahore"))
    with pytest.raises(Forbidden):
        move_case(case, action, by=identity("counsellor-lahore"), **facts(action))


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_moves_a_case_of_another_centre(case: Case, identity: People, action: str) -> None:
    db.session.get_one(Centre, case.centre_id).closure_needs_approval = action != "close"
    status = next(state for state, name in LEADS_TO if name == action)
    put(case, status, identity("counsellor-lahore"))
    with pytest.raises(Forbidden):
        move_case(case, action, by=identity("manager-erbil"), **facts(action))


def test_closing_needs_a_reason(case: Case, identity: People) -> None:
    put(case, "open", identity("counsellor-lahore"))
    with pytest.raises(Refused) as refused:
        move_case(case, "request_closure", by=identity("counsellor-lahore"))
    assert list(refused.value.fields) == ["closure_reason"]


def test_nobody_approves_the_closure_that_they_asked_for(case: Case, identity: People) -> None:
    manager = identity("manager-lahore")
    put(case, "open", manager)
    move_case(case, "request_closure", by=manager, closure_reason="needs_met")
    with pytest.raises(Forbidden):
        move_case(case, "approve_closure", by=manager)


def test_a_closed_case_is_due_no_more_and_a_reopened_one_has_forgotten_its_end(
    case: Case, identity: People
) -> None:
    counsellor, manager = identity("counsellor-lahore"), identity("manager-lahore")
    put(case, "open", counsellor)
    move_case(case, "follow_up", by=counsellor, follow_up_at=clock.now() + timedelta(days=3))
    move_case(case, "request_closure", by=counsellor, closure_reason="needs_met")
    move_case(case, "approve_closure", by=manager)
    db.session.commit()
    assert (case.follow_up_at, case.closed_at) == (None, clock.now())
    move_case(case, "reopen", by=manager)
    db.session.commit()
    assert (case.closed_at, case.closure_reason, case.closure_requested_by_id) == (None, None, None)


def test_a_new_case_opens_when_it_gets_a_counsellor(case: Case, identity: People) -> None:
    counsellor = identity("counsellor-lahore")
    assert counsellor.user_id
    assign_case(case, counsellor.user_id, by=counsellor)
    db.session.commit()
    assert (case.status, case.counsellor_id) == (CaseStatus.OPEN, counsellor.user_id)


def test_a_counsellor_takes_nobodys_case_but_not_a_colleagues(case: Case, identity: People) -> None:
    mine, other = identity("counsellor-lahore"), identity("protection-lahore")
    assert mine.user_id
    put(case, "open", other)
    with pytest.raises(Forbidden):
        assign_case(case, mine.user_id, by=mine)
    assign_case(case, mine.user_id, by=identity("manager-lahore"))
    assert case.counsellor_id == mine.user_id
