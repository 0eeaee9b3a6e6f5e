"""Closing a case: what it needs, who decides, what is kept, and what the list shows of cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.cases import queries, service
from mrc.cases.models import Case, CaseClosure, Need
from mrc.cases.queries import CaseFilter
from mrc.cases.service import ClosureDetails, ConcernDetails, ConsultationDetails
from mrc.cases.states import CaseStatus, ClosureStatus, Grade, NeedStatus, Priority
from mrc.centres.models import Centre
from mrc.core import clock as time
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from tests.support.pages import PageClient

People = Callable[[str], Identity]
Clients = Callable[..., PageClient]
MET = ClosureDetails("needs_met", "All is done.")


def consulted(case: Case, outcome: str, by: Identity) -> None:
    details = ConsultationDetails("hotline", "outbound", time.now(), 2, outcome)
    service.record_consultation(details, centre_id=case.centre_id, by=by, case=case)


def test_a_closure_is_asked_returned_approved_and_opened_again_on_pages(
    quiet_case: Case, client: Clients
) -> None:
    counsellor, manager, url = (
        client("counsellor-lahore"),
        client("manager-lahore"),
        f"/cases/{quiet_case.id}",
    )
    db.session.commit()
    asked = {"reason": "needs_met", "summary": "She has her papers."}
    counsellor.post(f"{url}/close", asked)
    assert "She has her papers." in manager.get(f"{url}/closure/return").text
    refused = manager.post(f"{url}/closure/return", {"comment": ""}, status=422)
    assert "Write what is missing" in refused.text
    manager.post(f"{url}/closure/return", {"comment": "Call her once more."})
    assert "Call her once more." in counsellor.get(url).text
    counsellor.post(f"{url}/close", asked)
    manager.post(f"{url}/closure/approve", {"comment": "Well done."})
    db.session.expire_all()
    assert quiet_case.status is CaseStatus.CLOSED
    db.session.commit()
    page = manager.post(f"{url}/reopen", {"reason": "The visa was refused."})
    assert "The visa was refused." in page.text
    kept = db.session.scalars(select(CaseClosure.status)).all()
    assert sorted(kept) == [ClosureStatus.APPROVED, ClosureStatus.RETURNED]
    assert (quiet_case.status, quiet_case.closure_reason) == (CaseStatus.OPEN, None)


def test_nobody_approves_their_own(open_in: Callable[..., Case], identity: People, client: Clients) -> None:
    case, manager = open_in(by="manager-lahore"), identity("manager-lahore")
    service.request_closure(case, MET, by=manager)
    db.session.commit()
    with pytest.raises(Forbidden):
        service.decide_closure(case, approves=True, by=manager)
    db.session.rollback()
    assert client("manager-lahore").http.get(f"/cases/{case.id}/closure/approve").status_code == 403
    with pytest.raises(Forbidden):
        service.decide_closure(case, approves=True, by=identity("protection-lahore"))


def test_where_the_centre_asks_for_no_approval_the_case_is_closed_at_once(
    quiet_case: Case, identity: People, client: Clients
) -> None:
    admin, centre_id = client("admin"), quiet_case.centre_id
    db.session.commit()
    page = admin.post(f"/admin/centres/{centre_id}/edit", {"closure_needs_approval": []})
    assert "without approval" in page.text
    assert not db.session.get_one(Centre, centre_id, populate_existing=True).closure_needs_approval
    closure = service.request_closure(quiet_case, MET, by=identity("counsellor-lahore"))
    db.session.commit()
    assert quiet_case.status is CaseStatus.CLOSED
    assert (closure.status, closure.decided_by_id) == (ClosureStatus.APPROVED, None)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (ClosureDetails("needs_met", " "), "summary"),
        (ClosureDetails("other", "done"), "explanation"),
        (ClosureDetails("referred_out", "done"), "explanation"),
        (ClosureDetails("transferred", "done"), "explanation"),
        (ClosureDetails("lost_contact", "done"), "reason"),
    ],
)
def test_each_reason_needs_its_facts(
    quiet_case: Case, identity: People, details: ClosureDetails, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        service.request_closure(quiet_case, details, by=identity("counsellor-lahore"))
    assert list(refused.value.fields) == [field]


def test_contact_is_lost_after_three_attempts(quiet_case: Case, identity: People) -> None:
    by = identity("counsellor-lahore")
    for outcome in ("no_answer", "no_answer", "information_given", "no_answer"):
        consulted(quiet_case, outcome, by)
    closure = service.request_closure(quiet_case, ClosureDetails("lost_contact", "silence"), by=by)
    db.session.commit()
    assert closure.attempts == 3


def test_what_is_open_stands_in_the_way_and_needs_can_be_left(
    quiet_case: Case, identity: People, client: Clients
) -> None:
    by = identity("counsellor-lahore")
    service.add_need(quiet_case, "legal", by=by)
    danger = service.raise_concern(quiet_case, ConcernDetails("threats", Grade.HIGH, "person"), by=by)
    offer = service.start_job_offer(quiet_case, {"route": "direct", "result": "doubts"}, by=by)
    db.session.commit()
    assert [blocker.kind for blocker in queries.list_blockers(quiet_case)] == [
        "needs",
        "concerns",
        "job-offers",
    ]
    page = client("counsellor-lahore").get(f"/cases/{quiet_case.id}")
    assert "Before the case can be closed:" in page.text
    left = ClosureDetails("stopped_by_choice", "he travels", leaves_needs=True)
    with pytest.raises(Refused):
        service.request_closure(quiet_case, left, by=by)
    db.session.rollback()
    service.resolve_concern(quiet_case, danger, "left the country", by=by)
    db.session.delete(offer)
    db.session.flush()
    with pytest.raises(Refused) as refused:
        service.request_closure(quiet_case, ClosureDetails("stopped_by_choice", "he travels"), by=by)
    assert list(refused.value.fields) == ["leaves_needs"]
    service.request_closure(quiet_case, left, by=by)
    db.session.commit()
    need = db.session.scalars(select(Need)).one()
    assert (need.status, need.outcome) == (NeedStatus.NOT_MET, "case_ended")


def test_a_case_that_nobody_carries_is_not_closed(open_in: Callable[..., Case], identity: People) -> None:
    case = open_in()
    case.counsellor_id, case.status = None, CaseStatus.NEW
    db.session.commit()
    with pytest.raises(Refused) as refused:
        service.request_closure(case, MET, by=identity("counsellor-lahore"))
    assert list(refused.value.fields) == ["counsellor_id"]


@pytest.mark.parametrize(
    ("priority", "within"),
    [("normal", timedelta(days=14)), ("urgent", timedelta(hours=72)), ("emergency", timedelta(hours=24))],
)
def test_the_priority_starts_the_clock_of_the_first_response(
    open_in: Callable[..., Case], identity: People, priority: str, within: timedelta
) -> None:
    case, by = open_in(priority=Priority(priority)), identity("counsellor-lahore")
    assert case.first_response_due_at == case.opened_at + within
    consulted(case, "no_answer", by)
    assert case.first_response_at is None
    service.change_case(case, {"priority": Priority.EMERGENCY}, by=by)
    assert case.first_response_due_at == case.opened_at + timedelta(hours=24)
    consulted(case, "information_given", by)
    assert case.first_response_at == time.now()


def test_a_late_response_is_in_the_list_until_somebody_speaks(
    open_in: Callable[..., Case], identity: People, client: Clients, clock: Any
) -> None:
    case, by = open_in(priority=Priority.URGENT), identity("counsellor-lahore")
    late = CaseFilter(overdue_response=True)
    assert queries.count_cases(by, late) == 0
    clock.shift(timedelta(hours=73))
    assert queries.count_cases(by, late) == 1
    db.session.commit()
    assert case.number in client("counsellor-lahore").get("/cases?late=1").text
    service.add_note(case, "spoke with him", by=by)
    db.session.commit()
    assert queries.count_cases(by, late) == 0


@pytest.mark.parametrize(
    ("chip", "other"),
    [
        ("priority=urgent", "priority=normal"),
        ("client_type=intending", "client_type=returnee"),
        ("destination=SA", "destination=QA"),
        ("programme=noraq", "programme=eurp"),
        ("level=1", "level=2"),
        ("need=legal", "need=housing"),
        ("sort=due", "sort=due&level=3"),
        ("sort=quiet", "sort=quiet&status=closed"),
        ("level=nonsense&status=nonsense&sort=nonsense", "priority=normal&status=nonsense"),
    ],
)
def test_each_chip_narrows_the_list(
    open_in: Callable[..., Case], identity: People, client: Clients, chip: str, other: str
) -> None:
    case = open_in(priority=Priority.URGENT, destination="SA", programme="noraq", needs=("legal",))
    service.change_case(case, {"follow_up_at": time.now()}, by=identity("counsellor-lahore"))
    db.session.commit()
    counsellor = client("counsellor-lahore")
    assert case.number in counsellor.get(f"/cases?{chip}").text
    assert case.number not in counsellor.get(f"/cases?{other}").text


@pytest.mark.parametrize(
    ("given", "column"), [("due_first", "follow_up_at"), ("quiet_first", "last_activity_at")]
)
def test_an_order_goes_on_where_the_page_before_ended(
    open_in: Callable[..., Case], identity: People, given: str, column: str
) -> None:
    by, cases = identity("counsellor-lahore"), []
    for day in (3, 1, 2):
        person = cases[0].person if cases else open_in().person
        case = service.open_case(service.CaseDetails("intending"), person=person, by=by)
        setattr(case, column, time.now() - timedelta(days=day))
        cases.append(case)
    db.session.commit()
    wanted = CaseFilter(**{given: True})
    first = queries.list_cases(by, wanted, cursor=None, size=2)
    rest = queries.list_cases(by, wanted, cursor=first.older, size=2)
    days = [getattr(case, column) for case in (*first.items, *rest.items)]
    assert len(days) >= 3
    assert days == sorted(days)
