"""Handing cases over: what waits for an answer, the log, transfers, requests and shares."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_counsellors, names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.models import Case, Handover
from mrc.cases.policy import CASES, HANDOVERS
from mrc.cases.service import TransferDetails
from mrc.cases.states import HandoverKind
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import uuid_of, workable
from mrc.cases.views.content import single_form_page
from mrc.centres.queries import list_centres
from mrc.core.errors import NotFound, Refused
from mrc.core.refs import parse_case_number
from mrc.web.commits import commits
from mrc.web.forms import Form


@blueprint.get("/hand-overs")
@requires(Permission.CASE_WORK)
def handovers() -> str:
    """What waits for the reader's answer, what they asked for, what is shared with them, and the log."""
    page = queries.list_handovers(current(), cursor=request.args.get("cursor"))
    incoming = queries.list_incoming(current())
    requests, asked = queries.list_requests(current()), queries.list_own_asked(current())
    record_read(Event.HANDOVERS_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    rows = [*page.items, *(one.row for one in incoming), *requests, *asked]
    return render_template(
        "cases/handovers.html",
        page=page,
        incoming=incoming,
        requests=requests,
        asked=asked,
        shared=queries.list_shared_with(current()),
        people=_people(rows),
        centre_names={centre.id: centre.name for centre in list_centres()},
        form=forms.ActionForm(),
    )


@blueprint.route("/cases/<uuid:case_id>/transfer", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def transfer(case_id: UUID) -> Any:
    """Ask another centre to take the case, the person and what belongs to them."""
    case = workable(case_id)
    centres = [(centre.id, centre.name) for centre in list_centres() if centre.id != case.centre_id]
    form = forms.TransferForm(centres)
    if form.validate_on_submit():
        wanted = TransferDetails(
            uuid_of(form.centre.data), form.reason.data or "", form.without_consent.data or ""
        )
        try:
            service.ask_transfer(case, wanted, by=current())
            flash(_("The other centre is asked. The case stays here until they accept."))
            return redirect(url_for("cases.show", case_id=case.id), 303)
        except Refused as refusal:
            _show_on(form, refusal)
    return single_form_page(
        case, form, _("Transfer to another centre"), _("Ask the centre"), keeps_drafts=True
    )


@blueprint.route("/cases/<uuid:case_id>/share", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def share(case_id: UUID) -> Any:
    """Let a colleague of any centre read the case until a day."""
    case = workable(case_id)
    people = {centre.name: _colleagues(centre.id, case) for centre in list_centres()}
    form = forms.ShareForm({name: found for name, found in people.items() if found})
    if form.validate_on_submit() and form.until_on.day:
        try:
            service.share_case(
                case,
                uuid_of(form.colleague.data),
                form.until_on.day,
                by=current(),
                reason=form.reason.data or "",
            )
            flash(_("The colleague can read the case now."))
            return redirect(url_for("cases.show", case_id=case.id), 303)
        except Refused as refusal:
            _show_on(form, refusal)
    return single_form_page(case, form, _("Share for reading"), _("Share"))


@blueprint.post("/cases/<uuid:case_id>/hand-overs/<uuid:handover_id>/end")
@requires(Permission.CASE_WORK)
@commits
def end_share(case_id: UUID, handover_id: UUID) -> Any:
    """Take a share back."""
    case = workable(case_id)
    row: Handover = HANDOVERS.get(current(), handover_id, parent_id=case.id, permission=Permission.CASE_WORK)
    if row.kind is not HandoverKind.SHARE:
        raise NotFound
    service.end_share(row, by=current())
    flash(_("The case is no longer shared."))
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.route("/hand-overs/ask", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def ask_for_case() -> Any:
    """Ask for a case by its number. The answer is the same whether there is such a case or not."""
    form = forms.AskForm()
    if not form.is_submitted():
        form.number.data = form.number.data or request.args.get("number", "")
    if form.validate_on_submit():
        number = parse_case_number(form.number.data)
        case = queries.find_case_to_ask_for(number) if number else None
        if case is not None and case.counsellor_id != current().user_id:
            service.ask_for(case, form.reason.data or "", by=current())
        flash(_("If there is an open case with this number, whoever carries it is asked."))
        return redirect(url_for("cases.handovers"), 303)
    return render_template("cases/ask_for.html", form=form), 422 if form.errors else 200


@blueprint.route("/hand-overs/<uuid:handover_id>/accept", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def accept_handover(handover_id: UUID) -> Any:
    """Take a case over, or give one that is asked for."""
    row = _to_answer(handover_id)
    people = list_counsellors(row.to_centre_id or row.centre_id)
    form = forms.AcceptForm(people)
    if row.kind is HandoverKind.TRANSFER or row.to_centre_id is None:
        del form.without_consent
    if row.kind is HandoverKind.REQUEST and not form.is_submitted():
        form.counsellor.data = str(row.to_user_id)
    if form.validate_on_submit():
        ground = form.without_consent.data if "without_consent" in form else ""
        try:
            service.accept(row, uuid_of(form.counsellor.data), by=current(), without_consent=ground or "")
            flash(_("The case has changed hands."))
            return redirect(_after(row.case), 303)
        except Refused as refusal:
            _show_on(form, refusal)
    return _answer_page(row, form, _("Accept"), _("Accept"))


@blueprint.route("/hand-overs/<uuid:handover_id>/decline", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def decline_handover(handover_id: UUID) -> Any:
    """Say no, and why."""
    row = _to_answer(handover_id)
    form = forms.DeclineForm()
    if form.validate_on_submit():
        service.decline(row, form.answer.data or "", by=current())
        flash(_("Answered. The case stays where it is."))
        return redirect(url_for("cases.handovers"), 303)
    return _answer_page(row, form, _("Decline"), _("Decline"))


@blueprint.post("/hand-overs/<uuid:handover_id>/withdraw")
@requires(Permission.CASE_WORK)
@commits
def withdraw_handover(handover_id: UUID) -> Any:
    """Take back what one asked for."""
    row = queries.get_handover(handover_id, by=current())
    service.withdraw(row, by=current())
    flash(_("Withdrawn."))
    return redirect(url_for("cases.handovers"), 303)


def _to_answer(handover_id: UUID) -> Handover:
    row = queries.get_handover(handover_id, by=current())
    if not service.may_answer(row, current()):
        raise NotFound
    return row


def _answer_page(row: Handover, form: Form, title: str, submit: str) -> Any:
    page = render_template(
        "cases/answer_handover.html",
        row=row,
        form=form,
        title=title,
        submit=submit,
        people=_people([row]),
        centre_names={centre.id: centre.name for centre in list_centres()},
        needs=queries.needs_of(row.case),
    )
    return page, 422 if form.errors else 200


def _after(case: Case) -> str:
    sees = CASES.permits(current(), case)
    return url_for("cases.show", case_id=case.id) if sees else url_for("cases.handovers")


def _colleagues(centre_id: UUID, case: Case) -> list[tuple[UUID, str]]:
    left_out = {current().user_id, case.counsellor_id}
    return [(key, name) for key, name in list_counsellors(centre_id) if key not in left_out]


def _people(rows: list[Handover]) -> dict[UUID, str]:
    named = {
        key for row in rows for key in (row.asked_by_id, row.from_user_id, row.to_user_id, row.decided_by_id)
    }
    return names_of({key for key in named if key})


def _show_on(form: Form, refusal: Refused) -> None:
    if not refusal.fields:
        raise refusal
    for name, words in refusal.fields.items():
        if name in form:
            form[name].errors = [words]
