"""What staff did in some cases of the demo, by the same services as on the pages: invented, about nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.accounts.queries import identity_of
from mrc.cases import service as cases
from mrc.cases.models import Case
from mrc.cases.queries import get_instrument
from mrc.cases.states import AttemptOutcome, CaseStatus, Grade, NoteKind, Priority
from mrc.centres.models import Centre
from mrc.core import clock
from mrc.core.db import db
from mrc.i18n.calendars import PartialDate
from mrc.persons import service as persons
from mrc.persons.models import Person
from mrc.tasks.service import NewFlag, NewTask, create_task, raise_flag
from mrc.tasks.states import Repeat

Story = Callable[[Case, Identity], None]

CENTRES = {"LHE": "lahore", "EBL": "erbil", "KBL": "kabul"}
"""The centres of the demo that have a counsellor, and how their sign-ins end."""
DOCUMENTS = {
    "LHE": ("cnic", "35202-1234567-1"),
    "EBL": ("iq_national_card", "199012345678"),
    "KBL": ("e_tazkira", "1400-0100-12345"),
}
COMMON = 30
"""So many of the newest open cases are looked through for stories."""


def tell() -> None:
    """Let the counsellor of each centre work on the newest open cases they carry. Does not commit."""
    for code, place in CENTRES.items():
        counsellor = identity_of(f"counsellor-{place}")
        query = (
            select(Case)
            .join(Centre, Centre.id == Case.centre_id)
            .where(Centre.code == code, Case.status == CaseStatus.OPEN, Case.confidentiality < 2)
            .order_by(Case.opened_at.desc(), Case.id)
            .limit(COMMON)
        )
        found = db.session.scalars(query).all()
        for story, case in zip(STORIES, found, strict=False):
            if case.counsellor_id != counsellor.user_id:
                cases.assign_case(case, _id(counsellor), by=Identity.system("demo"))
            story(case, counsellor)
            db.session.flush()


def _prepared(case: Case, by: Identity) -> None:
    """Somebody who is nearly ready to leave: registered whole, assessed, with steps agreed."""
    centre = db.session.get_one(Centre, case.centre_id)
    kind, number = DOCUMENTS[centre.code]
    document = persons.DocumentDetails(
        kind, number, expires=PartialDate.from_iso("2027-02"), keeps_unusual=True
    )
    persons.add_document(case.person, document, by=by)
    _plan(case.person, by, windows=[{"days": [0, 1, 2, 3, 4], "from": 18 * 60, "until": 21 * 60}])
    need = cases.NeedDetails(
        "legal",
        Priority.URGENT,
        clock.now().date() + timedelta(days=6),
        "Contract to be read before signing.",
    )
    cases.add_need(case, need, by=by)
    answers = {"debt_for_journey": "present", "family_support": "present", "no_documents": "absent"}
    content = cases.AssessmentContent(
        answers, Grade.MEDIUM, ground="The journey is to be paid with borrowed money.",
        next_review_on=clock.now().date() + timedelta(days=30),
    )  # fmt: skip
    cases.start_assessment(case, get_instrument("vulnerability"), content, by=by)
    _task(case, by, "get_document", "Ask for a copy of the contract", days=0, hours=2)
    cases.add_note(case, "Will bring the agent's receipt on Thursday.", by=by)
    for day, room in ((1, "Room 1"), (3, "Room 2")):
        start = (clock.now() + timedelta(days=day)).replace(hour=6, minute=30, second=0, microsecond=0)
        meeting = cases.AppointmentDetails(_id(by), start, 45, room=room, on_closed_day=True)
        cases.book(meeting, person=case.person, by=by, case=case)


def _hard_to_reach(case: Case, by: Identity) -> None:
    """Somebody who does not answer, and whose phone others read."""
    _plan(case.person, by, windows=None, read_by=["spouse"])
    for outcome in (AttemptOutcome.NO_ANSWER, AttemptOutcome.NUMBER_OFF):
        attempt = cases.NewAttempt(outcome)
        cases.record_attempt(attempt, person=case.person, by=by, link=case.person.addresses[0], case=case)
    flag = NewFlag("contact_safety", "Say that you call from the pharmacy; ask for a good time first.")
    raise_flag(flag, centre_id=case.centre_id, person_id=case.person_id, case_id=case.id, by=by)
    _task(case, by, "call_back", "Try again in the evening", days=-1)


def _threatened(case: Case, by: Identity) -> None:
    """Somebody who is threatened by creditors: the case becomes protected."""
    concern = cases.ConcernDetails(
        "threats", Grade.HIGH, "person", details="Lenders came to the house twice.",
        safety_plan="Stays with an uncle; calls us before going home.",
    )  # fmt: skip
    cases.raise_concern(case, concern, by=by)
    cases.add_note(case, "Safe word agreed. The uncle knows whom to call.", by=by, kind=NoteKind.SAFETY)
    _task(case, by, "review", "Go through the safety plan", days=3, repeat=True)


def _with_family(case: Case, by: Identity) -> None:
    """Somebody who came with a child, of whom they are the guardian."""
    name = case.person.name or ""
    child = persons.register_person(
        persons.PersonDetails(
            name=f"{name} کوچک",
            father_name=name,
            birth=PartialDate.from_iso(f"{clock.now().year - 9}"),
            district=case.person.district,
            care_status="with_parents",
        ),
        centre_id=case.centre_id,
        by=by,
        looked_at=frozenset(db.session.scalars(select(Person.id))),
    )
    relation = persons.RelativeDetails("child", guardian_basis="parent", decides_for_other=True)
    persons.add_relative(case.person, child, relation, by=by)
    persons.live_together(case.person, child, "child", by=by)
    _task(case, by, "check_with_partner", "Ask the school about a place", days=5)


def _ready_to_close(case: Case, by: Identity) -> None:
    """Somebody who has what they came for: the manager is asked to approve the closure."""
    summary = "The visa was explained and the family decided to wait. They know where to ask again."
    cases.request_closure(case, cases.ClosureDetails("needs_met", summary, leaves_needs=True), by=by)


STORIES: tuple[Story, ...] = (_prepared, _hard_to_reach, _threatened, _with_family, _ready_to_close)


def _plan(
    person: Person, by: Identity, *, windows: list[dict[str, object]] | None, read_by: list[str] | None = None
) -> None:
    link = person.addresses[0]
    plan: dict[str, object] = {"safe_windows": windows, "read_by": read_by}
    persons.change_plan(link, plan, by=by)


def _task(
    case: Case, by: Identity, kind: str, title: str, *, days: int, hours: int = 0, repeat: bool = False
) -> None:
    due = clock.now() + timedelta(days=days, hours=hours)
    every = {"repeat_every": 1, "repeat_unit": Repeat.WEEKS} if repeat else {}
    create_task(
        NewTask(kind, due, title=title, assignee_id=by.user_id, **every),  # type: ignore[arg-type]
        centre_id=case.centre_id,
        by=by,
        person_id=case.person_id,
        case_id=case.id,
        level=case.confidentiality,
    )


def _id(identity: Identity) -> UUID:
    assert identity.user_id is not None
    return identity.user_id
