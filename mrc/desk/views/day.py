"""My day, and the search box."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import find_work_centre
from mrc.core import clock
from mrc.desk import queries
from mrc.desk.forms import ActionForm
from mrc.desk.views.blueprint import blueprint

LANDINGS = (
    (Permission.USER_MANAGE, "accounts.users"),
    (Permission.AUDIT_VIEW, "oversight.audit_log"),
    (Permission.OWN_ACCOUNT, "accounts.me"),
)
"""Where people without a caseload start: the first page whose permission they hold."""


@blueprint.get("/")
@requires(Permission.OWN_ACCOUNT)
def my_day() -> Any:
    """What is due, who waits, which cases need attention. People without a caseload are led to their own
    page.
    """
    identity = current()
    if not identity.can(Permission.WORK_LIST):
        landing = next(endpoint for permission, endpoint in LANDINGS if identity.can(permission))
        return redirect(url_for(landing))
    day = queries.get_day(identity, find_work_centre(identity, Permission.WORK_LIST))
    people = names_of({case.counsellor_id for case in day.approvals if case.counsellor_id})
    return render_template(
        "desk/my_day.html",
        day=day,
        people=people,
        now=clock.now(),
        form=ActionForm(),
    )


@blueprint.get("/search")
@requires(Permission.PERSON_VIEW)
def search() -> Any:
    """One box: a case number leads to the case, everything else to persons."""
    text = request.args.get("q", "").strip()[:200]
    found = queries.search(current(), text)
    if found.case is not None:
        return redirect(url_for("cases.show", case_id=found.case.id))
    record_read(Event.PERSONS_SEARCHED, by=current(), centre_id=None, details={"hits": len(found.persons)})
    return render_template("desk/search.html", text=text, found=found.persons)
