"""What is ready in a conversation: approved wordings, answers that come with a semicolon, sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask_babel import force_locale

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases.queries import list_cases_of_person
from mrc.cases.queries.appointments import find_next_appointment
from mrc.cases.states import WORKED_ON
from mrc.cases.views.refusals import show_on
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.desk.forms.sayings import PLACE, SheetForm, WordingForm
from mrc.desk.views.blueprint import blueprint
from mrc.i18n.formats import moment_told
from mrc.i18n.locales import LOCALES
from mrc.messaging import queries
from mrc.messaging.answers import NOT_ON_SHARED, filled_answer
from mrc.messaging.lexicon import is_safe_for_shared
from mrc.messaging.models import CannedAnswer, TemplateVersion, Thread
from mrc.messaging.queries.answers import list_offered
from mrc.messaging.queries.delivery import list_plans
from mrc.messaging.queries.templates import get_version, is_usable, list_usable
from mrc.messaging.service import Sheet, reply, send_template
from mrc.messaging.states import Purpose
from mrc.messaging.wording import filled, samples_of
from mrc.outreach.queries import list_offered_sheets
from mrc.persons.queries import find_person
from mrc.web.commits import commits


@dataclass(frozen=True)
class Sayings:
    """What the composer of a thread offers."""

    versions: Sequence[TemplateVersion]
    """Approved wordings that a counsellor may begin with, those of the person's language first."""
    answers: Sequence[CannedAnswer]
    language: str | None
    names: dict[str, str]
    """How each language calls itself."""


def sayings_of(thread: Thread) -> Sayings:
    """What the composer of a thread that the reader may answer offers."""
    tag = thread.language
    versions = sorted(list_usable(Purpose.NOTICE), key=lambda version: version.language != (tag or "en"))
    answers = sorted(list_offered(thread.centre_id), key=lambda answer: answer.language != (tag or "en"))
    return Sayings(versions, answers, tag, {key: locale.name for key, locale in LOCALES.items()})


def answer_text(thread: Thread, answer_id: str | None) -> str | None:
    """The text of a ready answer for this thread, its places filled with what is known; None without one."""
    if not answer_id or not current().can(Permission.MESSAGE_SEND, thread.centre_id):
        return None
    found = next((one for one in list_offered(thread.centre_id) if str(one.id) == answer_id), None)
    return None if found is None else filled_answer(found.body, _known(thread, found.language))


@blueprint.get("/inbox/<uuid:thread_id>/ready-answers")
@requires(Permission.MESSAGE_SEND)
def ready_answers(thread_id: UUID) -> Any:
    """The ready answers with their texts, those of the person's language first: `[{shortcut, text}]`."""
    thread = _thread(thread_id)
    known = {tag: _known(thread, tag) for tag in {one.language for one in sayings_of(thread).answers}}
    return jsonify(
        [
            {
                "id": str(one.id),
                "shortcut": one.shortcut,
                "title": one.title,
                "text": filled_answer(one.body, known[one.language]),
            }
            for one in sayings_of(thread).answers
        ]
    )


@blueprint.route("/inbox/<uuid:thread_id>/template", methods=["GET", "POST"])
@requires(Permission.MESSAGE_SEND)
@commits
def say_template(thread_id: UUID) -> Any:
    """Fill the places of an approved wording, look at it, and send it."""
    thread = _thread(thread_id)
    version = _version(request.values.get("wording"))
    form = WordingForm.of(version)
    if not form.is_submitted():
        form.wording.data, form.compose_id.data = str(version.id), str(uuid4())
        for name, value in _known(thread, version.language).items():
            if PLACE + name in form:
                form[PLACE + name].data = value
        return _page(thread, version, form)
    if form.validate_on_submit():
        try:
            if request.form.get("stage") == "look":
                form.renew()
                return _page(thread, version, form, preview=filled(version, form.variables))
            send_template(
                thread, version, form.variables, compose_id=_uuid(form.compose_id.data), by=current()
            )
            return redirect(url_for("desk.thread", thread_id=thread.id), 303)
        except Refused as refusal:
            show_on(form, _by_place(refusal))
    return _page(thread, version, form), 422


