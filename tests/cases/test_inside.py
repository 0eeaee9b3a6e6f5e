"""Needs, notes, concerns and assessments, through the services and through the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.cases import queries, service
from mrc.cases.models import Assessment, Case, Need, Note, ProtectionConcern
from mrc.cases.policy import ASSESSMENTS, CASES, CONCERNS, NOTES
from mrc.cases.service import AssessmentContent, ConcernDetails, NeedDetails
from mrc.cases.states import AssessmentStatus, Finding, Grade, NeedStatus, NoteKind, Priority
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from tests.support.pages import PageClient

People = Callable[[str], Identity]
Clients = Callable[..., PageClient]
DANGER = ConcernDetails("threats", Grade.HIGH, "person", details="the agent called", safety_plan="stays away")


def test_a_need_is_added_settled_and_opened_again_on_pages(quiet_case: Case, client: Clients) -> None:
    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}"
    db.session.commit()
    page = counsellor.post(f"{url}/needs/new", {"area": "legal", "details": "a lawyer", "priority": "urgent"})
    assert "a lawyer" in page.text
    need = db.session.scalars(select(Need)).one()
    need_url = f"{url}/needs/{need.id}"
    db.session.commit()
    counsellor.post(url, {}, form=f"{need_url}/start")
    counsellor.post(
        f"{need_url}/settle", {"action": "meet_partly", "outcome": "provided_by_partner", "note": "by OPF"}
    )
    db.session.expire_all()
    assert (need.status, need.outcome, need.outcome_note) == (
        NeedStatus.PARTLY_MET,
        "provided_by_partner",
        "by OPF",
    )
    assert need.settled_at is not None
    db.session.commit()
    counsellor.post(url, {}, form=f"{need_url}/reopen")
    db.session.expire_all()
    assert (need.status, need.outcome, need.settled_at) == (NeedStatus.OPEN, None, None)


def test_two_people_change_a_need_and_nothing_is_lost(
    quiet_case: Case, client: Clients, identity: People
) -> None:
    need = service.add_need(
        quiet_case, NeedDetails("legal", details="first"), by=identity("counsellor-lahore")
    )
    db.session.commit()
    url = f"/cases/{quiet_case.id}/needs/{need.id}"
    mine, theirs = client("counsellor-lahore"), client("manager-lahore")
    open_page = mine.get(url)
    theirs.post(url, {"priority": "emergency"})
    mine.submit(open_page, {"details": "second"})
    db.session.expire_all()
    assert (need.details, need.priority) == ("second", Priority.EMERGENCY)
    db.session.commit()
    stale = mine.get(url)
    theirs.post(url, {"details": "theirs"})
    answer = mine.submit(stale, {"details": "mine"}, status=409)
    assert "mine" in answer.text
    assert "theirs" in answer.text


def test_a_settled_need_is_not_changed_and_needs_an_outcome(quiet_case: Case, identity: People) -> None:
    by = identity("counsellor-lahore")
    need = service.add_need(quiet_case, "legal", by=by)
    with pytest.raises(Refused) as refused:
        service.settle_need(quiet_case, need, "meet", by=by)
    assert list(refused.value.fields) == ["outcome"]
    service.settle_need(quiet_case, need, "meet", by=by, outcome="provided_here")
    with pytest.raises(Refused, match="settled"):
        service.change_need(quiet_case, need, {"area": "housing"}, by=by)


def test_a_corrected_note_shows_what_it_said_before(quiet_case: Case, client: Clients) -> None:
    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}"
    db.session.commit()
    counsellor.post(url, {"text": "wrong words"}, form="note")
    note = db.session.scalars(select(Note)).one()
    db.session.commit()
    page = counsellor.post(f"{url}/notes/{note.id}/correct", {"text": "right words"})
    assert "right words" in page.text
    assert "wrong words" in page.text
    assert len(page.find("details", class_="quiet")) == 1
    answer = counsellor.post(f"{url}/notes/{note.id}/correct", {"text": "again"}, status=422)
    assert "corrected already" in answer.text
    db.session.expire_all()
    assert note.text == "wrong words"


def noted(case: Case, by: Identity) -> Sequence[Note]:
    """The notes of a case as its timeline asks for them."""
    return queries.note_rows(by=by, person_id=case.person_id, case_id=case.id, before=None, size=50)


def test_a_pinned_note_stands_on_top_and_its_correction_after_it(quiet_case: Case, identity: People) -> None:
    by = identity("counsellor-lahore")
    note = service.add_note(quiet_case, "call after six", by=by)
    service.pin_note(quiet_case, note, is_pinned=True, by=by)
    later = service.add_note(quiet_case, "call after seven", by=by, corrects=note)
    db.session.commit()
    (pinned,) = queries.list_pinned_notes(quiet_case, by=by)
    assert pinned.id == later.id
    assert [row.id for row in pinned.earlier] == [note.id]
    assert [row.id for row in noted(quiet_case, by)] == [later.id]
    service.pin_note(quiet_case, later, is_pinned=False, by=by)
    db.session.commit()
    assert queries.list_pinned_notes(quiet_case, by=by) == []


@pytest.mark.parametrize(
    ("level", "readers"),
    [
        (1, {"counsellor-lahore", "manager-lahore", "protection-lahore", "frontdesk-lahore"}),
        (2, {"counsellor-lahore", "manager-lahore", "protection-lahore"}),
        (3, {"counsellor-lahore"}),
    ],
)
def test_a_note_is_read_by_those_of_its_level(
    quiet_case: Case, identity: People, level: int, readers: set[str]
) -> None:
    note = service.add_note(quiet_case, "x", by=identity("counsellor-lahore"), level=level)
    db.session.commit()
    for name in ("counsellor-lahore", "manager-lahore", "protection-lahore", "frontdesk-lahore"):
        who = identity(name)
        assert NOTES.permits(who, note) is (name in readers), name
        shown = {row.id for row in noted(quiet_case, who)}
        assert (note.id in shown) is (name in readers), name


def test_a_safety_note_is_protected_and_a_correction_protects_what_it_corrects(
    quiet_case: Case, identity: People
) -> None:
    by = identity("counsellor-lahore")
    assert service.add_note(quiet_case, "x", by=by, kind=NoteKind.SAFETY).confidentiality == 2
    first = service.add_note(quiet_case, "her husband", by=by)
    service.add_note(quiet_case, "y", by=by, corrects=first, level=2)
    db.session.commit()
    assert first.confidentiality == 2
    assert not NOTES.permits(identity("frontdesk-lahore"), first)


def test_raising_a_concern_protects_the_case_and_keeps_its_writer(
    open_in: Callable[..., Case], identity: People
) -> None:
    case = open_in(by="manager-lahore")
    writer = identity("counsellor-lahore")
    concern = service.raise_concern(case, DANGER, by=writer)
    db.session.commit()
    assert case.confidentiality == 2
    assert CASES.permits(writer, case)
    assert CONCERNS.permits(writer, concern)
    assert not CASES.permits(identity("frontdesk-lahore"), case)
    assert not CONCERNS.permits(identity("frontdesk-lahore"), concern)
    tags = set(db.session.scalars(select(AuditEvent.tag)))
    assert {"cases:concern:raised", "cases:case:level_changed", "cases:case:team_changed"} <= tags


def test_a_concern_stays_hidden_when_the_case_is_opened_up(quiet_case: Case, identity: People) -> None:
    concern = service.raise_concern(quiet_case, DANGER, by=identity("counsellor-lahore"))
    service.set_level(quiet_case, 1, by=identity("manager-lahore"))
    db.session.commit()
    front_desk = identity("frontdesk-lahore")
    assert CASES.permits(front_desk, quiet_case)
    assert queries.list_concerns(quiet_case, by=front_desk) == []
    with pytest.raises(NotFound):
        CONCERNS.get(front_desk, concern.id, parent_id=quiet_case.id)


def test_a_concern_goes_through_its_pages(quiet_case: Case, client: Clients) -> None:
    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}"
    db.session.commit()
    counsellor.post(
        f"{url}/concerns/new",
        {
            "kind": "threats",
            "severity": "high",
            "determined_by": "person",
            "since-year": "2026",
            "safety_plan": "sleeps at her aunt's",
        },
    )
    concern = db.session.scalars(select(ProtectionConcern)).one()
    one = f"{url}/concerns/{concern.id}"
    db.session.commit()
    assert "sleeps at her aunt's" in counsellor.get(one).text
    counsellor.post(f"{one}/edit", {"severity": "low"})
    counsellor.post(f"{one}/resolve", {"resolution": "the agent was arrested"})
    assert "the agent was arrested" in counsellor.get(one).text
    counsellor.post(one, {}, form=f"{one}/reopen")
    db.session.expire_all()
    assert (concern.status, concern.resolution, concern.severity) == ("open", None, Grade.LOW)
    assert concern.since == "2026"
    db.session.commit()
    assert client("frontdesk-lahore").http.get(one).status_code == 404


def test_front_desk_writes_nothing_into_a_case(quiet_case: Case, identity: People) -> None:
    front_desk = identity("frontdesk-lahore")
    for act in (
        lambda: service.raise_concern(quiet_case, DANGER, by=front_desk),
        lambda: service.add_need(quiet_case, "legal", by=front_desk),
        lambda: service.add_note(quiet_case, "x", by=front_desk),
        lambda: service.start_assessment(
            quiet_case, queries.get_instrument("risk"), AssessmentContent({}), by=front_desk
        ),
        lambda: service.start_job_offer(quiet_case, {"route": "direct"}, by=front_desk),
    ):
        with pytest.raises(Forbidden):
            act()


def test_points_suggest_and_a_person_decides(quiet_case: Case, identity: People) -> None:
    by, asked = identity("counsellor-lahore"), queries.get_instrument("vulnerability")
    answers = {"distress": "present", "good_health": "partly", "no_documents": "absent"}
    row = service.start_assessment(quiet_case, asked, AssessmentContent(answers), by=by)
    assert row.results["individual"] == {"risk": 2, "protective": 1, "answered": 3, "asked": 11}
    assert row.suggested_level is Grade.HIGH
    with pytest.raises(Refused) as refused:
        service.finish_assessment(quiet_case, row, by=by)
    assert list(refused.value.fields) == ["level"]
    service.change_assessment(quiet_case, row, AssessmentContent(answers, level=Grade.LOW), by=by)
    service.finish_assessment(quiet_case, row, by=by)
    db.session.commit()
    assert (row.status, row.level) == (AssessmentStatus.FINAL, Grade.LOW)
    with pytest.raises(Refused, match="finished"):
        service.change_assessment(quiet_case, row, AssessmentContent(answers), by=by)


def test_a_grave_answer_alone_suggests_high_and_nothing_answered_suggests_nothing() -> None:
    asked = queries.get_instrument("risk")
    many = {item.code: "absent" for part in asked.dimensions for item in part.items}
    assert asked.suggest(many) is Grade.LOW
    assert asked.suggest(many | {"suicidal": "present"}) is Grade.HIGH
    assert asked.suggest({"threats": "unknown"}) is None


def test_every_shipped_instrument_names_its_source_and_each_item_once() -> None:
    for asked in queries.list_instruments():
        codes = [item.code for part in asked.dimensions for item in part.items]
        assert asked.source
        assert asked.status in {"local", "official"}
        assert len(codes) == len(set(codes)), asked.code


def test_a_screening_is_possible_by_a_person_on_a_ground_and_protects_the_case(
    quiet_case: Case, identity: People
) -> None:
    by, asked = identity("counsellor-lahore"), queries.get_instrument("trafficking_screening")
    every = {item.code: "present" for part in asked.dimensions for item in part.items}
    row = service.start_assessment(quiet_case, asked, AssessmentContent(every), by=by)
    assert (row.suggested_level, row.finding, quiet_case.confidentiality) == (None, None, 1)
    with pytest.raises(Refused) as refused:
        service.finish_assessment(quiet_case, row, by=by)
    assert set(refused.value.fields) == {"finding", "determined_by", "ground"}
    decided = AssessmentContent(
        every, finding=Finding.POSSIBLE, determined_by="our_staff", ground="passport was held"
    )
    service.change_assessment(quiet_case, row, decided, by=by)
    service.finish_assessment(quiet_case, row, by=by)
    db.session.commit()
    assert quiet_case.confidentiality == 2
    details = db.session.scalars(select(AuditEvent.details)).all()
    assert "trafficking" not in str(details)


def test_a_screening_is_hidden_from_who_may_not_read_protected_cases(
    quiet_case: Case, identity: People
) -> None:
    by, asked = identity("counsellor-lahore"), queries.get_instrument("trafficking_screening")
    row = service.start_assessment(quiet_case, asked, AssessmentContent({}), by=by)
    db.session.commit()
    assert quiet_case.confidentiality == 1
    assert [one.id for one in queries.list_assessments(quiet_case, by=by)] == [row.id]
    assert queries.list_assessments(quiet_case, by=identity("frontdesk-lahore")) == []
    assert ASSESSMENTS.permits(identity("protection-lahore"), row)


def test_assessments_are_asked_compared_and_amended_on_pages(
    quiet_case: Case, client: Clients, clock: Any
) -> None:
    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}/assessments"
    db.session.commit()
    new = f"{url}/new/vulnerability"
    answer = counsellor.post(new, {"finishes": "y"}, status=422)
    assert "Choose the level." in answer.text
    assert "Answer at least one question." in answer.text
    for level in ("high", "medium"):
        counsellor.post(new, {"item-distress": "present", "level": level, "finishes": "y"})
        clock.shift(timedelta(days=30))
        # A month later the session is over.
        counsellor = client("counsellor-lahore")
    page = counsellor.get(url)
    assert page.html.count("<polyline") == 4
    rows = db.session.scalars(select(Assessment).order_by(Assessment.taken_at)).all()
    newest = rows[-1]
    db.session.commit()
    counsellor.post(f"{new}?amends={newest.id}", {"level": "low", "finishes": "y"})
    db.session.expire_all()
    shown = queries.compared(queries.list_assessments(quiet_case, by=Identity.system("a test")))
    assert [one.level for one in shown["vulnerability"]] == [Grade.HIGH, Grade.LOW]
    db.session.commit()
    assert counsellor.http.get(f"{new}?amends={uuid4()}").status_code == 404


def test_timelines_hold_what_happened_once_in_order(quiet_case: Case, identity: People) -> None:
    by = identity("counsellor-lahore")
    service.raise_concern(quiet_case, DANGER, by=by)
    service.start_assessment(quiet_case, queries.get_instrument("risk"), AssessmentContent({}), by=by)
    service.start_job_offer(quiet_case, {"route": "direct"}, by=by)
    db.session.commit()
    for rows_of, at in (
        (queries.concern_timeline_rows, "created_at"),
        (queries.assessment_timeline_rows, "taken_at"),
        (queries.job_offer_timeline_rows, "created_at"),
    ):
        for case_id in (quiet_case.id, None):
            given = {"by": by, "person_id": quiet_case.person_id, "case_id": case_id, "size": 5}
            (row,) = rows_of(before=None, **given)
            assert not rows_of(before=(getattr(row, at), row.id), **given)
