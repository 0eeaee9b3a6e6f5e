"""The consent ledger: recording, withdrawing, and the form to sign."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core.errors import Refused
from mrc.i18n.locales import LOCALES, locale_of
from mrc.persons import queries, service
from mrc.persons.forms import ConsentForm, WithdrawForm
from mrc.persons.models import Person
from mrc.persons.policy import CONSENTS
from mrc.persons.service import NewConsent
from mrc.persons.states import SHARING, ChildAssent, ConsentGiver, ConsentMode, ConsentPurpose
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable, wrong
from mrc.persons.wordings import current_wording
from mrc.web.commits import commits
from mrc.web.pdf import pdf_response


@blueprint.route("/persons/<uuid:person_id>/consents/new", methods=["GET", "POST"])
@requires(Permission.CONSENT_RECORD)
@commits
def add_consent(person_id: UUID) -> Any:
    """Record one consent, after saying what must be known first."""
    person = editable(person_id, Permission.CONSENT_RECORD)
    centre = get_centre(person.centre_id)
    language = paper_language(person)
    form = ConsentForm(takes_photos=queries.rules_of(centre).takes_photos)
    if not form.is_submitted() and not form.restored:
        form.language.data = language
    if form.validate_on_submit():
        try:
            service.record_consent(person, _new_consent(form), by=current())
            return redirect(url_for("persons.show", person_id=person.id), 303)
        except Refused as refusal:
            wrong(form, refusal)
    page = render_template(
        "persons/consent.html",
        form=form,
        person=person,
        wording=current_wording(),
        spoken=locale_of(language),
        purposes=list(ConsentPurpose),
        languages=list(LOCALES.values()),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/persons/<uuid:person_id>/consents/<uuid:consent_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.CONSENT_RECORD)
@commits
def withdraw_consent(person_id: UUID, consent_id: UUID) -> Any:
    """Take a consent back, from now on."""
    consent = CONSENTS.get(current(), consent_id, parent_id=person_id, permission=Permission.CONSENT_RECORD)
    form = WithdrawForm()
    if form.validate_on_submit():
        service.withdraw_consent(consent, by=current(), reason=form.reason.data or "")
        return redirect(url_for("persons.show", person_id=person_id), 303)
    page = render_template("persons/withdraw.html", form=form, consent=consent, person=consent.person)
    return page, 422 if form.errors else 200


@blueprint.get("/persons/<uuid:person_id>/consent-form")
@requires(Permission.CONSENT_RECORD)
def consent_form(person_id: UUID) -> Response:
    """The form to print and sign, in `language` or else in the person's own."""
    person = editable(person_id, Permission.CONSENT_RECORD)
    wanted = request.args.get("language", "")
    language = wanted if wanted in LOCALES else paper_language(person)
    centre = get_centre(person.centre_id)
    takes_photos = queries.rules_of(centre).takes_photos
    record_read(
        Event.CONSENT_FORM_PRINTED,
        by=current(),
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"version": current_wording().version, "language": language},
    )
    return pdf_response(
        "persons/consent_form.html",
        filename="consent-form",
        person=person,
        centre=centre,
        wording=current_wording(),
        paper_locale=locale_of(language),
        purposes=[one for one in ConsentPurpose if takes_photos or one is not ConsentPurpose.PHOTO],
        sharing=SHARING,
    )


def paper_language(person: Person) -> str:
    """The first of the person's languages that our papers speak; the reader's own while none is known."""
    return next((tag for tag in person.languages or [] if tag in LOCALES), current().locale)


def _new_consent(form: ConsentForm) -> NewConsent:
    return NewConsent(
        ConsentPurpose(form.purpose.data),
        ConsentMode(form.mode.data),
        form.language.data,
        given_by=ConsentGiver(form.given_by.data),
        giver_name=form.giver_name.data or "",
        giver_relation=form.giver_relation.data or None,
        child_assent=ChildAssent(form.child_assent.data) if form.child_assent.data else None,
        recipient=form.recipient.data or "",
        expires_on=form.expires.data.latest if form.expires.data else None,
    )
