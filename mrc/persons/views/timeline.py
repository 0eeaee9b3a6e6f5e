"""What happened with a person, from all packages, newest first."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template, request

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.persons import queries
from mrc.persons.views.blueprint import blueprint
from mrc.web.timeline import filter_from_url, parse_point, read_timeline, timeline_kinds


@blueprint.get("/persons/<uuid:person_id>/timeline")
@requires(Permission.PERSON_VIEW)
def timeline(person_id: UUID) -> str:
    """Everything that the reader may see of what happened with a person."""
    person = queries.get_person(person_id, by=current())
    centre = get_centre(person.centre_id)
    record_read(Event.PERSON_OPENED, by=current(), centre_id=person.centre_id, subject=("person", person.id))
    wanted = filter_from_url(ZoneInfo(centre.time_zone))
    part = read_timeline(
        by=current(),
        person_id=person.id,
        wanted=wanted,
        before=parse_point(request.args.get("before")),
    )
    return render_template(
        "persons/timeline.html",
        person=person,
        centre=centre,
        timeline=part,
        people=names_of({user_id for user_id in part.author_ids | {wanted.author_id} if user_id}),
        timeline_kinds=timeline_kinds(),
    )
