"""Saying who it was: the person of a consultation or of a thread, found or registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.cases import queries as cases
from mrc.cases import service as case_service
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.desk.forms import ActionForm
from mrc.desk.views.blueprint import blueprint
from mrc.messaging import queries as messaging
from mrc.messaging import service as message_service
from mrc.persons import queries as persons
from mrc.persons import service as person_service
from mrc.persons.forms import RegistrationForm
from mrc.persons.models import Person
from mrc.persons.service import NewAddress, PossibleDuplicates
from mrc.persons.views import looked_at_persons, wrong
from mrc.web.commits import commits

Use = Callable[[Person], None]


@blueprint.route("/consultations/<uuid:consultation_id>/person", methods=["GET", "POST"])
@requires(Permission.CONSULTATION_RECORD)
@commits
def name_enquirer(consultation_id: UUID) -> Any:
    """Find the person of an anonymous consultation among those registered."""
    consultation = cases.get_consultation(consultation_id, by=current())
    _refuse_without(Permission.CONSULTATION_RECORD, consultation.centre_id)
    done = url_for("cases.consultation", consultation_id=consultation.id)
    register = url_for("desk.register_enquirer", consultation_id=consultation.id)

    def use(person: Person) -> None:
        case_service.name_enquirer(consultation, person, by=current())

    return _pick(use, done=done, register=register, at_address=())


@blueprint.route("/consultations/<uuid:consultation_id>/person/new", methods=["GET", "POST"])
@requires(Permission.PERSON_REGISTER)
@commits
def register_enquirer(consultation_id: UUID) -> Any:
    """Register the person of an anonymous consultation."""
    consultation = cases.get_consultation(consultation_id, by=current())
    _refuse_without(Permission.PERSON_REGISTER, consultation.centre_id)

    def use(person: Person) -> None:
        case_service.name_enquirer(consultation, person, by=current())

    pick = url_for("desk.name_enquirer", consultation_id=consultation.id)
    done = url_for("cases.consultation", consultation_id=consultation.id)
    return _register(consultation.centre_id, use, done=done, pick=pick)


@blueprint.route("/inbox/<uuid:thread_id>/person", methods=["GET", "POST"])
@requires(Permission.THREAD_ASSIGN)
@commits
def name_writer(thread_id: UUID) -> Any:
    """Say who writes in a thread: someone known at this address, or someone found."""
    thread = messaging.get_thread(thread_id, by=current())
    _refuse_without(Permission.THREAD_ASSIGN, thread.centre_id)

    def use(person: Person) -> None:
        message_service.link_person(thread, person, by=current())

    at_address = persons.list_persons_at(thread.address_id, by=current())
    done = url_for("desk.thread", thread_id=thread.id)
    return _pick(
        use, done=done, register=url_for("desk.register_writer", thread_id=thread.id), at_address=at_address
    )


@blueprint.route("/inbox/<uuid:thread_id>/person/new", methods=["GET", "POST"])
@requires(Permission.PERSON_REGISTER)
@commits
def register_writer(thread_id: UUID) -> Any:
    """Register the person who writes in a thread; the thread's address becomes theirs."""
    thread = messaging.get_thread(thread_id, by=current())
    _refuse_without(Permission.PERSON_REGISTER, thread.centre_id)

    def use(person: Person) -> None:
        message_service.link_person(thread, person, by=current())

    address = NewAddress(thread.address.kind, thread.address.value or "")
    done, pick = url_for("desk.thread", thread_id=thread.id), url_for("desk.name_writer", thread_id=thread.id)
    return _register(thread.centre_id, use, done=done, pick=pick, extra=(address,))


def _pick(use: Use, *, done: str, register: str, at_address: Any) -> Any:
    """A search among the registered; a chosen person is used."""
    if request.method == "POST":
        use(persons.get_person(_person_id(), by=current()))
        return redirect(done, 303)
    text = request.args.get("q", "").strip()[:200]
    found = persons.search_persons(current(), text) if text else []
    return render_template(
        "desk/pick_person.html",
        text=text,
        found=found,
        at_address=at_address,
        register_url=register,
        back_url=done,
        form=ActionForm(),
    )


def _register(centre_id: UUID, use: Use, *, done: str, pick: str, extra: tuple[NewAddress, ...] = ()) -> Any:
    """Registration with the search before it; the new person is used at once."""
    centre = get_centre(centre_id)
    form = RegistrationForm(centre.country)
    if not form.is_submitted() and not form.restored:
        form.name.data = request.args.get("name", "")[:200]
    matches: list[persons.FoundPerson] = []
    if form.validate_on_submit():
        try:
            person = person_service.register_person(
                form.registration(extra), centre_id=centre.id, by=current(), looked_at=looked_at_persons()
            )
            use(person)
            flash(_("The person is registered."))
            return redirect(done, 303)
        except PossibleDuplicates as refusal:
            matches = persons.load_matches(current(), refusal.matches)
        except Refused as refusal:
            wrong(form, refusal)
    status = 422 if form.errors or matches else 200
    return render_template(
        "persons/new.html", form=form, centre=centre, matches=matches, use_url=pick
    ), status


def _refuse_without(permission: Permission, centre_id: UUID) -> None:
    if not current().can(permission, centre_id):
        raise NotFound


def _person_id() -> UUID:
    try:
        return UUID(request.form.get("person", ""))
    except ValueError:
        raise NotFound from None
