"""The consultations, and one of them."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import queries
from mrc.cases.models import Consultation
from mrc.cases.queries import ConsultationFilter
from mrc.cases.views.blueprint import blueprint
from mrc.centres.queries import get_centre
from mrc.vocab.queries import choices


@blueprint.get("/consultations")
@requires(Permission.CONSULTATION_VIEW)
def consultations() -> str:
    """The consultations, narrowed by the chips in the URL."""
    wanted = ConsultationFilter(channel=request.args.get("channel"), mine=request.args.get("mine") == "1")
    page = queries.list_consultations(current(), wanted, cursor=request.args.get("cursor"))
    record_read(Event.CONSULTATIONS_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    people = names_of({row.counsellor_id for row in page.items if row.counsellor_id})
    return render_template(
        "cases/consultations.html", page=page, wanted=wanted, people=people, channels=choices("channels")
    )


@blueprint.get("/consultations/<uuid:consultation_id>")
@requires(Permission.CONSULTATION_VIEW)
def consultation(consultation_id: UUID) -> str:
    """One consultation, and what may be done with it next."""
    row = queries.get_consultation(consultation_id, by=current())
    record_read(
        Event.CONSULTATION_OPENED, by=current(), centre_id=row.centre_id, subject=("consultation", row.id)
    )
    people = names_of({row.counsellor_id} if row.counsellor_id else set())
    return render_template(
        "cases/consultation.html",
        consultation=row,
        people=people,
        centre=get_centre(row.centre_id),
        **_next_steps(row),
    )


def _next_steps(row: Consultation) -> dict[str, bool]:
    can = current().can
    return {
        "may_name": row.person_id is None and can(Permission.CONSULTATION_RECORD, row.centre_id),
        "may_open_case": row.case_id is None and can(Permission.CASE_OPEN, row.centre_id),
    }
