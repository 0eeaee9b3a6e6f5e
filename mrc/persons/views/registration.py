"""The second step of registration, and what a centre asks in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.centres.queries import get_centre
from mrc.persons import queries, service
from mrc.persons.forms import FullRegistrationForm, rule_form
from mrc.persons.states import FieldRule
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable
from mrc.persons.words import item_words
from mrc.web.commits import commits


@blueprint.route("/persons/<uuid:person_id>/registration", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def registration(person_id: UUID) -> Any:
    """The whole file in sections, in as many sittings as it takes."""
    person = editable(person_id, Permission.PERSON_EDIT)
    centre = get_centre(person.centre_id)
    form = FullRegistrationForm(centre.country, queries.rules_of(centre))
    known = service.form_values(person)
    values = {name: known[name] for name in form.own_fields}
    key = f"person:{person.id}"
    form.start_from(key, person.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, person.version, values)
        service.change_person(person, service.details_from(merged, person), by=current())
        flash(_("The file is changed."))
        return redirect(url_for("persons.show", person_id=person.id), 303)
    return render_template("persons/registration.html", form=form, person=person), 422 if form.errors else 200


@blueprint.route("/centres/<uuid:centre_id>/registration", methods=["GET", "POST"])
@requires(Permission.CENTRE_MANAGE)
@commits
def registration_rules(centre_id: UUID) -> Any:
    """What this centre asks at registration, and whether it takes photos."""
    centre = get_centre(centre_id)
    rules = queries.rules_of(centre)
    form = rule_form(list(rules.fields), item_words())()
    version = queries.rule_version(centre.id)
    values: dict[str, object] = {f"rule_{name}": rule.value for name, rule in rules.fields.items()}
    values["takes_photos"] = rules.takes_photos
    key = f"registration_rule:{centre.id}"
    form.start_from(key, version, values)
    if form.validate_on_submit():
        merged = form.merged(key, version, values)
        fields = {name: FieldRule(merged[f"rule_{name}"]) for name in rules.fields}
        service.change_rules(centre, fields, takes_photos=merged["takes_photos"] == "True", by=current())
        flash(_("The rules are changed. They count from the next registration on."))
        return redirect(url_for("centres.show", centre_id=centre.id), 303)
    page = render_template("persons/rules.html", form=form, centre=centre, names=list(rules.fields))
    return page, 422 if form.errors else 200
