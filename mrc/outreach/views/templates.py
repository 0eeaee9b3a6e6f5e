"""Templates: what may be said outside the 24 hours, in each language, and where it stands with WhatsApp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import Identity, current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.cases.views.refusals import show_on
from mrc.core.errors import Refused
from mrc.i18n.locales import LOCALES
from mrc.messaging.approvals import FOR_PEOPLE, TEMPLATE
from mrc.messaging.lexicon import faults_of_version
from mrc.messaging.models import TemplateVersion
from mrc.messaging.queries import templates as queries
from mrc.messaging.service import templates as service
from mrc.messaging.states import TemplateStatus
from mrc.messaging.wording import filled, samples_of
from mrc.outreach import forms
from mrc.outreach.views.blueprint import blueprint
from mrc.web.commits import commits

Step = Callable[[TemplateVersion, Identity], None]
SIMPLE: dict[str, Step] = {
    "take_back": lambda version, by: service.take_back_version(version, by=by),
    "submit": lambda version, by: service.submit_version(version, by=by),
    "retire": lambda version, by: service.retire_version(version, by=by),
    "retire_all": lambda version, by: service.retire_template(version.template, by=by),
    "accept_category": lambda version, by: service.accept_category(version, by=by),
}


@blueprint.get("/admin/templates")
@requires(Permission.TEMPLATE_MANAGE)
def templates() -> str:
    """Every template by its languages, and those that need somebody on top."""
    return render_template(
        "outreach/templates.html",
        templates=queries.list_templates(),
        troubled=queries.list_troubled(),
        languages=LOCALES,
        purposes=forms.PURPOSES,
        form=forms.ActionForm(),
    )


@blueprint.route("/admin/templates/new", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_MANAGE)
@commits
def new_template() -> Any:
    """Write a template and its first wording."""
    form = forms.TemplateForm()
    if form.validate_on_submit():
        try:
            return _shown(service.draft_template(form.template(), form.wording(), by=current()))
        except Refused as refusal:
            show_on(form, refusal)
    return render_template("outreach/new_template.html", form=form), 422 if form.errors else 200


@blueprint.get("/admin/templates/<uuid:wording_id>")
@requires(Permission.TEMPLATE_MANAGE)
def wording(wording_id: UUID) -> str:
    """One wording: as a phone shows it, beside the one before it, and what may be done with it."""
    return _page(queries.get_version(wording_id), forms.ReviewForm())


@blueprint.route("/admin/templates/<uuid:wording_id>/edit", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_MANAGE)
@commits
def edit_wording(wording_id: UUID) -> Any:
    """Change a draft; a colleague's change at the same time is merged or shown."""
    version = queries.get_version(wording_id)
    form = forms.WordingForm()
    key, values = f"template_version:{version.id}", _values(version)
    form.start_from(key, version.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, version.version, values) | {"language": version.language}
        try:
            service.change_draft(version, form.wording(merged), by=current())
            return _shown(version)
        except Refused as refusal:
            show_on(form, refusal)
    page = render_template("outreach/edit_wording.html", form=form, version=version, is_new=False)
    return page, 422 if form.errors else 200


@blueprint.route("/admin/templates/<uuid:wording_id>/new-version", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_MANAGE)
@commits
def new_wording(wording_id: UUID) -> Any:
    """Write the next version, or the wording in another language, from this one."""
    version = queries.get_version(wording_id)
    form = forms.WordingForm()
    if not form.is_submitted() and not form.restored:
        for name, value in _values(version).items():
            form[name].data = value
        wanted = request.args.get("language")
        form.language.data = wanted if wanted in LOCALES else version.language
    if form.validate_on_submit():
        try:
            return _shown(service.draft_version(version.template, form.wording(), by=current()))
        except Refused as refusal:
            show_on(form, refusal)
    page = render_template("outreach/edit_wording.html", form=form, version=version, is_new=True)
    return page, 422 if form.errors else 200


@blueprint.post("/admin/templates/<uuid:wording_id>/review")
@requires(Permission.TEMPLATE_APPROVE)
@commits
def review_wording(wording_id: UUID) -> Any:
    """Say that a colleague's wording is right."""
    version = queries.get_version(wording_id, lock=True)
    form = forms.ReviewForm()
    if form.validate_on_submit():
        try:
            service.review_version(version, by=current(), is_for_shared=not form.not_for_shared.data)
            flash(_("The wording is reviewed. It can be submitted now."))
            return _shown(version)
        except Refused as refusal:
            show_on(form, refusal)
    return _page(version, form), 422


@blueprint.post(
    "/admin/templates/<uuid:wording_id>/<any(take_back, submit, retire, retire_all, accept_category):step>"
)
@requires(Permission.TEMPLATE_MANAGE)
@commits
def step_wording(wording_id: UUID, step: str) -> Any:
    """One step that needs nothing but the decision."""
    version = queries.get_version(wording_id, lock=True)
    SIMPLE[step](version, current())
    return _shown(version)


@blueprint.post("/admin/templates/sync")
@requires(Permission.TEMPLATE_MANAGE)
@commits
def sync_templates() -> Any:
    """Ask WhatsApp at once where the wordings stand."""
    service.sync_now(by=current())
    flash(_("WhatsApp is being asked. Look again in a moment."))
    return redirect(url_for("outreach.templates"), 303)


def _page(version: TemplateVersion, form: forms.ReviewForm) -> str:
    others = [each for each in version.template.versions if each.language == version.language]
    before = [each for each in others if each.number < version.number]
    people = (version.written_by_id, version.reviewed_by_id)
    return render_template(
        "outreach/wording.html",
        version=version,
        before=before[-1] if before else None,
        preview=filled(version, samples_of(version)),
        direction=LOCALES[version.language].direction,
        language=LOCALES[version.language],
        languages=LOCALES,
        purposes=forms.PURPOSES,
        people=names_of({user_id for user_id in people if user_id}),
        faults=faults_of_version(version, version.language),
        steps=[step.name for step in TEMPLATE.allowed(version.status) if step.name in FOR_PEOPLE],
        is_draft=version.status is TemplateStatus.DRAFT,
        may_review=version.written_by_id != current().user_id and current().can(Permission.TEMPLATE_APPROVE),
        form=form,
        action_form=forms.ActionForm(),
    )


def _values(version: TemplateVersion) -> dict[str, Any]:
    return {
        "language": version.language,
        "body": version.body,
        "variables": forms.lines_of(version.variables, "name", "sample"),
        "buttons": forms.lines_of(version.buttons, "id", "title"),
    }


def _shown(version: TemplateVersion) -> Any:
    return redirect(url_for("outreach.wording", wording_id=version.id), 303)
