"""What colleagues do around a conversation: notes, labels, putting off, filing messages, taking them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.cases import queries as cases
from mrc.cases.views.refusals import show_on
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.desk.forms import LabelsForm, MessageCaseForm, NoteForm, SnoozeForm, VoidNoteForm
from mrc.desk.views.blueprint import blueprint
from mrc.messaging import queries, service
from mrc.messaging.models import Thread
from mrc.web.commits import commits
from mrc.web.forms import Form


@blueprint.route("/inbox/<uuid:thread_id>/notes/new", methods=["GET", "POST"])
@requires(Permission.THREAD_ASSIGN)
@commits
def add_thread_note(thread_id: UUID) -> Any:
    """Leave a note among colleagues; it is never sent."""
    row, form = _workable(thread_id), NoteForm()
    if form.validate_on_submit():
        try:
            service.add_note(row, form.body.data or "", by=current())
            return _back(row)
        except Refused as refusal:
            form.body.errors = [str(refusal)]
    return _page("desk/thread_note.html", row, form)


@blueprint.route("/inbox/<uuid:thread_id>/notes/<uuid:thread_note_id>/void", methods=["GET", "POST"])
@requires(Permission.THREAD_ASSIGN)
@commits
def void_thread_note(thread_id: UUID, thread_note_id: UUID) -> Any:
    """Strike one's own note out, with a reason."""
    row, form = _workable(thread_id), VoidNoteForm()
    note = queries.get_note(row, thread_note_id)
    if note.author_id != current().user_id:
        raise NotFound
    if form.validate_on_submit():
        service.void_note(row, note, form.reason.data or "", by=current())
        return _back(row)
    return _page("desk/thread_note_void.html", row, form, note=note)


@blueprint.route("/inbox/<uuid:thread_id>/labels", methods=["GET", "POST"])
@requires(Permission.THREAD_ASSIGN)
@commits
def thread_labels(thread_id: UUID) -> Any:
    """Say what a conversation is about."""
    row, form = _workable(thread_id), LabelsForm()
    if form.validate_on_submit():
        service.set_labels(row, form.labels.data or (), by=current())
        return _back(row)
    if not form.is_submitted():
        form.labels.data = list(row.labels)
    return _page("desk/thread_labels.html", row, form)


@blueprint.route("/inbox/<uuid:thread_id>/snooze", methods=["GET", "POST"])
@requires(Permission.THREAD_ASSIGN)
@commits
def snooze(thread_id: UUID) -> Any:
    """Put a conversation off."""
    row, form = _workable(thread_id), SnoozeForm()
    if form.validate_on_submit():
        try:
            service.snooze(row, form.moment(get_centre(row.centre_id)), by=current())
            return redirect(url_for("desk.inbox"), 303)
        except Refused as refusal:
            show_on(form, refusal if refusal.fields else Refused(fields={"until": str(refusal)}))
    return _page("desk/thread_snooze.html", row, form)


@blueprint.route("/inbox/<uuid:thread_id>/messages/<uuid:message_id>/case", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def file_message(thread_id: UUID, message_id: UUID) -> Any:
    """Say that a message belongs to a case of the person."""
    row = _workable(thread_id)
    message = queries.get_message_of(row, message_id)
    found = cases.list_cases_of_person(row.person_id, by=current()) if row.person_id else ()
    form = MessageCaseForm(found)
    if form.validate_on_submit():
        service.link_case(row, message, UUID(form.case.data), by=current())
        return _back(row)
    return _page("desk/thread_case.html", row, form, message=message)


@blueprint.post("/inbox/<uuid:thread_id>/messages/<uuid:message_id>/take-back")
@requires(Permission.MESSAGE_SEND)
@commits
def take_back(thread_id: UUID, message_id: UUID) -> Any:
    """Take back what has not left us yet."""
    row = _workable(thread_id)
    service.take_back(queries.get_message_of(row, message_id), by=current())
    return _back(row)


def _page(template: str, row: Thread, form: Form, **values: Any) -> Any:
    return render_template(template, thread=row, form=form, **values), 422 if form.errors else 200


def _back(row: Thread) -> Any:
    return redirect(url_for("desk.thread", thread_id=row.id), 303)


def _workable(thread_id: UUID) -> Thread:
    row = queries.get_thread(thread_id, by=current())
    if not current().can(Permission.THREAD_ASSIGN, row.centre_id):
        raise NotFound
    return row
