"""The list and search, the file of a person, registration and changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import Identity, current
from mrc.access.permissions import Permission
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre, work_centre
from mrc.core.errors import NotFound, Refused
from mrc.persons import queries, service
from mrc.persons.forms import ActionForm, PersonForm, RegistrationForm
from mrc.persons.models import Person
from mrc.persons.service import PossibleDuplicates
from mrc.persons.views.blueprint import blueprint
from mrc.persons.words import item_words, window_words
from mrc.web.commits import commits
from mrc.web.forms import Form


@dataclass(frozen=True)
class Panel:
    """What a higher package shows on a person's page: a template and its values."""

    template: str
    values: dict[str, Any]


PanelMaker = Callable[[Identity, Person], Panel]


@blueprint.get("/persons")
@requires(Permission.PERSON_VIEW)
def index() -> str:
    """Search results for `q`, or the newest files."""
    text = request.args.get("q", "").strip()
    found, page = [], None
    if text:
        found = queries.search_persons(current(), text)
        record_read(Event.PERSONS_SEARCHED, by=current(), centre_id=None, details={"hits": len(found)})
    else:
        page = queries.list_persons(current(), cursor=request.args.get("cursor"))
        record_read(Event.PERSONS_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    return render_template("persons/index.html", text=text, found=found, page=page)


@blueprint.get("/persons/<uuid:person_id>")
@requires(Permission.PERSON_VIEW)
def show(person_id: UUID) -> Any:
    """The file of a person, with what higher packages add; one that was merged leads to the kept one."""
    try:
        person = queries.get_person(person_id, by=current())
    except NotFound:
        if (survivor := queries.find_survivor(person_id, by=current())) is None:
            raise
        return redirect(url_for("persons.show", person_id=survivor.id))
    record_read(Event.PERSON_OPENED, by=current(), centre_id=person.centre_id, subject=("person", person.id))
    may_merge = current().can(Permission.PERSON_MERGE, person.centre_id)
    centre = get_centre(person.centre_id)
    file = queries.read_file(person, centre, by=current())
    makers: tuple[PanelMaker, ...] = current_app.extensions["mrc_person_panels"]
    return render_template(
        "persons/show.html",
        person=person,
        centre=centre,
        file=file,
        missing=[item_words()[name] for name in file.missing],
        windows={link.id: window_words(link) for link in file.links},
        merges=queries.list_merges(person) if may_merge else (),
        panels=[make(current(), person) for make in makers],
        form=ActionForm(),
    )


@blueprint.route("/persons/new", methods=["GET", "POST"])
@requires(Permission.PERSON_REGISTER)
@commits
def new() -> Any:
    """Register a person, after looking at those who may be the same."""
    centre = work_centre(current(), Permission.PERSON_REGISTER)
    form = RegistrationForm(centre.country)
    if not form.is_submitted() and not form.name.data:
        form.name.data = request.args.get("name", "")[:200]
    matches: list[queries.FoundPerson] = []
    if form.validate_on_submit():
        looked_at = looked_at_persons()
        try:
            person = service.register_person(
                form.registration(), centre_id=centre.id, by=current(), looked_at=looked_at
            )
            flash(_("The person is registered."))
            return redirect(url_for("persons.show", person_id=person.id), 303)
        except PossibleDuplicates as refusal:
            matches = queries.load_matches(current(), refusal.matches)
        except Refused as refusal:
            wrong(form, refusal)
    status = 422 if form.errors or matches else 200
    return render_template(
        "persons/new.html", form=form, centre=centre, matches=matches, use_url=None
    ), status


def looked_at_persons() -> frozenset[UUID]:
    """The persons that the form says were looked at and judged to be others."""
    looked_at = set()
    for text in request.form.getlist("looked_at"):
        try:
            looked_at.add(UUID(text))
        except ValueError:
            continue
    return frozenset(looked_at)


@blueprint.route("/persons/<uuid:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
@commits
def edit(person_id: UUID) -> Any:
    """Change what the file says; a colleague's change at the same time is merged or shown."""
    person = editable(person_id, Permission.PERSON_EDIT)
    form = PersonForm(get_centre(person.centre_id).country)
    known = service.form_values(person)
    values = {name: known[name] for name in form.own_fields}
    key = f"person:{person.id}"
    form.start_from(key, person.version, values)
    if form.validate_on_submit():
        details = form.details(form.merged(key, person.version, values), person)
        service.change_person(person, details, by=current())
        flash(_("The file is changed."))
        return redirect(url_for("persons.show", person_id=person.id), 303)
    return render_template("persons/edit.html", form=form, person=person), 422 if form.errors else 200


def editable(person_id: UUID, permission: Permission) -> Person:
    person = queries.get_person(person_id, by=current())
    if not current().can(permission, person.centre_id):
        raise NotFound
    return person


def wrong(form: Form, refusal: Refused) -> None:
    """Say at the fields of a form what the service refused. Raises it again when it names no field of it."""
    if not refusal.fields or not set(refusal.fields) <= set(form.own_fields):
        raise refusal
    for name, words in refusal.fields.items():
        form.own_fields[name].errors = [words]
