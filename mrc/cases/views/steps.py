"""The steps of a case: who carries it, follow-up, closure, confidentiality."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import redirect, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_counsellors
from mrc.cases import forms, queries, service
from mrc.cases.models import Case
from mrc.cases.policy import CASES
from mrc.cases.states import CaseStatus
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import uuid_of, workable
from mrc.cases.views.content import single_form_page
from mrc.core import clock
from mrc.web.commits import commits


@blueprint.route("/cases/<uuid:case_id>/assign", methods=["GET", "POST"])
@requires(Permission.CASE_WORK, Permission.CASE_ASSIGN)
@commits
def assign(case_id: UUID) -> Any:
    """Give the case to a counsellor, or take it when nobody has it."""
    case = workable(case_id)
    people = list_counsellors(case.centre_id)
    form = forms.AssignForm(people)
    if form.validate_on_submit():
        service.assign_case(case, uuid_of(form.counsellor.data), by=current())
        return redirect(
            url_for("cases.index") if not _still_visible(case) else url_for("cases.show", case_id=case.id),
            303,
        )
    return single_form_page(case, form, _("Give the case to a counsellor"), _("Give"))


@blueprint.post("/cases/<uuid:case_id>/take")
@requires(Permission.CASE_WORK)
@commits
def take(case_id: UUID) -> Any:
    """Take a case that nobody has."""
    case = workable(case_id)
    user_id = current().user_id
    assert user_id is not None
    service.assign_case(case, user_id, by=current())
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.route("/cases/<uuid:case_id>/follow-up", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def follow_up(case_id: UUID) -> Any:
    """Put the case into follow-up, to be looked at again in some days."""
    case = workable(case_id)
    form = forms.FollowUpForm()
    if form.validate_on_submit():
        due = clock.now() + timedelta(days=form.days.data or 0)
        if case.status is CaseStatus.OPEN:
            service.move_case(case, "follow_up", by=current(), follow_up_at=due)
        else:
            service.change_case(case, {"follow_up_at": due}, by=current())
        return redirect(url_for("cases.show", case_id=case.id), 303)
    return single_form_page(case, form, _("Follow up later"), _("Save"))


@blueprint.post("/cases/<uuid:case_id>/resume")
@requires(Permission.CASE_WORK)
@commits
def resume(case_id: UUID) -> Any:
    """Take the case out of follow-up."""
    case = workable(case_id)
    service.move_case(case, "resume", by=current())
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.route("/cases/<uuid:case_id>/level", methods=["GET", "POST"])
@requires(Permission.CASE_LEVEL_SET)
@commits
def level(case_id: UUID) -> Any:
    """Set the confidentiality and the team."""
    case = workable(case_id, Permission.CASE_LEVEL_SET)
    people = list_counsellors(case.centre_id)
    form = forms.LevelForm(people)
    key = f"case-level:{case.id}"
    members = [str(member) for member in queries.list_member_ids(case)]
    values = {"level": str(case.confidentiality), "members": members}
    form.start_from(key, case.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, case.version, values)
        named = frozenset(uuid_of(member) for member in merged["members"].split(",") if member)
        service.name_team(case, named, by=current())
        service.set_level(case, int(merged["level"]), by=current())
        return redirect(
            url_for("cases.index") if not _still_visible(case) else url_for("cases.show", case_id=case.id),
            303,
        )
    return single_form_page(case, form, _("Confidentiality and team"), _("Save"))


def _still_visible(case: Case) -> bool:
    return CASES.permits(current(), case)
