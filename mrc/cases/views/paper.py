"""A case file on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.cases import queries, service
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import workable
from mrc.centres.queries import get_centre
from mrc.core.errors import Refused
from mrc.persons.forms import PaperForm
from mrc.persons.service import PRINTED_AT_MOST
from mrc.persons.views.paper import paper_values, printed_part
from mrc.web.commits import commits
from mrc.web.pdf import pdf_response


@blueprint.route("/cases/<uuid:case_id>/paper", methods=["GET", "POST"])
@requires(Permission.CASE_PRINT)
@commits
def paper(case_id: UUID) -> Any:
    """Ask what is printed and why; then the case file as PDF."""
    case = workable(case_id, Permission.CASE_PRINT)
    form = PaperForm(of_case=True)
    if form.validate_on_submit() and form.check_days():
        centre = get_centre(case.centre_id)
        part = printed_part(form, ZoneInfo(centre.time_zone), person_id=case.person_id, case_id=case.id)
        reason, entries = form.reason.data or "", len(part.entries)
        try:
            service.print_case(case, reason, kinds=form.chosen_kinds, entries=entries, by=current())
        except Refused as refusal:
            form.reason.errors = list(refusal.fields.values())
        else:
            return pdf_response(
                "cases/paper.html",
                filename=case.number,
                case=case,
                person=case.person,
                centre=centre,
                needs=queries.list_needs(case),
                **paper_values(form, part, frozenset({case.counsellor_id} if case.counsellor_id else ())),
            )
    page = render_template("cases/print.html", form=form, case=case, most=PRINTED_AT_MOST)
    return page, 422 if form.errors else 200
