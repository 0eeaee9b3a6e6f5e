"""What is written into a case: notes and needs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.cases import forms, service
from mrc.cases.models import Case
from mrc.cases.policy import NEEDS, NOTES
from mrc.cases.states import NeedStatus
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import case_page, uuid_of, workable
from mrc.core.errors import Refused
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
    corrects = (
        NOTES.get(current(), uuid_of(request.form["corrects"]), parent_id=case.id)
        if "corrects" in request.form
        else None
    )
    service.add_note(case, form.text.data or "", by=current(), corrects=corrects)
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.route("/cases/<uuid:case_id>/needs/new", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def add_need(case_id: UUID) -> Any:
    """Add a need."""
    case = workable(case_id)
    form = forms.NeedForm()
    if form.validate_on_submit():
        service.add_need(case, form.area.data, by=current())
        return redirect(url_for("cases.show", case_id=case.id), 303)
    return single_form_page(case, form, _("Add a need"), _("Add")), 422 if form.errors else 200


@blueprint.post("/cases/<uuid:case_id>/needs/<uuid:need_id>")
@requires(Permission.CASE_WORK)
@commits
def settle_need(case_id: UUID, need_id: UUID) -> Any:
    """Say what became of a need."""
    case = workable(case_id)
    need = NEEDS.get(current(), need_id, parent_id=case.id, permission=Permission.CASE_WORK)
    form = forms.NeedStatusForm()
    if not form.validate_on_submit():
        raise Refused(_("Choose what became of the need."))
    service.settle_need(case, need, NeedStatus(form.status.data), by=current())
    return redirect(url_for("cases.show", case_id=case.id), 303)


def single_form_page(case: Case, form: Form, title: str, submit: str) -> str:
    """A page with one small form about a case."""
    return render_template("cases/single.html", case=case, form=form, title=title, submit=submit)
