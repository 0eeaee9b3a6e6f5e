"""Messages to many: written, counted, approved by somebody else, and followed reader by reader."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre, work_centre
from mrc.core.errors import Refused
from mrc.messaging.codes import REASONS, words_of
from mrc.messaging.queries import usable_version
from mrc.messaging.wording import filled
from mrc.outreach import queries, service
from mrc.outreach.forms import BroadcastForm
from mrc.outreach.models import Broadcast
from mrc.outreach.views.blueprint import blueprint
from mrc.web.commits import commits
from mrc.web.forms import Form

STEPS = {
    "count": service.count,
    "pause": service.pause,
    "resume": service.resume,
    "cancel": service.cancel,
}


@blueprint.get("/outreach")
@requires(Permission.BROADCAST_WRITE)
def broadcasts() -> str:
    """The messages to many of the reader's centres."""
    page = queries.list_broadcasts(current(), request.args.get("cursor"))
    people = names_of({row.written_by_id for row in page.items})
    return render_template("outreach/broadcasts.html", page=page, people=people)


@blueprint.route("/outreach/new", methods=["GET", "POST"])
@requires(Permission.BROADCAST_WRITE)
@commits
def new_broadcast() -> Any:
    """Write a message to many; it is counted, and nothing leaves."""
    centre = work_centre(current(), Permission.BROADCAST_WRITE)
    form = BroadcastForm(centre.country, queries.list_sayable())
    if form.validate_on_submit():
        try:
            row = service.write(form.new(), centre_id=centre.id, by=current())
            return redirect(url_for("outreach.broadcast", broadcast_id=row.id), 303)
        except Refused as refusal:
            for name, words in refusal.fields.items():
                form[name].errors = [words]
    return render_template("outreach/new_broadcast.html", form=form), 422 if form.errors else 200


@blueprint.get("/outreach/<uuid:broadcast_id>")
@requires(Permission.BROADCAST_WRITE)
def broadcast(broadcast_id: UUID) -> str:
    """One message to many: whom it reaches, how far it is, and what became of each."""
    return _page(queries.get_broadcast(broadcast_id, by=current()))


@blueprint.post("/outreach/<uuid:broadcast_id>/<any(count, pause, resume, cancel):step>")
@requires(Permission.BROADCAST_WRITE)
@commits
def step_broadcast(broadcast_id: UUID, step: str) -> Any:
    """Count anew, pause, go on, or end it."""
    row = queries.get_broadcast(broadcast_id, by=current())
    STEPS[step](row, by=current())
    return redirect(url_for("outreach.broadcast", broadcast_id=row.id), 303)


@blueprint.post("/outreach/<uuid:broadcast_id>/approve")
@requires(Permission.BROADCAST_APPROVE)
@commits
def approve_broadcast(broadcast_id: UUID) -> Any:
    """Let a colleague's message go out."""
    row = queries.get_broadcast(broadcast_id, by=current())
    try:
        service.approve(row, by=current())
    except Refused as refusal:
        flash(str(refusal))
    return redirect(url_for("outreach.broadcast", broadcast_id=row.id), 303)


def _page(row: Broadcast) -> str:
    identity = current()
    result = request.args.get("result")
    lines = queries.list_lines(row, by=identity, result=result, cursor=request.args.get("cursor"))
    counts = queries.count_by_result(row)
    subject = ("broadcast", row.id)
    record_read(Event.BROADCAST_READ, by=identity, centre_id=row.centre_id, subject=subject)
    people = {row.written_by_id, row.approved_by_id}
    return render_template(
        "outreach/broadcast.html",
        row=row,
        lines=lines,
        counts=counts,
        words=_preview(row),
        centre=get_centre(row.centre_id),
        reasons={reason.value: str(words) for reason, words in REASONS.items()},
        words_of=words_of,
        people=names_of({user_id for user_id in people if user_id}),
        may_approve=identity.can(Permission.BROADCAST_APPROVE, row.centre_id)
        and row.written_by_id != identity.user_id,
        form=Form(),
    )


def _preview(row: Broadcast) -> dict[str, str]:
    """The words as they are read, by language."""
    found = {
        tag: usable_version(row.template.key, tag) for tag in {v.language for v in row.template.versions}
    }
    shown: dict[str, str] = {}
    for tag, version in sorted(found.items()):
        try:
            shown[tag] = filled(version, row.variables) if version else ""
        except Refused as refusal:
            shown[tag] = str(refusal)
    return {tag: words for tag, words in shown.items() if words}
