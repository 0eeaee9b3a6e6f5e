"""Protection concerns, inside a case whose reader may see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, service
from mrc.cases.models import Case, ProtectionConcern
from mrc.cases.policy import CONCERNS
from mrc.cases.queries import get_case
from mrc.cases.service import ConcernDetails
from mrc.cases.states import WORKED_ON, Grade
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import workable
from mrc.cases.views.content import single_form_page
from mrc.i18n.calendars import PartialDate
from mrc.web.commits import commits


@blueprint.route("/cases/<uuid:case_id>/concerns/new", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def raise_concern(case_id: UUID) -> Any:
    """Write down a danger; the case becomes protected."""
    case = workable(case_id)
    form = forms.ConcernForm()
    if form.validate_on_submit():
        details = ConcernDetails(
            form.kind.data,
            Grade(form.severity.data),
            form.determined_by.data,
            form.since.data.iso if form.since.data else None,
            form.details.data or "",
            form.safety_plan.data or "",
        )
        service.raise_concern(case, details, by=current())
        return redirect(url_for("cases.show", case_id=case.id), 303)
    page = render_template("cases/raise_concern.html", case=case, form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/cases/<uuid:case_id>/concerns/<uuid:concern_id>")
@requires(Permission.CASE_VIEW)
def concern(case_id: UUID, concern_id: UUID) -> str:
    """One concern with its safety plan."""
    case = get_case(case_id, by=current())
    found: ProtectionConcern = CONCERNS.get(current(), concern_id, parent_id=case.id)
    record_read(
        Event.CONCERN_READ,
        by=current(),
        centre_id=case.centre_id,
        subject=("protection_concern", found.id),
    )
    named = {user_id for user_id in (found.raised_by_id, found.resolved_by_id) if user_id}
    return render_template(
        "cases/concern.html",
        case=case,
        concern=found,
        people=names_of(named),
        action_form=forms.ActionForm(),
        may_work=current().can(Permission.CASE_WORK, case.centre_id) and case.status in WORKED_ON,
    )


@blueprint.route("/cases/<uuid:case_id>/concerns/<uuid:concern_id>/edit", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def edit_concern(case_id: UUID, concern_id: UUID) -> Any:
    """Change a standing concern; a colleague's change at the same time is merged or shown."""
    case = workable(case_id)
    found = _concern(case, concern_id)
    form = forms.ConcernForm()
    key = f"protection_concern:{found.id}"
    values = {
        "kind": found.kind,
        "severity": found.severity.value,
        "determined_by": found.determined_by,
        "since": PartialDate.from_iso(found.since) if found.since else None,
        "details": found.details,
        "safety_plan": found.safety_plan,
    }
    form.start_from(key, found.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, found.version, values)
        changed: dict[str, object] = {name: text or None for name, text in merged.items()}
        changed["severity"] = Grade(merged["severity"])
        service.change_concern(case, found, changed, by=current())
        return _shown(case, found)
    return single_form_page(case, form, _("Change the concern"), _("Save"), keeps_drafts=True)


@blueprint.route("/cases/<uuid:case_id>/concerns/<uuid:concern_id>/resolve", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def resolve_concern(case_id: UUID, concern_id: UUID) -> Any:
    """Say why a concern no longer stands."""
    case = workable(case_id)
    found = _concern(case, concern_id)
    form = forms.ResolveForm()
    if form.validate_on_submit():
        service.resolve_concern(case, found, form.resolution.data or "", by=current())
        return _shown(case, found)
    return single_form_page(case, form, _("Resolve the concern"), _("Resolve"))


@blueprint.post("/cases/<uuid:case_id>/concerns/<uuid:concern_id>/reopen")
@requires(Permission.CASE_WORK)
@commits
def reopen_concern(case_id: UUID, concern_id: UUID) -> Any:
    """Say that a resolved concern stands again."""
    case = workable(case_id)
    found = _concern(case, concern_id)
    service.reopen_concern(case, found, by=current())
    return _shown(case, found)


def _concern(case: Case, concern_id: UUID) -> ProtectionConcern:
    found: ProtectionConcern = CONCERNS.get(
        current(), concern_id, parent_id=case.id, permission=Permission.CASE_WORK
    )
    return found


def _shown(case: Case, found: ProtectionConcern) -> Any:
    return redirect(url_for("cases.concern", case_id=case.id, concern_id=found.id), 303)
