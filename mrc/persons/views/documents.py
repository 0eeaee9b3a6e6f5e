"""Identity papers and family of a person."""

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
from mrc.persons.forms import ActionForm, DocumentForm, RelationForm
from mrc.persons.models import Person
from mrc.persons.policy import DOCUMENTS, RELATIONS
from mrc.persons.service import NewDocument
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable
from mrc.web.commits import commits


@blueprint.route("/persons/<uuid:person_id>/documents/new", methods=["GET", "POST"])
@requires(Permission.PERSON_REGISTER)
@commits
def add_document(person_id: UUID) -> Any:
    """Write down an identity paper; somebody else with the same number is named."""
    person = editable(person_id, Permission.PERSON_REGISTER)
    form = DocumentForm()
    if form.validate_on_submit():
        new = NewDocument(
            kind=form.kind.data,
            number=form.number.data or "",
            issued_by=form.issued_by.data or None,
            expires_on=form.expires_on.day,
            keep=form.keep.data,
        )
        try:
            service.add_document(person, new, by=current())
            bearers = {one.person_id for one in queries.matches_by_document(current(), new.number)}
            flash(_("The paper is written down."))
            if bearers - {person.id}:
                flash(_("Somebody else has a paper with the same number: look at who else it may be."))
            return redirect(url_for("persons.show", person_id=person.id), 303)
        except Refused as refusal:
            for name, words in refusal.fields.items():
                form[name].errors = [words]
    return render_template("persons/document.html", form=form, person=person), 422 if form.errors else 200


@blueprint.post("/persons/<uuid:person_id>/documents/<uuid:document_id>/reveal")
@requires(Permission.IDENTIFIER_REVEAL)
@commits
def reveal_document(person_id: UUID, document_id: UUID) -> Any:
    """Show the number of a paper in full; that it was looked at is logged."""
    document = DOCUMENTS.get(
        current(), document_id, parent_id=person_id, permission=Permission.IDENTIFIER_REVEAL
    )
    number = service.reveal_document(document, by=current())
    return render_template("persons/revealed.html", document=document, number=number, person=document.person)


@blueprint.post("/persons/<uuid:person_id>/documents/<uuid:document_id>/remove")
@requires(Permission.PERSON_EDIT)
@commits
def remove_document(person_id: UUID, document_id: UUID) -> Any:
    """Take out a paper that was written down wrongly."""
    document = DOCUMENTS.get(current(), document_id, parent_id=person_id, permission=Permission.PERSON_EDIT)
    service.remove_document(document, by=current())
    return redirect(url_for("persons.show", person_id=person_id), 303)


@blueprint.route("/persons/<uuid:person_id>/family", methods=["GET", "POST"])
@requires(Permission.PERSON_VIEW)
@commits
def family(person_id: UUID) -> Any:
    """Who belongs to a person, and naming another: found by search, never typed twice."""
    person = queries.get_person(person_id, by=current())
    may_edit = current().can(Permission.PERSON_EDIT, person.centre_id)
    text = request.args.get("q", "").strip()[:200]
    found = queries.search_persons(current(), text) if text and may_edit else []
    form = RelationForm()
    if form.validate_on_submit():
        other = _named()
        if not may_edit:
            raise NotFound
        try:
            service.relate(
                other,
                person,
                form.kind.data,
                by=current(),
                is_guardian=form.is_guardian.data,
                same_household=form.same_household.data,
            )
            return redirect(url_for("persons.family", person_id=person.id), 303)
        except Refused as refusal:
            form.kind.errors = [str(refusal)]
    if request.method == "GET":
        record_read(
            Event.PERSON_OPENED, by=current(), centre_id=person.centre_id, subject=("person", person.id)
        )
    page = render_template(
        "persons/family.html",
        person=person,
        centre=get_centre(person.centre_id),
        relatives=queries.list_relatives(person, by=current()),
        found=[one for one in found if one.person.id != person.id],
        text=text,
        form=form,
        action_form=ActionForm(),
        may_edit=may_edit,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/persons/<uuid:person_id>/family/<uuid:relation_id>/end")
@requires(Permission.PERSON_EDIT)
@commits
def end_relation(person_id: UUID, relation_id: UUID) -> Any:
    """Say that a relation holds no more."""
    relation = RELATIONS.get(current(), relation_id, parent_id=person_id, permission=Permission.PERSON_EDIT)
    service.end_relation(relation, by=current())
    back = relation.other_id if request.form.get("back") == "other" else person_id
    return redirect(url_for("persons.family", person_id=back), 303)


def _named() -> Person:
    try:
        return queries.get_person(UUID(request.form.get("person", "")), by=current())
    except ValueError:
        raise NotFound from None
