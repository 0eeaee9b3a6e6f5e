"""The log of a consultation with several people, such as a family."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.cases.queries import get_case
from mrc.cases.service import record_group
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre, work_centre
from mrc.core.errors import NotFound, Refused
from mrc.desk.forms import GroupLogForm
from mrc.desk.queries import favourite_topics
from mrc.desk.views.blueprint import blueprint
from mrc.persons.models import Person
from mrc.persons.queries import get_person, search_persons
from mrc.web.commits import commits

MOST_NAMED = 20
"""More people than this are an event, not a consultation."""


@blueprint.route("/consultations/group", methods=["GET", "POST"])
@requires(Permission.CONSULTATION_RECORD)
@commits
def group_log() -> Any:
    """Log a group consultation; the URL names the registered people (`with`, several) and perhaps a case.

    People are found and added one by one, each a new address of the page; what was typed is kept as a draft.
    """
    case_id = _key(request.args.get("case"))
    case = get_case(case_id, by=current()) if case_id else None
    persons = _named_persons(case.person_id if case else None)
    centre = _centre_of(persons)
    form = GroupLogForm(centre.country, persons)
    if not form.is_submitted() and not form.main.data and persons:
        form.main.data = str(persons[0].id)
    if form.validate_on_submit():
        try:
            consultation = record_group(
                form.details(), form.group(persons), centre_id=centre.id, by=current(), case=case
            )
            flash(_("The consultation is recorded."))
            return redirect(url_for("cases.consultation", consultation_id=consultation.id), 303)
        except Refused as refusal:
            if not refusal.fields:
                raise
            for name, words in refusal.fields.items():
                form[name].errors = [words]
    form.lead_with(favourite_topics(centre))
    text = request.args.get("q", "").strip()[:200]
    page = render_template(
        "desk/group_log.html",
        form=form,
        centre=centre,
        persons=persons,
        case=case,
        text=text,
        found=_others(text, persons, centre) if text else [],
        ids=[str(person.id) for person in persons],
    )
    return page, 422 if form.errors else 200


def _named_persons(first_id: UUID | None) -> list[Person]:
    """The people that the URL names, a case's own first, each once."""
    keys = [first_id, *map(_key, request.args.getlist("with"))]
    wanted = list(dict.fromkeys(key for key in keys if key))
    if len(wanted) > MOST_NAMED:
        raise Refused(_("More than %(most)s people are an event, not a consultation.", most=MOST_NAMED))
    return [get_person(key, by=current()) for key in wanted]


def _centre_of(persons: list[Person]) -> Centre:
    if not persons:
        return work_centre(current(), Permission.CONSULTATION_RECORD)
    if any(not current().can(Permission.CONSULTATION_RECORD, person.centre_id) for person in persons):
        raise NotFound
    return get_centre(persons[0].centre_id)


def _others(text: str, persons: list[Person], centre: Centre) -> list[Person]:
    """People of the same centre who are found by a name or number and not in the group yet."""
    found = [one.person for one in search_persons(current(), text)]
    return [person for person in found if person.centre_id == centre.id and person not in persons]


def _key(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
