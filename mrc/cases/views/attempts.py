"""Trying to reach someone: the small form with a button for each outcome, and what was tried before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.models import Case
from mrc.cases.policy import TASKS
from mrc.cases.service import NewAttempt
from mrc.cases.states import AttemptOutcome
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import uuid_of
from mrc.cases.views.panels import attempt_panel
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.persons.models import Person, PersonAddress
from mrc.persons.policy import PERSON_ADDRESSES
from mrc.persons.queries import get_person
from mrc.persons.service import trust_address
from mrc.persons.views import Panel
from mrc.tasks.models import Task
from mrc.web.commits import commits


@blueprint.get("/persons/<uuid:person_id>/attempts")
@requires(Permission.PERSON_VIEW)
def attempts(person_id: UUID) -> str:
    """Every attempt to reach a person, and the form for one more."""
    person = get_person(person_id, by=current())
    case = _named_case(request.args.get("case"), person)
    return _page(person, attempt_panel(current(), person, case=case))


@blueprint.post("/persons/<uuid:person_id>/attempts")
@requires(Permission.CONSULTATION_RECORD)
@commits
def record_attempt(person_id: UUID) -> Any:
    """Write down an attempt; a case or conversation that the form names is where one goes back to."""
    person = get_person(person_id, by=current())
    if not current().can(Permission.CONSULTATION_RECORD, person.centre_id):
        raise NotFound
    case = _named_case(request.form.get("case"), person)
    task = _named_task(request.form.get("task"), person)
    centre = get_centre(person.centre_id)
    reach = queries.get_reach(person, centre.time_zone, by=current())
    form = forms.AttemptForm(reach.links)
    if form.validate_on_submit():
        link = _named_link(form.link.data, person)
        outcome = AttemptOutcome(form.outcome.data)
        attempt = NewAttempt(
            outcome=outcome,
            channel=form.channel.data or "",
            call_back_at=service.call_back_instant(
                int(form.call_back_days.data or 0), form.at, centre.time_zone
            ),
            note=form.note.data or "",
        )
        try:
            service.record_attempt(attempt, person=person, by=current(), link=link, case=case, task=task)
            flash(_("The attempt is recorded."))
            return redirect(_back(person, case, task), 303)
        except Refused as refusal:
            form.call_back_time.errors = [*refusal.fields.values()] or [str(refusal)]
    panel = attempt_panel(current(), person, case=case, task=task, form=form, reach=reach)
    return _page(person, panel), 422


@blueprint.post("/persons/<uuid:person_id>/addresses/<uuid:link_id>/trust")
@requires(Permission.CONSULTATION_RECORD)
@commits
def trust(person_id: UUID, link_id: UUID) -> Any:
    """Say that a doubtful number is the person's after all."""
    needed = Permission.CONSULTATION_RECORD
    link = PERSON_ADDRESSES.get(current(), link_id, parent_id=person_id, permission=needed)
    trust_address(link, by=current())
    return redirect(url_for("persons.show", person_id=person_id), 303)


def _page(person: Person, panel: Panel) -> str:
    page = queries.list_attempts(person.id, by=current(), cursor=request.args.get("cursor"))
    record_read(
        Event.ATTEMPTS_LISTED,
        by=current(),
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"count": len(page.items)},
    )
    people = names_of({row.by_id for row in page.items if row.by_id})
    return render_template("cases/attempts.html", person=person, panel=panel, page=page, people=people)


def _named_case(text: str | None, person: Person) -> Case | None:
    if not text:
        return None
    case = queries.get_case(uuid_of(text), by=current())
    if case.person_id != person.id:
        raise NotFound
    return case


def _named_task(text: str | None, person: Person) -> Task | None:
    if not text:
        return None
    task: Task = TASKS.get(current(), uuid_of(text), Permission.TASK_WORK)
    if task.person_id != person.id:
        raise NotFound
    return task


def _named_link(text: str | None, person: Person) -> PersonAddress | None:
    if not text:
        return None
    link: PersonAddress = PERSON_ADDRESSES.get(current(), uuid_of(text), parent_id=person.id)
    return link


def _back(person: Person, case: Case | None, task: Task | None) -> str:
    if task is not None:
        return url_for("desk.task", task_id=task.id)
    if case is not None:
        return url_for("cases.show", case_id=case.id)
    if text := request.form.get("thread"):
        return url_for("desk.thread", thread_id=uuid_of(text))
    return url_for("persons.show", person_id=person.id)
