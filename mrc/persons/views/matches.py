"""A registration that looks like a protected person, seen by those named for that person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.core.errors import NotFound
from mrc.persons import queries, service
from mrc.persons.policy import HIDDEN_MATCHES, PERSONS
from mrc.persons.views.blueprint import blueprint
from mrc.web.commits import commits


@blueprint.post("/persons/<uuid:person_id>/matches/<uuid:match_id>/settle")
@requires(Permission.PERSON_VIEW)
@commits
def settle_match(person_id: UUID, match_id: UUID) -> Any:
    """Say that the registration was looked at."""
    match = HIDDEN_MATCHES.get(current(), match_id, parent_id=person_id)
    if not PERSONS.team_has(current(), queries.get_person(person_id, by=current())):
        raise NotFound
    service.settle_hidden_match(match, by=current())
    flash(_("Marked as looked at."))
    return redirect(url_for("persons.show", person_id=person_id), 303)
