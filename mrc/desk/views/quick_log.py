"""The quick log: one encounter, in under a minute."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
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
from mrc.messaging import queries as messaging
from mrc.messaging.models import Thread
from mrc.persons import queries as persons
from mrc.persons.models import Person
from mrc.web.commits import commits


@blueprint.route("/consultations/new", methods=["GET", "POST"])
@requires(Permission.CONSULTATION_RECORD)
@commits
def quick_log() -> Any:
    """Log a consultation: anonymous, or with the person, case or thread that the URL names."""
    case, thread = _named_case(), _named_thread()
    person = _named_person(case, thread)
    centre = _centre_of(person, case, thread)
    form = QuickLogForm(centre.country)
    if not form.is_submitted() and not form.restored:
        form.channel.data = thread.channel.value if thread else request.args.get("channel", "")
    if form.validate_on_submit():
        try:
            consultation = record_consultation(
                form.details(), centre_id=centre.id, by=current(), person=person, case=case, thread=thread
            )
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
    )
    return page, 422 if form.errors else 200


def _centre_of(person: Person | None, case: Case | None, thread: Thread | None) -> Centre:
    for row in (case, person, thread):
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


def _named_person(case: Case | None, thread: Thread | None) -> Person | None:
    if case is not None:
        return case.person
    person_id = _argument("person") or (thread.person_id if thread else None)
    return persons.get_person(person_id, by=current()) if person_id else None


def _argument(name: str) -> UUID | None:
    if not (text := request.args.get(name)):
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
