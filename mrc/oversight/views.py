"""Pages of oversight, and what machines ask."""

from __future__ import annotations

import hmac
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import public, requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of, roles_of
from mrc.accounts.words import ROLE_WORDS
from mrc.audit.models import AuditEvent
from mrc.audit.service import Entry, reason_of, record_read, write_now
from mrc.audit.tags import Event
from mrc.cases.queries import get_case
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.core.paging import Page
from mrc.core.refs import parse_case_number
from mrc.core.settings import settings
from mrc.jobs.queries import count_by_state
from mrc.oversight import health, queries, service
from mrc.oversight.forms import BreakGlassForm, ReviewForm
from mrc.oversight.queries import AuditFilter
from mrc.oversight.readers import READER_WORDS
from mrc.persons.queries import get_person
from mrc.web.commits import commits

blueprint = Blueprint("oversight", __name__)


@blueprint.get("/healthz")
@public("a monitor asks whether the process is up; the answer says nothing else")
def healthz() -> Response:
    """Answer that the process is up, without touching the database."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public("a load balancer asks whether to send people here; the answer names parts, not people")
def readyz() -> tuple[dict[str, bool], int]:
    """Answer whether database, migrations and keys are well: 200, or 503 with what is not."""
    found = {check.name: check.is_well for check in health.checks()}
    return found, 200 if all(found.values()) else 503


@blueprint.get("/metrics")
@public("guarded by its own token: MRC_METRICS_TOKEN as a bearer, or loopback outside production")
def metrics() -> Response:
    """Prometheus' text format. Without the token it looks like a page that does not exist."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    allowed = hmac.compare_digest(given.encode(), token.encode()) if token else not settings().is_production
    if not allowed:
        raise NotFound
    return Response(health.metrics_text(), mimetype="text/plain; version=0.0.4")


@blueprint.get("/admin/audit")
@requires(Permission.AUDIT_VIEW)
def audit_log() -> str:
    """The audit log, filtered by the chips in the URL."""
    wanted = AuditFilter(
        tag=request.args.get("tag"), actor=request.args.get("actor"), subject_id=_uuid("subject")
    )
    events = queries.list_events(current(), wanted, cursor=request.args.get("cursor"))
    record_read(Event.AUDIT_READ, by=current(), centre_id=None, details={"count": len(events.items)})
    return render_template("oversight/audit_log.html", events=events, wanted=wanted, tags=queries.list_tags())


@blueprint.get("/admin/jobs")
@requires(Permission.JOB_MONITOR)
def jobs() -> str:
    """The queue: what waits, what failed, what is parked."""
    page = queries.list_jobs(request.args.get("state"), cursor=request.args.get("cursor"))
    return render_template("oversight/jobs.html", jobs=page, form=ReviewForm(), counts=count_by_state())


@blueprint.post("/admin/jobs/<uuid:job_id>/retry")
@requires(Permission.JOB_MONITOR)
@commits
def retry_job(job_id: UUID) -> Any:
    """Start a parked job again."""
    service.retry_job(job_id, by=current())
    return redirect(url_for("oversight.jobs", state="parked"), 303)


@blueprint.get("/admin/messaging")
@requires(Permission.JOB_MONITOR)
def messaging() -> str:
    """How messaging fares: what is wrong, each line, what waits, what the provider said."""
    return render_template("oversight/messaging.html", form=ReviewForm(), **queries.messaging_figures())


@blueprint.post("/admin/messaging/look")
@requires(Permission.JOB_MONITOR)
@commits
def look_at_messaging() -> Any:
    """Ask the provider how it has our lines, and look at everything again."""
    service.look_at_messaging()
    flash(_("The provider is being asked. Look again in a moment."))
    return redirect(url_for("oversight.messaging"), 303)


@blueprint.route("/break-glass", methods=["GET", "POST"])
@requires(Permission.BREAK_GLASS, confirmed=True)
@commits
def break_glass() -> Any:
    """Ask to open one protected case, with a reason."""
    form = BreakGlassForm()
    if form.validate_on_submit():
        try:
            number = parse_case_number(form.number.data) or ""
            case = service.break_glass(number, form.reason.data or "", by=current())
            return redirect(url_for("cases.show", case_id=case.id), 303)
        except NotFound:
            write_now([Entry(Event.BREAK_GLASS_REFUSED, current(), None)])
            form.number.errors = [
                _("There is no protected case with this number that you could open this way.")
            ]
        except Refused as refusal:
            form.reason.errors = list(refusal.fields.values())
    return make_response(
        render_template("oversight/break_glass.html", form=form), 422 if form.errors else 200
    )


@blueprint.get("/oversight/grants")
@requires(Permission.BREAK_GLASS_REVIEW)
def grants() -> str:
    """Who opened which protected case and why, the newest first."""
    page = queries.list_grants(current(), cursor=request.args.get("cursor"))
    people = names_of({grant.user_id for grant in page.items})
    numbers = queries.case_numbers([grant.subject_id for grant in page.items])
    late = {grant.id for grant in page.items if queries.is_late(grant)}
    return render_template(
        "oversight/grants.html", grants=page, people=people, numbers=numbers, late=late, form=ReviewForm()
    )


@blueprint.post("/oversight/grants/<uuid:grant_id>/review")
@requires(Permission.BREAK_GLASS_REVIEW)
@commits
def review_grant(grant_id: UUID) -> Any:
    """Mark a grant as reviewed."""
    service.review_grant(queries.get_grant(grant_id, by=current()), by=current())
    return redirect(url_for("oversight.grants"), 303)


@blueprint.get("/persons/<uuid:person_id>/who-looked")
@requires(Permission.PERSON_VIEW)
def person_readers(person_id: UUID) -> str:
    """Who opened, printed and changed a person's file and cases; the reader's own acts without the right."""
    person = get_person(person_id, by=current())
    subject = ("person", person.id)
    record_read(Event.READERS_READ, by=current(), centre_id=person.centre_id, subject=subject)
    page = queries.list_person_readers(person, by=current(), cursor=request.args.get("cursor"))
    return render_template("oversight/person_readers.html", person=person, **_readers(page, person.centre_id))


@blueprint.get("/cases/<uuid:case_id>/who-looked")
@requires(Permission.CASE_VIEW)
def case_readers(case_id: UUID) -> str:
    """Who opened, printed and changed a case; the reader's own acts without the right."""
    case = get_case(case_id, by=current())
    record_read(Event.READERS_READ, by=current(), centre_id=case.centre_id, subject=("case", case.id))
    page = queries.list_case_readers(case, by=current(), cursor=request.args.get("cursor"))
    return render_template("oversight/case_readers.html", case=case, **_readers(page, case.centre_id))


def _readers(page: Page[AuditEvent], centre_id: UUID) -> dict[str, Any]:
    user_ids = {event.actor_id for event in page.items if event.actor_id}
    return {
        "events": page,
        "centre": get_centre(centre_id),
        "people": names_of(user_ids),
        "roles": roles_of(user_ids),
        "searched": queries.found_by_search(page.items),
        "reasons": {event.id: reason for event in page.items if (reason := reason_of(event))},
        "words": READER_WORDS,
        "role_words": ROLE_WORDS,
        "sees_all": current().can(Permission.READERS_VIEW, centre_id),
    }


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
