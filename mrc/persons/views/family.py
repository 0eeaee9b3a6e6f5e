"""A person's family: relatives found or newly registered, guardians, and the household."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.persons import queries, service
from mrc.persons.forms import ActionForm, HouseholdForm, MemberForm, RelativeForm
from mrc.persons.models import Person
from mrc.persons.policy import HOUSEHOLD_MEMBERS
from mrc.persons.service import PossibleDuplicates
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable, looked_at_persons, wrong
from mrc.web.commits import commits

CARRIED_OVER = ("family_name", "nationality", "district", "languages")
"""What members of one family mostly share; everything can be changed before it is saved."""


@blueprint.get("/persons/<uuid:person_id>/family")
@requires(Permission.PERSON_VIEW)
def family(person_id: UUID) -> str:
    """The relatives and the household of a person, as a list."""
    person = queries.get_person(person_id, by=current())
    record_read(Event.PERSON_OPENED, by=current(), centre_id=person.centre_id, subject=("person", person.id))
    return render_template(
        "persons/family.html",
        person=person,
        relatives=queries.list_relatives(person, by=current()),
        household=queries.find_household(person, by=current()),
        form=ActionForm(),
    )


@blueprint.route("/persons/<uuid:person_id>/family/add", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def add_relative(person_id: UUID) -> Any:
    """Find a relative among the registered (`q`), choose one (`other`), and say what they are."""
    person = editable(person_id, Permission.PERSON_EDIT)
    other = _other(person)
    form = RelativeForm()
    if other is not None and form.validate_on_submit() and not form.lacks_basis():
        try:
            service.add_relative(person, other, form.relative(), by=current())
            if form.lives_here.data:
                service.live_together(person, other, "relative", by=current())
            return redirect(url_for("persons.family", person_id=person.id), 303)
        except Refused as refusal:
            wrong(form, refusal)
    text = request.args.get("q", "").strip()[:200]
    found = queries.search_persons(current(), text) if text and other is None else []
    if text and other is None:
        record_read(Event.PERSONS_SEARCHED, by=current(), centre_id=None, details={"hits": len(found)})
    same_centre = [
        one for one in found if one.person.centre_id == person.centre_id and one.person.id != person.id
    ]
    page = render_template(
        "persons/relative.html", form=form, person=person, other=other, text=text, found=same_centre
    )
    return page, 422 if form.errors else 200


@blueprint.route("/persons/<uuid:person_id>/family/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def register_relative(person_id: UUID) -> Any:
    """Register a new member of the family; names, places and addresses of the family are offered."""
    person = editable(person_id, Permission.PERSON_EDIT)
    centre = get_centre(person.centre_id)
    links = queries.list_addresses(person)
    form = MemberForm(centre.country, [link.address for link in links])
    if not form.is_submitted() and not form.restored:
        _carry_over(form, person)
    matches: list[queries.FoundPerson] = []
    if form.validate_on_submit() and not form.lacks_basis():
        # The family shares its addresses: those who are known on this page need no second look.
        family = {relative.person.id for relative in queries.list_relatives(person, by=current())}
        looked_at = looked_at_persons() | family | {person.id}
        try:
            member = service.register_person(
                form.registration(form.shared_addresses()),
                centre_id=centre.id,
                by=current(),
                looked_at=frozenset(looked_at),
            )
            service.add_relative(person, member, form.relative(), by=current())
            if form.lives_here.data:
                service.live_together(person, member, "relative", by=current())
            flash(_("The person is registered."))
            return redirect(url_for("persons.family", person_id=person.id), 303)
        except PossibleDuplicates as refusal:
            matches = queries.load_matches(current(), refusal.matches)
        except Refused as refusal:
            wrong(form, refusal)
    page = render_template("persons/member.html", form=form, person=person, matches=matches)
    return page, 422 if form.errors or matches else 200


@blueprint.post("/persons/<uuid:person_id>/family/<uuid:relation_id>/end")
@requires(Permission.PERSON_EDIT)
@commits
def end_relation(person_id: UUID, relation_id: UUID) -> Any:
    """Say that a relation is over."""
    person = editable(person_id, Permission.PERSON_EDIT)
    relation = queries.get_relation(person, relation_id, by=current())
    service.end_relation(person, relation, by=current())
    return redirect(url_for("persons.family", person_id=person.id), 303)


@blueprint.route("/persons/<uuid:person_id>/household/<uuid:household_member_id>", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def household(person_id: UUID, household_member_id: UUID) -> Any:
    """Change the person's role and what the household is called."""
    member = HOUSEHOLD_MEMBERS.get(
        current(), household_member_id, parent_id=person_id, permission=Permission.PERSON_EDIT
    )
    seen = queries.find_household(member.person, by=current())
    if seen is None or seen.own.id != member.id:
        raise NotFound
    form = HouseholdForm()
    # The label of a household whose members are not all seen stays as it is and is not shown.
    is_whole = seen.label == seen.household.label
    if not is_whole:
        del form.label
    values: dict[str, object] = {"role": member.role}
    if is_whole:
        values["label"] = seen.label or ""
    key = f"household:{member.household_id}:{member.id}"
    # One form over two rows: both versions only rise, so their sum is the same only when both are.
    version = member.version + member.household.version
    form.start_from(key, version, values)
    if form.validate_on_submit():
        merged = form.merged(key, version, values)
        label = merged["label"] if is_whole else member.household.label or ""
        service.change_household(member, merged["role"], label, by=current())
        return redirect(url_for("persons.family", person_id=person_id), 303)
    page = render_template("persons/household.html", form=form, person=member.person)
    return page, 422 if form.errors else 200


@blueprint.post("/persons/<uuid:person_id>/household/<uuid:household_member_id>/leave")
@requires(Permission.PERSON_EDIT)
@commits
def leave_household(person_id: UUID, household_member_id: UUID) -> Any:
    """Say that the person lives there no more."""
    member = HOUSEHOLD_MEMBERS.get(
        current(), household_member_id, parent_id=person_id, permission=Permission.PERSON_EDIT
    )
    service.leave_household(member, by=current())
    return redirect(url_for("persons.family", person_id=person_id), 303)


def _other(person: Person) -> Person | None:
    """The person that the address names, when the reader may see them and they are of the same centre."""
    if not (text := request.args.get("other")):
        return None
    try:
        other = queries.get_person(UUID(text), by=current())
    except ValueError:
        raise NotFound from None
    if other.centre_id != person.centre_id:
        raise NotFound
    return other


def _carry_over(form: MemberForm, person: Person) -> None:
    known = service.form_values(person)
    for name in CARRIED_OVER:
        if name in form:
            form[name].data = known[name]
