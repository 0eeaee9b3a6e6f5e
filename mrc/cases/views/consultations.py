"""The consultations, and one of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template, request

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_counsellors, names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import queries, service
from mrc.cases.forms import kind_options
from mrc.cases.models import Consultation
from mrc.cases.queries import ConsultationFilter
from mrc.cases.states import ConsultationKind
from mrc.cases.views.blueprint import blueprint
from mrc.centres.models import Centre
from mrc.centres.queries import find_work_centre, get_centre
from mrc.core.paging import COUNTED_UP_TO
from mrc.vocab.queries import choices


@blueprint.get("/consultations")
@requires(Permission.CONSULTATION_VIEW)
def consultations() -> str:
    """The consultations, narrowed by what the URL says."""
    centre = find_work_centre(current(), Permission.CONSULTATION_VIEW)
    wanted = _filter(centre)
    page = queries.list_consultations(current(), wanted, cursor=request.args.get("cursor"))
    record_read(Event.CONSULTATIONS_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    return render_template(
        "cases/consultations.html",
        page=page,
        count=queries.count_consultations(current(), wanted),
        most=COUNTED_UP_TO,
        people=names_of({row.counsellor_id for row in page.items if row.counsellor_id}),
        sizes=queries.count_participants([row.id for row in page.items if row.is_group]),
        channels=choices("channels"),
        outcomes=choices("consultation_outcomes"),
        kinds=kind_options()[1:],
        counsellors=list_counsellors(centre.id) if centre else (),
    )


@blueprint.get("/consultations/<uuid:consultation_id>")
@requires(Permission.CONSULTATION_VIEW)
def consultation(consultation_id: UUID) -> str:
    """One consultation, what it said before it was corrected, and what may be done with it next."""
    row = queries.get_consultation(consultation_id, by=current())
    record_read(
        Event.CONSULTATION_OPENED, by=current(), centre_id=row.centre_id, subject=("consultation", row.id)
    )
    amendments = queries.list_amendments(row, by=current())
    named = {row.counsellor_id, row.voided_by_id, *(amendment.by_id for amendment in amendments)}
    return render_template(
        "cases/consultation.html",
        consultation=row,
        amendments=amendments,
        split=queries.list_split(row),
        group=queries.get_group(row, by=current()) if row.is_group else None,
        people=names_of({user_id for user_id in named if user_id}),
        centre=get_centre(row.centre_id),
        **_next_steps(row),
    )


def _next_steps(row: Consultation) -> dict[str, Any]:
    can = current().can
    stands = row.voided_at is None
    is_nameless = row.person_id is None and not row.is_group
    return {
        "may_name": stands and is_nameless and can(Permission.CONSULTATION_RECORD, row.centre_id),
        "may_open_case": stands and row.case_id is None and can(Permission.CASE_OPEN, row.centre_id),
        "may_amend": stands and service.may_amend(row, current()),
    }


def _filter(centre: Centre | None) -> ConsultationFilter:
    given = request.args
    kind = given.get("kind", "")
    zone = ZoneInfo(centre.time_zone if centre else "UTC")
    last = _day(given.get("to"))
    return ConsultationFilter(
        channel=given.get("channel"),
        mine=given.get("mine") == "1",
        counsellor_id=_key(given.get("counsellor")),
        outcome=given.get("outcome"),
        kind=ConsultationKind(kind) if kind in set(ConsultationKind) else None,
        group=given.get("group") == "1",
        with_void=given.get("void") == "1",
        since=_midnight(_day(given.get("from")), zone),
        until=_midnight(last + timedelta(days=1) if last else None, zone),
    )


def _day(text: str | None) -> date | None:
    """A day as the URL has it; anything that is none does not narrow."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if date(1900, 1, 1) < day < date(2200, 1, 1) else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
