"""Two files of one person: finding them, putting them together, taking them apart, telling them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.persons import queries, service
from mrc.persons.forms import ActionForm, FullRegistrationForm
from mrc.persons.models import Person
from mrc.persons.policy import MERGES
from mrc.persons.rules import Rules
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import editable
from mrc.web.commits import commits


@dataclass(frozen=True)
class FieldPair:
    """One field of two files in words; `differs` asks for a choice, `suggested` is the side that has it."""

    name: str
    label: str
    kept: str
    merged: str

    @property
    def differs(self) -> bool:
        return self.kept != self.merged

    @property
    def suggested(self) -> str:
        return "kept" if self.kept or not self.merged else "merged"


@blueprint.get("/persons/duplicates")
@requires(Permission.PERSON_MERGE)
def suspicions() -> str:
    """Pairs of files that may be one person's."""
    page = queries.list_suspicions(current(), cursor=request.args.get("cursor"))
    record_read(Event.DUPLICATES_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    return render_template("persons/suspicions.html", page=page, form=ActionForm())


@blueprint.get("/persons/<uuid:person_id>/duplicates")
@requires(Permission.PERSON_MERGE)
def duplicates(person_id: UUID) -> str:
    """Who else this person may be, with the reasons, and which files went into this one."""
    person = editable(person_id, Permission.PERSON_MERGE)
    found = queries.load_matches(current(), queries.list_alike(person, by=current()))
    record_read(
        Event.DUPLICATES_LISTED,
        by=current(),
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"count": len(found)},
    )
    return render_template("persons/duplicates.html", person=person, found=found, form=ActionForm())


@blueprint.post("/persons/<uuid:person_id>/duplicates/<uuid:twin_id>")
@requires(Permission.PERSON_MERGE)
@commits
def tell_apart(person_id: UUID, twin_id: UUID) -> Any:
    """Remember that two files are of two persons."""
    person, twin = _pair(person_id, twin_id)
    service.tell_apart(person, twin, by=current())
    flash(_("Remembered: they are two persons."))
    if request.form.get("back") == "list":
        return redirect(url_for("persons.suspicions"), 303)
    return redirect(url_for("persons.duplicates", person_id=person.id), 303)


@blueprint.route("/persons/<uuid:person_id>/merge/<uuid:twin_id>", methods=["GET", "POST"])
@requires(Permission.PERSON_MERGE, confirmed=True)
@commits
def merge(person_id: UUID, twin_id: UUID) -> Any:
    """Put the second file into the first, field by field as chosen."""
    person, twin = _pair(person_id, twin_id)
    form = ActionForm()
    if form.validate_on_submit():
        choices = {name: request.form.get(f"take_{name}", "kept") for name in service.readable(person)}
        try:
            service.merge_persons(person, twin, choices, by=current())
        except Refused as refusal:
            return _compared(person, twin, form, str(refusal)), 422
        flash(_("The two files are one now. This can be undone at any time."))
        return redirect(url_for("persons.show", person_id=person.id), 303)
    return _compared(person, twin, form)


@blueprint.post("/persons/<uuid:person_id>/merges/<uuid:merge_id>/undo")
@requires(Permission.PERSON_MERGE, confirmed=True)
@commits
def undo_merge(person_id: UUID, merge_id: UUID) -> Any:
    """Take two files apart again."""
    row = MERGES.get(current(), merge_id, parent_id=person_id, permission=Permission.PERSON_MERGE)
    went_back = service.undo_merge(row, by=current())
    flash(
        ngettext(
            "The two files are apart again. %(num)s entry went back.",
            "The two files are apart again. %(num)s entries went back.",
            went_back,
        )
    )
    return redirect(url_for("persons.show", person_id=person_id), 303)


def _pair(person_id: UUID, twin_id: UUID) -> tuple[Person, Person]:
    """Two files that the reader may put together. Raises NotFound, also for one file twice."""
    if person_id == twin_id:
        raise NotFound
    return editable(person_id, Permission.PERSON_MERGE), editable(twin_id, Permission.PERSON_MERGE)


def _compared(person: Person, twin: Person, form: ActionForm, refused: str = "") -> str:
    if person.centre_id != twin.centre_id:
        raise NotFound
    return render_template(
        "persons/merge.html",
        person=person,
        twin=twin,
        fields=_field_pairs(person, twin),
        form=form,
        refused=refused,
    )


def _field_pairs(person: Person, twin: Person) -> list[FieldPair]:
    """What either file says, in the order and the words of the form; what a centre does not ask too."""
    form = FullRegistrationForm(get_centre(person.centre_id).country, Rules({}))
    mine, theirs = service.readable(person), service.readable(twin)
    fields = [field for _name, _title, section in form.sections() for field in section]
    return [
        FieldPair(field.name, str(field.label.text), _in_words(field, mine), _in_words(field, theirs))
        for field in fields
        if mine[field.name] or theirs[field.name]
    ]


def _in_words(field: Any, texts: Mapping[str, str | None]) -> str:
    """A field's text, or the labels of its codes."""
    text = texts[field.name] or ""
    choices = getattr(field, "choices", None) or ()
    groups = choices.values() if isinstance(choices, dict) else (choices,)
    words = {code: str(label) for group in groups for code, label in group}
    if not words:
        return text
    return ", ".join(words.get(code, code) for code in text.split(",") if code)
