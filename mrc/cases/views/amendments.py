"""Correcting a consultation: what it says, its minutes by topic, who took part; and voiding it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.cases import forms, queries, service
from mrc.cases.models import Consultation
from mrc.cases.policy import PARTICIPANTS
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import uuid_of
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.persons.queries import get_person, search_persons
from mrc.web.commits import commits
from mrc.web.forms import Form

CORRECTS = (Permission.CONSULTATION_RECORD, Permission.CONSULTATION_CORRECT)


@blueprint.route("/consultations/<uuid:consultation_id>/amend", methods=["GET", "POST"])
@requires(*CORRECTS)
@commits
def amend(consultation_id: UUID) -> Any:
    """Correct what a consultation says; a colleague's correction at the same time is merged or shown."""
    row = _amendable(consultation_id)
    form = forms.AmendForm(row, get_centre(row.centre_id).country)
    values = form.values_of(row)
    key = f"consultation:{row.id}"
    form.start_from(key, row.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, row.version, values)
        try:
            service.amend_consultation(
                row, form.corrected(merged), reason=form.reason.data or "", by=current()
            )
            flash(_("The consultation is corrected; what it said before is kept."))
            return redirect(_url(row), 303)
        except Refused as refusal:
            _show(refusal, form)
    return _page("cases/amend.html", row, form)


@blueprint.route("/consultations/<uuid:consultation_id>/minutes", methods=["GET", "POST"])
@requires(*CORRECTS)
@commits
def split_minutes(consultation_id: UUID) -> Any:
    """Say how many of the minutes went to which topic."""
    row = _amendable(consultation_id)
    form = forms.SplitForm(row.topics)
    known = queries.list_split(row)
    if not form.is_submitted():
        form.split.data = dict(known)
    if form.validate_on_submit():
        try:
            service.split_minutes(row, form.split.data, reason=form.reason.data or "", by=current())
            return redirect(_url(row), 303)
        except Refused as refusal:
            _show(refusal, form)
    return _page("cases/minutes.html", row, form, known=known)


@blueprint.route("/consultations/<uuid:consultation_id>/void", methods=["GET", "POST"])
@requires(*CORRECTS)
@commits
def void_consultation(consultation_id: UUID) -> Any:
    """Say that a consultation was recorded by mistake."""
    row = _amendable(consultation_id)
    form = forms.VoidConsultationForm()
    if form.validate_on_submit():
        service.void_consultation(row, reason=form.reason.data or "", by=current())
        flash(_("The consultation is void: it is kept, but not counted."))
        return redirect(_url(row), 303)
    return _page("cases/void_consultation.html", row, form)


@blueprint.route("/consultations/<uuid:consultation_id>/participants", methods=["GET", "POST"])
@requires(*CORRECTS)
@commits
def add_participant(consultation_id: UUID) -> Any:
    """Find somebody who took part in a group and was left out, and add them."""
    row = _amendable(consultation_id)
    if not row.is_group:
        raise NotFound
    form = forms.ParticipantForm()
    if form.validate_on_submit():
        person = get_person(uuid_of(request.form.get("person", "")), by=current())
        try:
            service.add_participant(
                row,
                person,
                has_consented=bool(form.has_consented.data),
                reason=form.reason.data or "",
                by=current(),
            )
            return redirect(_url(row), 303)
        except Refused as refusal:
            _show(refusal, form)
    text = request.args.get("q", "").strip()[:200]
    found = search_persons(current(), text) if text else []
    near = [one for one in found if one.person.centre_id == row.centre_id]
    return _page("cases/add_participant.html", row, form, text=text, found=near)


@blueprint.route(
    "/consultations/<uuid:consultation_id>/participants/<uuid:participant_id>/remove", methods=["GET", "POST"]
)
@requires(*CORRECTS)
@commits
def remove_participant(consultation_id: UUID, participant_id: UUID) -> Any:
    """Take out somebody who did not take part after all."""
    row = _amendable(consultation_id)
    participant = PARTICIPANTS.get(current(), participant_id, parent_id=row.id)
    form = forms.ReasonForm()
    if form.validate_on_submit():
        try:
            service.remove_participant(row, participant, reason=form.reason.data or "", by=current())
            return redirect(_url(row), 303)
        except Refused as refusal:
            _show(refusal, form)
    return _page("cases/remove_participant.html", row, form, participant=participant)


def _amendable(consultation_id: UUID) -> Consultation:
    row = queries.get_consultation(consultation_id, by=current())
    if not service.may_amend(row, current()):
        raise NotFound
    if row.voided_at is not None:
        raise Refused(_("The consultation was recorded by mistake and is not changed any more."))
    return row


def _show(refusal: Refused, form: Form) -> None:
    """Put what was refused beside its fields; a refusal without a field is a page of its own."""
    if not refusal.fields:
        raise refusal
    for name, words in refusal.fields.items():
        form[name].errors = [words]


def _page(template: str, row: Consultation, form: Form, **values: Any) -> Any:
    page = render_template(
        template, consultation=row, form=form, needs_reason=service.needs_reason(row), **values
    )
    return page, 422 if form.errors else 200


def _url(row: Consultation) -> str:
    return url_for("cases.consultation", consultation_id=row.id)
