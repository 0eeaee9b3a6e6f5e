"""The timeline of a person on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.errors import Refused
from mrc.persons import queries, service
from mrc.persons.forms import PaperForm
from mrc.persons.service import PRINTED_AT_MOST
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable
from mrc.web.commits import commits
from mrc.web.pdf import pdf_response
from mrc.web.timeline import Timeline, TimelineFilter, end_of, read_timeline, start_of


@blueprint.route("/persons/<uuid:person_id>/paper", methods=["GET", "POST"])
@requires(Permission.CASE_PRINT)
@commits
def paper(person_id: UUID) -> Any:
    """Ask what is printed and why; then the timeline as PDF."""
    person = editable(person_id, Permission.CASE_PRINT)
    form = PaperForm(of_case=False)
    if form.validate_on_submit() and form.check_days():
        centre = get_centre(person.centre_id)
        part = printed_part(form, ZoneInfo(centre.time_zone), person_id=person.id)
        reason, entries = form.reason.data or "", len(part.entries)
        try:
            service.print_person(person, reason, kinds=form.chosen_kinds, entries=entries, by=current())
        except Refused as refusal:
            form.reason.errors = list(refusal.fields.values())
        else:
            return pdf_response(
                "persons/paper.html",
                filename=f"timeline-{clock.today_in(centre.time_zone)}",
                person=person,
                centre=centre,
                links=queries.list_addresses(person),
                **paper_values(form, part),
            )
    page = render_template("persons/print.html", form=form, person=person, most=PRINTED_AT_MOST)
    return page, 422 if form.errors else 200


def printed_part(
    form: PaperForm, zone: ZoneInfo, *, person_id: UUID, case_id: UUID | None = None
) -> Timeline:
    """The entries that a form asks for, newest first, at most `PRINTED_AT_MOST`."""
    wanted = TimelineFilter(
        kinds=form.chosen_kinds,
        since=start_of(form.since.data, zone),
        until=end_of(form.until.data, zone),
    )
    return read_timeline(
        by=current(), person_id=person_id, case_id=case_id, wanted=wanted, size=PRINTED_AT_MOST
    )


def paper_values(form: PaperForm, part: Timeline, named: frozenset[UUID] = frozenset()) -> dict[str, Any]:
    """What every paper of a file shows: the entries, the days, who prints it and when."""
    return {
        "timeline": part,
        "people": names_of(part.author_ids | named),
        "since": form.since.data,
        "until": form.until.data,
        "printed_by": current().name,
        "printed_at": clock.now(),
    }
