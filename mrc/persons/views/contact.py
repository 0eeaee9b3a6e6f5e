"""The addresses of a person with their plans, and the consent ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.centres.queries import get_centre
from mrc.persons import service
from mrc.persons.forms import AddressForm, ConsentForm, PlanForm
from mrc.persons.policy import CONSENTS, PERSON_ADDRESSES
from mrc.persons.service import NewAddress, NewConsent
from mrc.persons.states import AddressKind, AddressRelation, ConsentMode, ConsentPurpose
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable
from mrc.web.commits import commits


@blueprint.route("/persons/<uuid:person_id>/addresses/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def add_address(person_id: UUID) -> Any:
    """Add an address with its plan."""
    person = editable(person_id, Permission.PERSON_EDIT)
    form = AddressForm()
    form.phone.region = get_centre(person.centre_id).country
    if form.validate_on_submit() and form.phone.phone is not None:
        address = NewAddress(
            AddressKind(form.kind.data),
            form.phone.phone.e164,
            AddressRelation(form.relation.data),
            may_call=form.may_call.data,
            may_message=form.may_message.data,
            instruction=form.instruction.data or "",
        )
        service.add_address(person, address, by=current())
        return redirect(url_for("persons.show", person_id=person.id), 303)
    return render_template("persons/address.html", form=form, person=person), 422 if form.errors else 200


@blueprint.route("/persons/<uuid:person_id>/addresses/<uuid:link_id>", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def change_plan(person_id: UUID, link_id: UUID) -> Any:
    """Change how and when an address may be used for this person."""
    link = PERSON_ADDRESSES.get(current(), link_id, parent_id=person_id, permission=Permission.PERSON_EDIT)
    form = PlanForm(obj=link)
    values = service.plan_of(link)
    key = f"person_address:{link.id}"
    form.start_from(key, link.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, link.version, values)
        service.change_plan(link, service.plan_from(merged), by=current())
        return redirect(url_for("persons.show", person_id=person_id), 303)
    return render_template("persons/plan.html", form=form, link=link), 422 if form.errors else 200


@blueprint.route("/persons/<uuid:person_id>/consents/new", methods=["GET", "POST"])
@requires(Permission.CONSENT_RECORD)
@commits
def add_consent(person_id: UUID) -> Any:
    """Record one consent."""
    person = editable(person_id, Permission.CONSENT_RECORD)
    form = ConsentForm()
    if form.validate_on_submit():
        consent = NewConsent(
            ConsentPurpose(form.purpose.data),
            ConsentMode(form.mode.data),
            current().locale,
            form.given_by.data,
        )
        service.record_consent(person, consent, by=current())
        return redirect(url_for("persons.show", person_id=person.id), 303)
    return render_template("persons/consent.html", form=form, person=person), 422 if form.errors else 200


@blueprint.post("/persons/<uuid:person_id>/consents/<uuid:consent_id>/withdraw")
@requires(Permission.CONSENT_RECORD)
@commits
def withdraw_consent(person_id: UUID, consent_id: UUID) -> Any:
    """Withdraw a consent, from now on."""
    consent = CONSENTS.get(current(), consent_id, parent_id=person_id, permission=Permission.CONSENT_RECORD)
    service.withdraw_consent(consent, by=current())
    return redirect(url_for("persons.show", person_id=person_id), 303)
