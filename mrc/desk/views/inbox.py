"""The inbox and a thread."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_counsellors, names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import queries as cases
from mrc.cases.views import attempt_panel
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.desk.forms import ActionForm, HandOverForm, ReplyForm
from mrc.desk.views.blueprint import blueprint
from mrc.desk.views.sayings import answer_text, sayings_of
from mrc.messaging import queries, service
from mrc.messaging.models import Thread
from mrc.persons import queries as persons
from mrc.web.commits import commits

TABS = ("team", "mine", "unassigned", "done")
STEPS = {
    "take": service.take,
    "release": service.release,
    "done": service.mark_done,
    "silence": service.opt_out_by_hand,
}


@blueprint.get("/inbox")
@requires(Permission.THREAD_VIEW)
def inbox() -> str:
    """The threads of the centre, the longest waiting first."""
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    page = queries.list_threads(current(), tab=tab, cursor=request.args.get("cursor"))
    record_read(
        Event.THREADS_LISTED, by=current(), centre_id=None, details={"tab": tab, "count": len(page.items)}
    )
    template = "desk/_threads.html" if request.headers.get("HX-Request") else "desk/inbox.html"
    quarantined = queries.list_quarantined(current()) if current().can(Permission.QUARANTINE_HANDLE) else ()
    return render_template(template, page=page, tab=tab, all_tabs=TABS, quarantined=quarantined)


@blueprint.get("/inbox/<uuid:thread_id>")
@requires(Permission.THREAD_VIEW)
def thread(thread_id: UUID) -> str:
    """One conversation: messages, composer, and who this may be."""
    row = queries.get_thread(thread_id, by=current())
    form = _reply_form()
    form.body.data = form.body.data or answer_text(row, request.args.get("answer"))
    return _page(row, form)


def _page(row: Thread, form: ReplyForm) -> str:
    identity = current()
    record_read(Event.THREAD_READ, by=identity, centre_id=row.centre_id, subject=("thread", row.id))
    messages = queries.list_messages(row, cursor=request.args.get("cursor"))
    named = {message.author_id for message in messages.items} | {row.assignee_id}
    person = persons.find_person(row.person_id, by=identity) if row.person_id else None
    may_answer = identity.can(Permission.MESSAGE_SEND, row.centre_id)
    return render_template(
        "desk/thread.html",
        thread=row,
        title=queries.title_of(row, person),
        centre=get_centre(row.centre_id),
        messages=messages,
        form=form,
        action_form=ActionForm(),
        person=person,
        at_address=persons.list_persons_at(row.address_id, by=identity),
        same_account=() if person else persons.list_persons_of_account(row.address, by=identity),
        cases=cases.list_cases_of_person(person.id, by=identity) if person else (),
        consultations=cases.list_consultations_of_thread(row.id, by=identity),
        attempts=attempt_panel(identity, person, thread_id=row.id) if person else None,
        people=names_of({user_id for user_id in named if user_id}),
        may_answer=may_answer,
        may_copy=person is not None and identity.can(Permission.FILE_ADD, row.centre_id),
        may_assign=identity.can(Permission.THREAD_ASSIGN, row.centre_id),
        closes_at=queries.window_closes_at(row),
        obstacle=service.obstacle_to_reply(row) if may_answer else None,
        sayings=sayings_of(row) if may_answer else None,
    )


@blueprint.post("/inbox/<uuid:thread_id>/reply")
@requires(Permission.MESSAGE_SEND)
@commits
def reply(thread_id: UUID) -> Any:
    """Answer: the message goes into the outbox, and out through a job."""
    row = _workable(thread_id, Permission.MESSAGE_SEND)
    form = ReplyForm()
    if form.validate_on_submit():
        try:
            service.reply(row, form.body.data or "", compose_id=_compose_id(form), by=current())
            return redirect(url_for("desk.thread", thread_id=row.id), 303)
        except Refused as refusal:
            form.body.errors = [str(refusal)]
    return _page(row, form), 422


@blueprint.post("/inbox/<uuid:thread_id>/<any(take, release, done, silence):step>")
@requires(Permission.THREAD_ASSIGN)
@commits
def step(thread_id: UUID, step: str) -> Any:
    """Take a thread, give it back, say that it is done, or that they want no more messages."""
    row = _workable(thread_id, Permission.THREAD_ASSIGN)
    STEPS[step](row, by=current())
    return redirect(
        url_for("desk.inbox") if step == "done" else url_for("desk.thread", thread_id=row.id), 303
    )


@blueprint.route("/inbox/<uuid:thread_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.THREAD_ASSIGN)
@commits
def hand_over(thread_id: UUID) -> Any:
    """Give a thread to a colleague."""
    row = _workable(thread_id, Permission.THREAD_ASSIGN)
    form = HandOverForm(list_counsellors(row.centre_id))
    if form.validate_on_submit():
        service.assign(row, UUID(form.counsellor.data), by=current())
        return redirect(url_for("desk.inbox"), 303)
    return render_template("desk/hand_over.html", form=form, thread=row), 422 if form.errors else 200


@blueprint.route("/inbox/quarantine/<uuid:event_id>", methods=["GET", "POST"])
@requires(Permission.QUARANTINE_HANDLE)
@commits
def quarantine(event_id: UUID) -> Any:
    """Say to which line a message belongs that came to an unknown one."""
    event = queries.get_quarantined(event_id, by=current())
    lines = queries.list_lines_for(event, by=current())
    if request.method == "POST":
        line = next((line for line in lines if str(line.id) == request.form.get("line")), None)
        if line is None:
            raise NotFound
        message = service.assign_quarantined(event, line, by=current())
        # The sender may be somebody whose conversations are sealed: then there is nothing to lead to.
        if queries.find_thread(message.thread_id, by=current()) is None:
            flash(_("The message is filed."))
            return redirect(url_for("desk.inbox"), 303)
        return redirect(url_for("desk.thread", thread_id=message.thread_id), 303)
    return render_template("desk/quarantine.html", event=event, lines=lines, form=ActionForm())


def _reply_form() -> ReplyForm:
    form = ReplyForm()
    form.compose_id.data = str(uuid4())
    return form


def _compose_id(form: ReplyForm) -> UUID:
    try:
        return UUID(form.compose_id.data or "")
    except ValueError:
        raise Refused from None


def _workable(thread_id: UUID, permission: Permission) -> Thread:
    row = queries.get_thread(thread_id, by=current())
    if not current().can(permission, row.centre_id):
        raise NotFound
    return row
