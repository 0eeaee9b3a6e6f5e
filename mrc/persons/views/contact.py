"""The addresses of a person with their plans, and the code words agreed for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core.errors import Refused
from mrc.persons import queries, service
from mrc.persons.forms import ActionForm, AddressForm, CodeWordForm, PlanForm
from mrc.persons.models import Address, Person, PersonAddress
from mrc.persons.policy import PERSON_ADDRESSES
from mrc.persons.service import NewAddress
from mrc.persons.states import AddressRelation
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable, wrong
from mrc.web.commits import commits


@blueprint.route("/persons/<uuid:person_id>/addresses/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def add_address(person_id: UUID) -> Any:
    """Add an address with its plan: a new one, or one that reaches the family already."""
    person = editable(person_id, Permission.PERSON_EDIT)
    form = AddressForm(_addresses_of_family(person))
    form.phone.region = get_centre(person.centre_id).country
    if form.validate_on_submit() and (value := form.value()) is not None:
        address = NewAddress(
            *value,
            AddressRelation(form.relation.data),
            may_call=form.may_call.data,
            may_message=form.may_message.data,
            instruction=form.instruction.data or "",
        )
        try:
            link = service.add_address(person, address, by=current())
            return redirect(url_for("persons.change_plan", person_id=person.id, link_id=link.id), 303)
        except Refused as refusal:
            wrong(form, refusal)
    return render_template("persons/address.html", form=form, person=person), 422 if form.errors else 200


@blueprint.route("/persons/<uuid:person_id>/addresses/<uuid:link_id>", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def change_plan(person_id: UUID, link_id: UUID) -> Any:
    """Change how and when an address may be used for this person."""
    link = _link(person_id, link_id, Permission.PERSON_EDIT)
    form = PlanForm()
    values = service.plan_of(link)
    key = f"person_address:{link.id}"
    form.start_from(key, link.version, values)
    if form.validate_on_submit():
        try:
            merged = form.merged(key, link.version, values)
            service.change_plan(link, service.plan_from(merged), by=current())
            return redirect(url_for("persons.show", person_id=person_id), 303)
        except Refused as refusal:
            wrong(form, refusal)
    page = render_template("persons/plan.html", form=form, link=link, action=ActionForm())
    return page, 422 if form.errors else 200


@blueprint.post("/persons/<uuid:person_id>/addresses/<uuid:link_id>/reviewed")
@requires(Permission.PERSON_EDIT)
@commits
def review_plan(person_id: UUID, link_id: UUID) -> Any:
    """Say that the plan was gone through with the person and still stands."""
    service.review_plan(_link(person_id, link_id, Permission.PERSON_EDIT), by=current())
    return redirect(url_for("persons.show", person_id=person_id), 303)


@blueprint.route("/persons/<uuid:person_id>/addresses/<uuid:link_id>/code-word", methods=["GET", "POST"])
@requires(Permission.IDENTIFIER_REVEAL)
@commits
def code_word(person_id: UUID, link_id: UUID) -> Any:
    """Show the code word, or agree on another one; it is logged who looked."""
    link = _link(person_id, link_id, Permission.IDENTIFIER_REVEAL)
    record_read(
        Event.IDENTIFIER_REVEALED,
        by=current(),
        centre_id=link.person.centre_id,
        subject=("person", person_id),
        details={"address": str(link.address_id), "kind": "code_word"},
    )
    form = CodeWordForm()
    values = {"code_word": link.code_word or ""}
    key = f"code_word:{link.id}"
    form.start_from(key, link.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, link.version, values)
        service.set_code_word(link, merged["code_word"], by=current())
        return redirect(url_for("persons.show", person_id=person_id), 303)
    return render_template("persons/code_word.html", form=form, link=link), 422 if form.errors else 200


def _link(person_id: UUID, link_id: UUID, permission: Permission) -> PersonAddress:
    link: PersonAddress = PERSON_ADDRESSES.get(current(), link_id, parent_id=person_id, permission=permission)
    return link


def _addresses_of_family(person: Person) -> list[Address]:
    """What reaches the relatives whom the reader sees, and not this person yet."""
    relatives = queries.list_relatives(person, by=current())
    own = {link.address_id for link in queries.list_addresses(person)}
    known = queries.list_addresses_of([relative.person.id for relative in relatives], by=current())
    return [address for address in known if address.id not in own]
