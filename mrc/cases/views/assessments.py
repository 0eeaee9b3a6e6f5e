"""Assessments: all of a case compared, one, a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.models import Assessment, Case
from mrc.cases.policy import ASSESSMENTS
from mrc.cases.queries import Instrument, get_instrument
from mrc.cases.service import AssessmentContent
from mrc.cases.states import WORKED_ON, AssessmentStatus, Finding, Grade
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import uuid_of, workable
from mrc.cases.views.content import day_of, partial
from mrc.cases.views.refusals import show_on
from mrc.core.errors import Refused, TransitionRefused
from mrc.web.commits import commits
from mrc.web.forms import shown

KINDS = "any(vulnerability, risk, trafficking_screening)"


@blueprint.get("/cases/<uuid:case_id>/assessments")
@requires(Permission.CASE_VIEW)
def assessments(case_id: UUID) -> str:
    """The assessments of a case, the last of each instrument side by side."""
    case = queries.get_case(case_id, by=current())
    rows = queries.list_assessments(case, by=current())
    record_read(Event.ASSESSMENT_READ, by=current(), centre_id=case.centre_id, subject=("case", case.id))
    return render_template(
        "cases/assessments.html",
        case=case,
        rows=rows,
        instruments={one.code: one for one in queries.list_instruments()},
        compared=queries.compared(rows),
        people=names_of({row.taken_by_id for row in rows if row.taken_by_id}),
        may_work=current().can(Permission.CASE_WORK, case.centre_id) and case.status in WORKED_ON,
    )


@blueprint.route(f"/cases/<uuid:case_id>/assessments/new/<{KINDS}:instrument>", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def new_assessment(case_id: UUID, instrument: str) -> Any:
    """Begin an assessment; `amends` names a finished one, whose answers it starts with."""
    case = workable(case_id)
    asked = get_instrument(instrument)
    amended = _amended(case)
    form = forms.assessment_form(asked)
    if amended is not None and not form.is_submitted() and not form.restored:
        for name, value in _values(amended, asked).items():
            form[name].data = value
    if form.validate_on_submit():
        values = {name: shown(form[name].data) for name in _values(None, asked)}
        try:
            row = service.start_assessment(case, asked, _content(values, asked), by=current(), amends=amended)
            if form.finishes.data:
                service.finish_assessment(case, row, by=current())
            return _shown(case, row)
        except Refused as refusal:
            show_on(form, refusal)
    return _form_page(case, form, asked)


@blueprint.get("/cases/<uuid:case_id>/assessments/<uuid:assessment_id>")
@requires(Permission.CASE_VIEW)
def assessment(case_id: UUID, assessment_id: UUID) -> str:
    """One assessment: what was answered, what came out, who decided."""
    case = queries.get_case(case_id, by=current())
    row: Assessment = ASSESSMENTS.get(current(), assessment_id, parent_id=case.id)
    record_read(Event.ASSESSMENT_READ, by=current(), centre_id=case.centre_id, subject=("assessment", row.id))
    return render_template(
        "cases/assessment.html",
        case=case,
        row=row,
        instrument=get_instrument(row.instrument),
        people=names_of({user_id for user_id in (row.taken_by_id, row.finished_by_id) if user_id}),
        may_work=current().can(Permission.CASE_WORK, case.centre_id) and case.status in WORKED_ON,
    )


@blueprint.route("/cases/<uuid:case_id>/assessments/<uuid:assessment_id>/edit", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def edit_assessment(case_id: UUID, assessment_id: UUID) -> Any:
    """Go on with a draft; a colleague's change at the same time is merged or shown."""
    case = workable(case_id)
    row: Assessment = ASSESSMENTS.get(
        current(), assessment_id, parent_id=case.id, permission=Permission.CASE_WORK
    )
    asked = get_instrument(row.instrument)
    if row.status is AssessmentStatus.FINAL:
        return redirect(url_for("cases.assessment", case_id=case.id, assessment_id=row.id), 303)
    form = forms.assessment_form(asked)
    key = f"assessment:{row.id}"
    values = _values(row, asked)
    form.start_from(key, row.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, row.version, values)
        try:
            service.change_assessment(case, row, _content(merged, asked), by=current())
            if form.finishes.data:
                service.finish_assessment(case, row, by=current())
            return _shown(case, row)
        except TransitionRefused:
            raise
        except Refused as refusal:
            show_on(form, refusal)
    return _form_page(case, form, asked)


def _values(row: Assessment | None, asked: Instrument) -> dict[str, Any]:
    """The fields of the form and what stands in the row; empty without one."""
    answers = row.answers if row else {}
    values: dict[str, Any] = {
        forms.PREFIX + item.code: answers.get(item.code, "")
        for dimension in asked.dimensions
        for item in dimension.items
    }
    values["ground"] = row.ground if row else None
    values["next_review_on"] = partial(row.next_review_on) if row else None
    if asked.is_screening:
        values["finding"] = row.finding.value if row and row.finding else ""
        values["determined_by"] = row.determined_by if row else None
    else:
        values["level"] = row.level.value if row and row.level else ""
    return values


def _content(values: dict[str, str], asked: Instrument) -> AssessmentContent:
    answers = {
        name.removeprefix(forms.PREFIX): text
        for name, text in values.items()
        if name.startswith(forms.PREFIX) and text
    }
    level, finding = values.get("level"), values.get("finding")
    return AssessmentContent(
        answers=answers,
        level=Grade(level) if level and not asked.is_screening else None,
        finding=Finding(finding) if finding else None,
        determined_by=values.get("determined_by") or None,
        ground=values["ground"],
        next_review_on=day_of(values["next_review_on"]),
    )


def _amended(case: Case) -> Assessment | None:
    if not (text := request.args.get("amends")):
        return None
    amended: Assessment = ASSESSMENTS.get(
        current(), uuid_of(text), parent_id=case.id, permission=Permission.CASE_WORK
    )
    return amended


def _form_page(case: Case, form: Any, asked: Instrument) -> Any:
    page = render_template("cases/edit_assessment.html", case=case, form=form, instrument=asked)
    return page, 422 if form.errors else 200


def _shown(case: Case, row: Assessment) -> Any:
    return redirect(url_for("cases.assessment", case_id=case.id, assessment_id=row.id), 303)
