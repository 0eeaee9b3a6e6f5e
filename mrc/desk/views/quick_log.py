"""The quick log: one encounter, in under a minute."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import Identity, current
from mrc.access.permissions import Permission
from mrc.cases import queries as cases
from mrc.cases.models import Case
from mrc.cases.service import record_consultation
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre, work_centre
from mrc.core.errors import NotFound, Refused
from mrc.desk.forms import QuickLogForm
from mrc.desk.queries import favourite_topics
from mrc.desk.views.blueprint import blueprint
from mrc.hotline import queries as hotline
from mrc.hotline import service as hotline_service
from mrc.hotline.models import Call
from mrc.hotline.states import CallDirection
from mrc.messaging import queries as messaging
from mrc.messaging.models import Thread
from mrc.persons import queries as persons
from mrc.persons.models import Person
from mrc.web.commits import commits


@blueprint.route("/consultations/new", methods=["GET", "POST"])
@requires(Permission.CONSULTATION_RECORD)
@commits
def quick_log() -> Any:
    """Log a consultation: anonymous, or with the person, case, thread or call that the URL names."""
    case, thread, call = _named_case(), _named_thread(), _named_call()
    person = _named_person(case, thread or call)
    centre = _centre_of(person, case, thread or call)
    form = QuickLogForm(centre.country)
    if not form.is_submitted() and not form.restored:
        form.channel.data = thread.channel.value if thread else request.args.get("channel", "")
        if call is not None:
            form.direction.data = "outbound" if call.direction is CallDirection.OUT else "inbound"
            form.language.data = call.language or ""
    if form.validate_on_submit():
        try:
            consultation = record_consultation(
                form.details(), centre_id=centre.id, by=current(), person=person, case=case, thread=thread
            )
            if call is not None:
                _note_call(call, consultation.id, person, by=current())
            flash(_("The consultation is recorded."))
            return redirect(url_for("cases.consultation", consultation_id=consultation.id), 303)
        except Refused as refusal:
            if "split" not in refusal.fields:
                raise
            form.split.errors = [refusal.fields["split"]]
    form.lead_with(favourite_topics(centre))
    page = render_template(
        "desk/quick_log.html",
        form=form,
        centre=centre,
        person=person,
        case=case,
        thread=thread,
        call=call,
    )
    return page, 422 if form.errors else 200


def _note_call(call: Call, consultation_id: UUID, person: Person | None, *, by: Identity) -> None:
    """Say on a call where it was written down, and whose it was."""
    if person is not None and call.person_id is None and person.centre_id == call.centre_id:
        hotline_service.link_person(call, person, by=by)
    hotline_service.link_consultation(call, consultation_id, by=by)


def _centre_of(person: Person | None, case: Case | None, contact: Thread | Call | None) -> Centre:
    for row in (case, person, contact):
        if row is not None:
            if not current().can(Permission.CONSULTATION_RECORD, row.centre_id):
                raise NotFound
            return get_centre(row.centre_id)
    return work_centre(current(), Permission.CONSULTATION_RECORD)


def _named_case() -> Case | None:
    case_id = _argument("case")
    return cases.get_case(case_id, by=current()) if case_id else None


def _named_thread() -> Thread | None:
    thread_id = _argument("thread")
    return messaging.get_thread(thread_id, by=current()) if thread_id else None


def _named_call() -> Call | None:
    call_id = _argument("call")
    return hotline.get_call(call_id, by=current()) if call_id else None


def _named_person(case: Case | None, contact: Thread | Call | None) -> Person | None:
    if case is not None:
        return case.person
    person_id = _argument("person") or (contact.person_id if contact else None)
    return persons.get_person(person_id, by=current()) if person_id else None


def _argument(name: str) -> UUID | None:
    if not (text := request.args.get(name)):
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
