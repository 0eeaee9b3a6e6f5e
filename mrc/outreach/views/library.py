"""The library's ready answers: the list, drafting, approving, keeping them right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.cases.views.refusals import show_on
from mrc.centres.queries import list_centres
from mrc.core import clock
from mrc.core.errors import Refused
from mrc.i18n.locales import LOCALES
from mrc.messaging.approvals import ANSWER
from mrc.messaging.lexicon import faults
from mrc.messaging.models import CannedAnswer
from mrc.messaging.queries import answers as queries
from mrc.messaging.queries.answers import AnswerFilter
from mrc.messaging.service import canned as service
from mrc.messaging.states import AnswerStatus
from mrc.outreach import forms
from mrc.outreach.views.blueprint import blueprint
from mrc.web.commits import commits

ALL = ""


@blueprint.get("/library")
@requires(Permission.LIBRARY_VIEW)
def library() -> str:
    """The ready answers, narrowed by the chips in the URL."""
    status, language = request.args.get("status", ""), request.args.get("language", "")
    wanted = AnswerFilter(
        language if language in LOCALES else None,
        AnswerStatus(status) if status in set(AnswerStatus) else None,
    )
    return render_template(
        "outreach/library.html",
        page=queries.list_answers(current(), wanted, cursor=request.args.get("cursor")),
        languages=LOCALES,
        centres=_centre_names(),
        today=clock.now().date(),
        may_write=current().can(Permission.LIBRARY_WRITE),
    )


@blueprint.route("/library/answers/new", methods=["GET", "POST"])
@requires(Permission.LIBRARY_WRITE)
@commits
def new_answer() -> Any:
    """Draft a ready answer."""
    form = forms.AnswerForm(centre_choices(Permission.LIBRARY_WRITE))
    if form.validate_on_submit():
        try:
            answer = service.draft_answer(form.answer(), centre_id=centre_of(form.centre.data), by=current())
            return _shown(answer)
        except Refused as refusal:
            show_on(form, refusal)
    return render_template("outreach/edit_answer.html", form=form, answer=None), 422 if form.errors else 200


@blueprint.get("/library/answers/<uuid:answer_id>")
@requires(Permission.LIBRARY_VIEW)
def answer(answer_id: UUID) -> str:
    """One ready answer, and what may be done with it."""
    return _page(queries.get_answer(answer_id, by=current()), forms.ReviewOnForm())


@blueprint.route("/library/answers/<uuid:answer_id>/edit", methods=["GET", "POST"])
@requires(Permission.LIBRARY_WRITE)
@commits
def edit_answer(answer_id: UUID) -> Any:
    """Change a draft; a colleague's change at the same time is merged or shown."""
    row = queries.get_answer(answer_id, by=current())
    form = forms.AnswerForm([])
    del form.centre
    key = f"canned_answer:{row.id}"
    values = {name: getattr(row, name) for name in ("shortcut", "title", "language", "body")}
    form.start_from(key, row.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, row.version, values)
        try:
            service.change_answer(row, form.answer(merged), by=current())
            return _shown(row)
        except Refused as refusal:
            show_on(form, refusal)
    return render_template("outreach/edit_answer.html", form=form, answer=row), 422 if form.errors else 200


@blueprint.post("/library/answers/<uuid:answer_id>/<any(approve, renew):step>")
@requires(Permission.LIBRARY_APPROVE)
@commits
def keep_answer(answer_id: UUID, step: str) -> Any:
    """Approve an answer, or say that it is still right, until a day."""
    row = queries.get_answer(answer_id, by=current(), lock=True)
    form = forms.ReviewOnForm()
    if form.validate_on_submit():
        try:
            take = service.approve_answer if step == "approve" else service.renew_answer
            take(row, by=current(), review_on=form.day)
            flash(_("The answer is offered to counsellors."))
            return _shown(row)
        except Refused as refusal:
            show_on(form, refusal)
    return _page(row, form), 422


@blueprint.post("/library/answers/<uuid:answer_id>/<any(take_back, retire):step>")
@requires(Permission.LIBRARY_APPROVE)
@commits
def step_answer(answer_id: UUID, step: str) -> Any:
    """Take an answer back to be changed, or for good."""
    row = queries.get_answer(answer_id, by=current(), lock=True)
    if step == "retire":
        service.retire_answer(row, by=current())
    else:
        service.take_back_answer(row, by=current())
    return _shown(row)


def centre_choices(permission: Permission) -> list[tuple[str, str]]:
    """For whom the reader may write: their centres, and everybody where their right reaches everywhere."""
    scope = current().centres(permission)
    own = [(str(centre.id), centre.name) for centre in list_centres(scope)]
    return [(ALL, _("Every centre")), *own] if scope.everywhere else own


def centre_of(chosen: str) -> UUID | None:
    """The centre that was chosen from the choices; None for every centre."""
    return UUID(chosen) if chosen else None


def _page(row: CannedAnswer, form: forms.ReviewOnForm) -> str:
    identity = current()
    people = (row.written_by_id, row.approved_by_id)
    return render_template(
        "outreach/answer.html",
        answer=row,
        language=LOCALES[row.language],
        centres=_centre_names(),
        people=names_of({user_id for user_id in people if user_id}),
        faults=faults(row.body, row.language),
        steps=[step.name for step in ANSWER.allowed(row.status)],
        may_write=service.may_keep(row.centre_id, Permission.LIBRARY_WRITE, identity),
        may_approve=service.may_keep(row.centre_id, Permission.LIBRARY_APPROVE, identity),
        is_own=row.written_by_id == identity.user_id,
        today=clock.now().date(),
        form=form,
        action_form=forms.ActionForm(),
    )


def _centre_names() -> dict[UUID, str]:
    return {centre.id: centre.name for centre in list_centres(current().centres(Permission.LIBRARY_VIEW))}


def _shown(row: CannedAnswer) -> Any:
    return redirect(url_for("outreach.answer", answer_id=row.id), 303)
