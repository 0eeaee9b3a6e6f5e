"""Asking for closure, deciding on it, opening a case again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.cases import forms, queries, service
from mrc.cases.models import Case
from mrc.cases.service import ClosureDetails
from mrc.cases.states import CASE, CaseStatus, ClosureStatus
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import workable
from mrc.cases.views.content import single_form_page
from mrc.cases.views.refusals import show_on
from mrc.centres.queries import get_centre
from mrc.core.errors import Forbidden, Refused
from mrc.web.commits import commits


@blueprint.route("/cases/<uuid:case_id>/close", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def request_closure(case_id: UUID) -> Any:
    """Ask for the case to be closed, or close it where the centre asks for no approval."""
    case = workable(case_id)
    CASE.find("request_closure", case.status)
    form = forms.ClosureForm()
    if form.validate_on_submit():
        details = ClosureDetails(
            form.reason.data,
            form.summary.data or "",
            form.explanation.data or "",
            leaves_needs=form.leaves_needs.data,
        )
        try:
            service.request_closure(case, details, by=current())
            flash(
                _("The case is closed.")
                if case.closed_at
                else _("A manager is asked to approve the closure.")
            )
            return redirect(url_for("cases.show", case_id=case.id), 303)
        except Refused as refusal:
            show_on(form, refusal)
    page = render_template(
        "cases/close.html",
        case=case,
        form=form,
        blockers=queries.list_blockers(case),
        attempts=queries.count_attempts(case.id),
        least=service.LOST_AFTER,
        needs_approval=get_centre(case.centre_id).closure_needs_approval,
    )
    return page, 422 if form.errors else 200


@blueprint.route("/cases/<uuid:case_id>/closure/<any(approve, return):decision>", methods=["GET", "POST"])
@requires(Permission.CASE_CLOSE_APPROVE)
@commits
def decide_closure(case_id: UUID, decision: str) -> Any:
    """Approve a colleague's request to close the case, or return it with a comment."""
    case = workable(case_id, Permission.CASE_CLOSE_APPROVE)
    approves = decision == "approve"
    CASE.find("approve_closure", case.status)
    if case.closure_requested_by_id == current().user_id:
        raise Forbidden
    form = forms.DecisionForm()
    if form.validate_on_submit():
        try:
            service.decide_closure(case, approves=approves, comment=form.comment.data or "", by=current())
            return redirect(url_for("cases.show", case_id=case.id), 303)
        except Refused as refusal:
            show_on(form, refusal)
    return _decision_page(case, form, approves)


@blueprint.route("/cases/<uuid:case_id>/reopen", methods=["GET", "POST"])
@requires(Permission.CASE_CLOSE_APPROVE)
@commits
def reopen(case_id: UUID) -> Any:
    """Open a closed case again, with the reason."""
    case = workable(case_id, Permission.CASE_CLOSE_APPROVE)
    CASE.find("reopen", case.status)
    form = forms.ReopenForm()
    if form.validate_on_submit():
        service.reopen_case(case, form.reason.data or "", by=current())
        return redirect(url_for("cases.show", case_id=case.id), 303)
    return single_form_page(case, form, _("Open the case again"), _("Open again"))


@blueprint.route("/cases/<uuid:case_id>/void", methods=["GET", "POST"])
@requires(Permission.CASE_VOID)
@commits
def void(case_id: UUID) -> Any:
    """Void a case that was opened in error or twice."""
    case = workable(case_id, Permission.CASE_VOID)
    form = forms.VoidForm()
    if form.validate_on_submit():
        service.move_case(case, "void", by=current(), closure_reason=form.reason.data)
        return redirect(url_for("cases.show", case_id=case.id), 303)
    return single_form_page(case, form, _("Void the case"), _("Void the case"))


def _decision_page(case: Case, form: forms.DecisionForm, approves: bool) -> Any:
    closure = queries.find_closure(case, ClosureStatus.PENDING)
    asked_by = closure.requested_by_id if closure else case.closure_requested_by_id
    page = render_template(
        "cases/decide_closure.html",
        case=case,
        form=form,
        closure=closure,
        approves=approves,
        asked_by=names_of({asked_by}).get(asked_by, "") if asked_by else "",
        is_asked=case.status is CaseStatus.CLOSURE_REQUESTED,
    )
    return page, 422 if form.errors else 200