@blueprint.route("/inbox/<uuid:thread_id>/sheet", methods=["GET", "POST"])
@requires(Permission.MESSAGE_SEND)
@commits
def send_sheet(thread_id: UUID) -> Any:
    """Choose an information sheet of the library and send its file with a few words."""
    thread = _thread(thread_id)
    language = thread.language or "en"
    offered = sorted(list_offered_sheets(thread.centre_id), key=lambda sheet: sheet.language != language)
    form = SheetForm(
        [(str(sheet.id), f"{sheet.title} · {LOCALES[sheet.language].name}") for sheet in offered]
    )
    if not form.is_submitted():
        form.compose_id.data = str(uuid4())
        if len(offered) == 1:
            form.sheet.data = str(offered[0].id)
    if form.validate_on_submit():
        sheet = next(one for one in offered if str(one.id) == form.sheet.data)
        try:
            reply(
                thread,
                form.body.data or "",
                compose_id=_uuid(form.compose_id.data),
                by=current(),
                sheet=Sheet(sheet.id, sheet.file_name),
            )
            return redirect(url_for("desk.thread", thread_id=thread.id), 303)
        except Refused as refusal:
            show_on(form, refusal if refusal.fields else Refused(fields={"body": str(refusal)}))
    page = render_template("desk/send_sheet.html", thread=thread, form=form, offered=offered)
    return page, 422 if form.errors else 200


def _page(thread: Thread, version: TemplateVersion, form: WordingForm, *, preview: str = "") -> str:
    is_shared = any(plan.is_shared for plan in list_plans(thread))
    return render_template(
        "desk/say_template.html",
        thread=thread,
        version=version,
        language=LOCALES[version.language],
        form=form,
        preview=preview or filled(version, samples_of(version)),
        is_sample=not preview,
        is_held=is_shared and not is_safe_for_shared(version),
    )


def _by_place(refusal: Refused) -> Refused:
    """The same refusal, its fields called as the form does."""
    return Refused(str(refusal), fields={PLACE + name: words for name, words in refusal.fields.items()})


def _known(thread: Thread, tag: str) -> dict[str, str]:
    """What can be said of the person and their appointment, in a language; on a shared phone no names."""
    identity, centre = current(), get_centre(thread.centre_id)
    person = find_person(thread.person_id, by=identity) if thread.person_id else None
    values = {"centre": centre.name, "counsellor": identity.name}
    if person is not None:
        values["name"] = person.known_as or person.name or ""
        cases = [case for case in list_cases_of_person(person.id, by=identity) if case.status in WORKED_ON]
        if cases:
            values["case"] = cases[0].number
        if (row := find_next_appointment(person.id, by=identity)) is not None:
            with force_locale(tag):
                told = moment_told(
                    row.starts_at, ZoneInfo(centre.time_zone), shows_solar=centre.country == "AF"
                )
            values["date"], _comma, values["time"] = told.rpartition(", ")
    if any(plan.is_shared for plan in list_plans(thread)):
        values = {name: value for name, value in values.items() if name not in NOT_ON_SHARED}
    return {name: value for name, value in values.items() if value}


def _thread(thread_id: UUID) -> Thread:
    """The thread that the reader may answer; that it was read is audited, because names stand in what is
    filled.
    """
    row = queries.get_thread(thread_id, by=current())
    if not current().can(Permission.MESSAGE_SEND, row.centre_id):
        raise NotFound
    record_read(Event.THREAD_READ, by=current(), centre_id=row.centre_id, subject=("thread", row.id))
    return row


def _version(text: str | None) -> TemplateVersion:
    """A wording that may be sent, by its key in the form or the URL. Raises NotFound."""
    version = get_version(_uuid(text))
    if not is_usable(version) or version.template.purpose is not Purpose.NOTICE:
        raise NotFound
    return version


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        abort(404)
