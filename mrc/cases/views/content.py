"""What is written into a case: notes and needs."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.cases import forms, service
from mrc.cases.models import Case, Need, Note
from mrc.cases.policy import NEEDS, NOTES
from mrc.cases.service import NeedDetails
from mrc.cases.states import NoteKind, Priority
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import case_page, uuid_of, workable
from mrc.core.errors import Refused
from mrc.i18n.calendars import PartialDate
from mrc.web.commits import commits
from mrc.web.forms import Form


@blueprint.post("/cases/<uuid:case_id>/notes")
@requires(Permission.CASE_WORK)
@commits
def add_note(case_id: UUID) -> Any:
    """Write a note; `corrects` names the note that it corrects."""
    case = workable(case_id)
    form = forms.NoteForm()
    if not form.validate_on_submit():
        return case_page(case, note_form=form), 422
    corrects = _note(case, uuid_of(request.form["corrects"])) if "corrects" in request.form else None
    kind, level = NoteKind(form.kind.data), int(form.level.data)
    service.add_note(case, form.text.data or "", by=current(), corrects=corrects, kind=kind, level=level)
    return _back(case)


@blueprint.route("/cases/<uuid:case_id>/notes/<uuid:note_id>/correct", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def correct_note(case_id: UUID, note_id: UUID) -> Any:
    """Write what a note should have said; what it said stays to be read."""
    case = workable(case_id)
    note = _note(case, note_id)
    form = forms.CorrectionForm()
    if not form.is_submitted() and not form.restored:
        form.text.data = note.text
    if form.validate_on_submit():
        text = form.text.data or ""
        level = note.confidentiality
        service.add_note(case, text, by=current(), corrects=note, kind=note.kind, level=level)
        return _back(case)
    return single_form_page(case, form, _("Correct a note"), _("Save the correction"))


@blueprint.post("/cases/<uuid:case_id>/notes/<uuid:note_id>/<any(pin, unpin):action>")
@requires(Permission.CASE_WORK)
@commits
def pin_note(case_id: UUID, note_id: UUID, action: str) -> Any:
    """Let a note stand on top, or take it down again."""
    case = workable(case_id)
    service.pin_note(case, _note(case, note_id), is_pinned=action == "pin", by=current())
    return _back(case)


@blueprint.route("/cases/<uuid:case_id>/needs/new", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def add_need(case_id: UUID) -> Any:
    """Add a need."""
    case = workable(case_id)
    form = forms.NeedForm()
    if form.validate_on_submit():
        details = NeedDetails(
            form.area.data,
            Priority(form.priority.data),
            form.due_on.data.earliest if form.due_on.data else None,
            form.details.data or "",
        )
        service.add_need(case, details, by=current())
        return _back(case)
    return single_form_page(case, form, _("Add a need"), _("Add"))


@blueprint.route("/cases/<uuid:case_id>/needs/<uuid:need_id>", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def edit_need(case_id: UUID, need_id: UUID) -> Any:
    """Change what is needed; a colleague's change at the same time is merged or shown."""
    case = workable(case_id)
    need = _need(case, need_id)
    form = forms.NeedForm()
    key = f"need:{need.id}"
    values = {
        "area": need.area,
        "details": need.details,
        "priority": need.priority.value,
        "due_on": partial(need.due_on),
    }
    form.start_from(key, need.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, need.version, values)
        changed = {
            "area": merged["area"],
            "details": merged["details"] or None,
            "priority": Priority(merged["priority"]),
            "due_on": day_of(merged["due_on"]),
        }
        service.change_need(case, need, changed, by=current())
        return _back(case)
    return single_form_page(case, form, _("Change the need"), _("Save"), keeps_drafts=True)


@blueprint.route("/cases/<uuid:case_id>/needs/<uuid:need_id>/settle", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def settle_need(case_id: UUID, need_id: UUID) -> Any:
    """Say what became of a need."""
    case = workable(case_id)
    need = _need(case, need_id)
    form = forms.SettleNeedForm()
    if not form.is_submitted() and not form.restored:
        form.action.data = request.args.get("action", "")
    if form.validate_on_submit():
        outcome, note = form.outcome.data, form.note.data or ""
        service.settle_need(case, need, form.action.data, by=current(), outcome=outcome, note=note)
        return _back(case)
    return single_form_page(case, form, _("What became of the need"), _("Save"))


@blueprint.post("/cases/<uuid:case_id>/needs/<uuid:need_id>/<any(start, reopen):action>")
@requires(Permission.CASE_WORK)
@commits
def move_need(case_id: UUID, need_id: UUID, action: str) -> Any:
    """Start work on a need, or open a settled one again."""
    case = workable(case_id)
    service.move_need(case, _need(case, need_id), action, by=current())
    return _back(case)


def single_form_page(case: Case, form: Form, title: str, submit: str, *, keeps_drafts: bool = False) -> Any:
    """A page with one small form about a case, with the status that its errors ask for."""
    page = render_template(
        "cases/single.html", case=case, form=form, title=title, submit=submit, keeps_drafts=keeps_drafts
    )
    return page, 422 if form.errors else 200


def partial(day: date | None) -> PartialDate | None:
    """A whole day as a date field shows it."""
    return PartialDate.from_iso(day.isoformat()) if day else None


def day_of(text: str) -> date | None:
    """The day of a merged date field's text. Raises Refused for a date that is not whole."""
    if not text:
        return None
    known = PartialDate.from_iso(text)
    if known.day is None:
        raise Refused(_("Write day, month and year."))
    return known.earliest


def _note(case: Case, note_id: UUID) -> Note:
    note: Note = NOTES.get(current(), note_id, parent_id=case.id, permission=Permission.CASE_WORK)
    return note


def _need(case: Case, need_id: UUID) -> Need:
    need: Need = NEEDS.get(current(), need_id, parent_id=case.id, permission=Permission.CASE_WORK)
    return need


def _back(case: Case) -> Any:
    return redirect(url_for("cases.show", case_id=case.id), 303)
