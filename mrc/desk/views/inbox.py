"""The inbox and a thread."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

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
from mrc.cases.views.refusals import show_on
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.errors import NotFound, Refused
from mrc.core.paging import cursor_from
from mrc.core.text import clean
from mrc.desk.forms import ActionForm, HandOverForm, ReplyForm
from mrc.desk.forms.inbox import ALLOWED, NOW
from mrc.desk.views.blueprint import blueprint
from mrc.desk.views.sayings import answer_text, sayings_of
from mrc.desk.views.ways import sms_ways
from mrc.i18n.locales import LOCALES
from mrc.messaging import queries, service
from mrc.messaging.models import Thread, ThreadNote
from mrc.messaging.states import Channel
from mrc.persons import queries as persons
from mrc.vocab.forms import options
from mrc.vocab.queries import get_code
from mrc.web.commits import commits

TABS = ("mine", "unassigned", "team", "snoozed", "done")
LANGUAGES = {tag: locale.name for tag, locale in LOCALES.items()}
LONGEST_SIZED = 2_000
PANE = 12
"""Conversations beside the one that is open."""
STEPS = {
    "take": service.take,
    "release": service.release,
    "done": service.mark_done,
    "silence": service.opt_out_by_hand,
    "wake": service.wake,
}


@blueprint.get("/inbox")
@requires(Permission.THREAD_VIEW)
def inbox() -> str:
    """The threads of the centre, the longest waiting first."""
    tab = request.args.get("tab", "team")
    tab = tab if tab in TABS else "team"
    is_pane = "pane" in request.args
    page = queries.list_threads(
        current(),
        tab=tab,
        cursor=request.args.get("cursor"),
        wanted=_wanted(),
        size=PANE if is_pane else queries.SHOWN,
    )
    record_read(
        Event.THREADS_LISTED, by=current(), centre_id=None, details={"tab": tab, "count": len(page.items)}
    )
    names = names_of({row.assignee_id for row in page.items if row.assignee_id})
    if request.headers.get("HX-Request"):
        template = "desk/_thread_pane.html" if is_pane else "desk/_threads.html"
        return render_template(template, page=page, tab=tab, names=names, language_names=LANGUAGES)
    quarantined = queries.list_quarantined(current()) if current().can(Permission.QUARANTINE_HANDLE) else ()
    return render_template(
        "desk/inbox.html",
        page=page,
        tab=tab,
        all_tabs=TABS,
        counts=queries.count_tabs(current()),
        names=names,
        language_names=LANGUAGES,
        languages=list(LANGUAGES.items()),
        labels=options("thread_labels"),
        quarantined=quarantined,
    )


def _wanted() -> queries.ThreadFilter:
    asked = request.args
    return queries.ThreadFilter(
        channel=asked.get("channel") if asked.get("channel") in set(Channel) else None,
        language=asked.get("language") if asked.get("language") in LOCALES else None,
        label=asked.get("label") if get_code("thread_labels", asked.get("label", "")) else None,
        overdue=asked.get("overdue") == "1",
        for_me=asked.get("for_me") == "1",
    )


@blueprint.get("/inbox/<uuid:thread_id>")
@requires(Permission.THREAD_VIEW)
def thread(thread_id: UUID) -> str:
    """One conversation: messages, composer, and who this may be."""
    row = queries.get_thread(thread_id, by=current())
    form = _reply_form()
    form.body.data = form.body.data or answer_text(row, request.args.get("answer"))
    return _page(row, form)


@blueprint.get("/inbox/<uuid:thread_id>/news")
@requires(Permission.THREAD_VIEW)
def thread_news(thread_id: UUID) -> Any:
    """The messages anew, if something changed since `revision`; 204 otherwise, and that counts as no look."""
    row = queries.get_thread(thread_id, by=current())
    present = queries.list_present(row, but=current().user_id)
    if queries.revision_of(row, present) == request.args.get("revision"):
        return "", 204
    record_read(Event.THREAD_READ, by=current(), centre_id=row.centre_id, subject=("thread", row.id))
    return render_template("desk/_stream.html", **_stream(row, present))


@blueprint.post("/inbox/<uuid:thread_id>/presence")
@requires(Permission.THREAD_VIEW)
@commits
def presence(thread_id: UUID) -> Any:
    """Say that one has the conversation open, and whether one writes."""
    row = queries.get_thread(thread_id, by=current())
    service.be_present(row, is_typing=request.form.get("typing") == "1", by=current())
    return "", 204


@blueprint.post("/inbox/<uuid:thread_id>/size")
@requires(Permission.MESSAGE_SEND)
def size(thread_id: UUID) -> str:
    """How many SMS the typed text is, and what they cost about. Nothing of it is kept."""
    row = _workable(thread_id, Permission.MESSAGE_SEND)
    parts, micros = service.size_of(row, request.form.get("body", "")[:LONGEST_SIZED])
    return render_template("desk/_size.html", parts=parts, micros=micros)


def _stream(row: Thread, present: Sequence[queries.Present]) -> dict[str, Any]:
    identity = current()
    day = _day(request.args.get("on", ""))
    cursor = request.args.get("cursor") or (_end_of_day(row, day) if day else None)
    messages = queries.list_messages(row, cursor=cursor)
    notes = queries.list_notes(row) if not cursor else ()
    named = {message.author_id for message in messages.items} | {row.assignee_id}
    named |= {note.author_id for note in notes} | {one.user_id for one in present}
    links = queries.list_case_links([message.id for message in messages.items])
    seen_cases = cases.list_cases_by_ids({key for keys in links.values() for key in keys}, by=identity)
    return {
        "thread": row,
        "day": day or "",
        "messages": messages,
        "stream": _in_order(messages.items, notes),
        "people": names_of({user_id for user_id in named if user_id}),
        "present": present,
        "revision": queries.revision_of(row, present),
        "case_links": {
            key: [seen_cases[each] for each in keys if each in seen_cases] for key, keys in links.items()
        },
        "may_answer": identity.can(Permission.MESSAGE_SEND, row.centre_id),
        "may_assign": identity.can(Permission.THREAD_ASSIGN, row.centre_id),
        "may_copy": row.person_id is not None and identity.can(Permission.FILE_ADD, row.centre_id),
        "action_form": ActionForm(),
    }


def _day(written: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(written)
    return None


def _end_of_day(row: Thread, day: date) -> str:
    """The place in the conversation where a day ends at the centre."""
    evening = datetime.combine(day, time.max, ZoneInfo(get_centre(row.centre_id).time_zone))
    return cursor_from(evening)


def _in_order(
    messages: Sequence[queries.MessageRow], notes: Sequence[ThreadNote]
) -> list[tuple[str, queries.MessageRow | ThreadNote]]:
    """Messages and the notes between them, oldest first; older notes than the messages are left out."""
    since = messages[-1].at if messages else None
    rows: list[tuple[Any, str, Any]] = [(message.at, "message", message) for message in messages]
    rows += [(note.created_at, "note", note) for note in notes if since is None or note.created_at >= since]
    return [(kind, row) for _at, kind, row in sorted(rows, key=lambda each: each[0])]


def _page(row: Thread, form: ReplyForm) -> str:
    identity = current()
    record_read(Event.THREAD_READ, by=identity, centre_id=row.centre_id, subject=("thread", row.id))
    stream = _stream(row, queries.list_present(row, but=identity.user_id))
    person = persons.find_person(row.person_id, by=identity) if row.person_id else None
    may_answer = stream["may_answer"]
    newest = stream["messages"].items[0].id if stream["messages"].items else ""
    if not form.is_submitted():
        form.seen.data = str(newest)
        form.when.data = form.when.data or NOW
    obstacle = service.obstacle_to_reply(row) if may_answer else None
    may_wait = obstacle is not None and service.may_wait(row)
    if may_wait and not form.is_submitted():
        form.when.data = ALLOWED
    text = clean(request.args.get("q", "")).strip()
    return render_template(
        "desk/thread.html",
        **stream,
        title=queries.title_of(row, person),
        centre=get_centre(row.centre_id),
        form=form,
        person=person,
        at_address=persons.list_persons_at(row.address_id, by=identity),
        same_account=() if person else persons.list_persons_of_account(row.address, by=identity),
        cases=cases.list_cases_of_person(person.id, by=identity) if person else (),
        consultations=cases.list_consultations_of_thread(row.id, by=identity),
        attempts=attempt_panel(identity, person, thread_id=row.id) if person else None,
        closes_at=queries.window_closes_at(row),
        obstacle=obstacle,
        may_wait=may_wait,
        by_sms=sms_ways(row, person) if may_answer else (),
        sayings=sayings_of(row) if may_answer else None,
        plans=persons.list_plans_at(row.address_id, by=identity),
        searched=queries.search_thread(row, text) if text else None,
        text=text,
        cursor_from=cursor_from,
        now=clock.now(),
    )


@blueprint.post("/inbox/<uuid:thread_id>/reply")
@requires(Permission.MESSAGE_SEND)
@commits
def reply(thread_id: UUID) -> Any:
    """Answer: the message goes into the outbox, and out through a job. Who was overtaken is warned."""
    row = _workable(thread_id, Permission.MESSAGE_SEND)
    form = ReplyForm()
    if form.validate_on_submit():
        meanwhile = queries.find_answer_meanwhile(row, form.seen_id, by=current().user_id)
        if meanwhile is not None and form.sure.data != str(meanwhile.id):
            name = names_of({meanwhile.author_id}).get(meanwhile.author_id, "") if meanwhile.author_id else ""
            form.sure.data = str(meanwhile.id)
            words = _(
                "%(name)s answered meanwhile. Read it, and send once more if yours still fits.", name=name
            )
            form.body.errors = [words]
            return _page(row, form), 409
        try:
            when = form.timing(get_centre(row.centre_id))
            service.reply(row, form.body.data or "", compose_id=_compose_id(form), by=current(), when=when)
            return redirect(url_for("desk.thread", thread_id=row.id), 303)
        except Refused as refusal:
            show_on(form, refusal if refusal.fields else Refused(fields={"body": str(refusal)}))
    return _page(row, form), 422


@blueprint.post("/inbox/<uuid:thread_id>/<any(take, release, done, silence, wake):step>")
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
