"""Identity documents: writing them down, changing them, and showing a number when it is needed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core.errors import Refused
from mrc.persons import queries, service
from mrc.persons.forms import DocumentForm
from mrc.persons.models import IdentityDocument
from mrc.persons.policy import IDENTITY_DOCUMENTS
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable, wrong
from mrc.web.commits import commits


@blueprint.route("/persons/<uuid:person_id>/identity-documents/new", methods=["GET", "POST"])
@requires(Permission.PERSON_REGISTER)
@commits
def add_document(person_id: UUID) -> Any:
    """Write down a document that the person shows."""
    person = editable(person_id, Permission.PERSON_REGISTER)
    form = DocumentForm(get_centre(person.centre_id).country)
    if form.validate_on_submit():
        try:
            document = service.add_document(person, form.details(), by=current())
            if queries.list_sharers(person, [document], by=current()):
                flash(_("Another person has a document with this number. Look at the file."))
            return redirect(url_for("persons.show", person_id=person.id, _anchor="papers"), 303)
        except Refused as refusal:
            wrong(form, refusal)
    page = render_template("persons/document.html", form=form, person=person, document=None)
    return page, 422 if form.errors else 200


@blueprint.route(
    "/persons/<uuid:person_id>/identity-documents/<uuid:identity_document_id>", methods=["GET", "POST"]
)
@requires(Permission.IDENTIFIER_REVEAL)
@commits
def change_document(person_id: UUID, identity_document_id: UUID) -> Any:
    """Change what a document says. The form shows the number, so opening it is logged."""
    document = _document(person_id, identity_document_id, Permission.IDENTIFIER_REVEAL)
    _record_reveal(document)
    form = DocumentForm(get_centre(document.person.centre_id).country)
    values = service.document_values(document)
    key = f"identity_document:{document.id}"
    form.start_from(key, document.version, values)
    if form.validate_on_submit():
        try:
            merged = form.merged(key, document.version, values)
            service.change_document(document, form.details(merged), by=current())
            return redirect(url_for("persons.show", person_id=person_id, _anchor="papers"), 303)
        except Refused as refusal:
            wrong(form, refusal)
    page = render_template("persons/document.html", form=form, person=document.person, document=document)
    return page, 422 if form.errors else 200


@blueprint.get("/persons/<uuid:person_id>/identity-documents/<uuid:identity_document_id>/number")
@requires(Permission.IDENTIFIER_REVEAL)
def reveal_number(person_id: UUID, identity_document_id: UUID) -> str:
    """Show the whole number of a document, once; it is logged who looked."""
    document = _document(person_id, identity_document_id, Permission.IDENTIFIER_REVEAL)
    _record_reveal(document)
    return render_template("persons/number.html", document=document, person=document.person)


@blueprint.post(
    "/persons/<uuid:person_id>/identity-documents/<uuid:identity_document_id>"
    "/<any(lose, withhold, find, remove):step>"
)
@requires(Permission.PERSON_EDIT)
@commits
def move_document(person_id: UUID, identity_document_id: UUID, step: str) -> Any:
    """Say what became of a document."""
    document = _document(person_id, identity_document_id, Permission.PERSON_EDIT)
    service.move_document(document, step, by=current())
    return redirect(url_for("persons.show", person_id=person_id, _anchor="papers"), 303)


def _document(person_id: UUID, document_id: UUID, permission: Permission) -> IdentityDocument:
    document: IdentityDocument = IDENTITY_DOCUMENTS.get(
        current(), document_id, parent_id=person_id, permission=permission
    )
    return document


def _record_reveal(document: IdentityDocument) -> None:
    record_read(
        Event.IDENTIFIER_REVEALED,
        by=current(),
        centre_id=document.person.centre_id,
        subject=("person", document.person_id),
        details={"document": str(document.id), "kind": document.kind},
    )
