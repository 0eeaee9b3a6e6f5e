"""The list of cases, a case, opening and changing one."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import Identity, current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_counsellors, names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.models import Case, Consultation
from mrc.cases.queries import CaseFilter, TaskFilter
from mrc.cases.service import CaseDetails
from mrc.cases.service.job_offers import COUNTRY
from mrc.cases.states import CASE, WORKED_ON, CaseStatus, Priority
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.panels import attempt_panel
from mrc.centres.queries import get_centre, list_centres
from mrc.core import clock
from mrc.core.errors import NotFound
from mrc.persons.models import Person
from mrc.persons.policy import PERSONS
from mrc.persons.queries import get_person
from mrc.persons.views import Panel
from mrc.vocab.forms import options
from mrc.web.commits import commits
from mrc.web.timeline import filter_from_url, parse_point, read_timeline, timeline_kinds

LEVELS = ("0", "1", "2", "3")
K = TypeVar("K", bound=StrEnum)
CHIP_LISTS = ("client_types", "destinations", "programmes", "need_areas")


@blueprint.get("/cases")
@requires(Permission.CASE_VIEW)
def index() -> str:
    """The cases, narrowed by the chips in the URL."""
    wanted = case_filter()
    page = queries.list_cases(current(), wanted, cursor=request.args.get("cursor"))
    record_read(Event.CASES_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    people = names_of({case.counsellor_id for case in page.items if case.counsellor_id})
    return render_template(
        "cases/index.html",
        page=page,
        wanted=wanted,
        people=people,
        statuses=list(CaseStatus),
        priorities=list(Priority),
        now=clock.now(),
        count=queries.count_cases(current(), wanted),
        lists={name: options(name) for name in CHIP_LISTS},
    )


@blueprint.get("/cases/<uuid:case_id>")
@requires(Permission.CASE_VIEW)
def show(case_id: UUID) -> str:
    """A case with its timeline."""
    case = queries.get_case(case_id, by=current())
    return case_page(case)


def case_page(case: Case, **bound: Any) -> str:
    record_read(Event.CASE_READ, by=current(), centre_id=case.centre_id, subject=("case", case.id))
    centre = get_centre(case.centre_id)
    wanted = filter_from_url(ZoneInfo(centre.time_zone))
    there = queries.contents_of(case)
    timeline = read_timeline(
        by=current(),
        person_id=case.person_id,
        case_id=case.id,
        wanted=wanted,
        before=parse_point(request.args.get("before")),
        without={"attempt", "task", "message"} - there,
    )
    members = queries.list_member_ids(case)
    named = {case.counsellor_id, case.opened_by_id, case.closure_requested_by_id, *members}
    named |= timeline.author_ids
    shows_pinned = "pinned" in there and "before" not in request.args
    pinned = queries.list_pinned_notes(case, by=current()) if shows_pinned else ()
    named |= {note.author_id for note in pinned}
    closures = queries.list_closures(case) if "closure" in there else ()
    appointments = queries.list_appointments_of(case, by=current()) if "appointment" in there else ()
    named |= {row.counsellor_id for row in appointments}
    handovers = queries.list_case_handovers(case) if "handover" in there else ()
    named |= {key for row in handovers for key in (row.asked_by_id, row.to_user_id, row.decided_by_id)}
    named |= {row.requested_by_id for row in closures} | {row.decided_by_id for row in closures}
    named |= {row.reopened_by_id for row in closures}
    can = current().can
    values: dict[str, Any] = {
        "note_form": forms.NoteForm(),
        "action_form": forms.ActionForm(),
        "case": case,
        "centre": centre,
        "timeline": timeline,
        "timeline_kinds": timeline_kinds(of_case=True),
        # Whoever was let into a case in an emergency was not let into the person's file.
        "attempts": attempt_panel(current(), case.person, case=case, was_tried="attempt" in there)
        if PERSONS.permits(current(), case.person)
        else None,
        "pinned": pinned,
        "flags": queries.list_flags(current(), person_id=case.person_id, case_id=case.id)
        if there & {"case_flag", "person_flag"}
        else (),
        "tasks": queries.list_tasks(current(), TaskFilter(case_id=case.id), cursor=None, size=8).items
        if "task" in there
        else (),
        "now": clock.now(),
        "may_flag": can(Permission.FLAG_RAISE, case.centre_id),
        "may_task": can(Permission.TASK_WORK, case.centre_id),
        "closures": closures,
        **_inside(case, there),
        "members": members,
        "people": names_of({user_id for user_id in named | {wanted.author_id} if user_id}),
        "may_open_person": PERSONS.permits(current(), case.person),
        "may_print": can(Permission.CASE_PRINT, case.centre_id),
        "actions": [
            step.name
            for step in CASE.allowed(case.status)
            if can(Permission(step.permission), case.centre_id)
        ],
        "handovers": handovers,
        "appointments": appointments,
        "zone": ZoneInfo(centre.time_zone),
        "centre_names": {one.id: one.name for one in list_centres()} if handovers else {},
        "may_hand_over": can(Permission.CASE_ASSIGN, case.centre_id)
        or (can(Permission.CASE_WORK, case.centre_id) and case.counsellor_id == current().user_id),
        "may_assign": can(Permission.CASE_ASSIGN, case.centre_id),
        "may_take": case.counsellor_id is None and can(Permission.CASE_WORK, case.centre_id),
        "may_work": can(Permission.CASE_WORK, case.centre_id),
        "today": clock.today_in(get_centre(case.centre_id).time_zone),
        "may_set_level": can(Permission.CASE_LEVEL_SET, case.centre_id),
    }
    return render_template("cases/show.html", **(values | bound))


def _inside(case: Case, there: frozenset[str]) -> dict[str, Any]:
    """What the cards of a case show, and what stands in the way of closing it."""
    is_worked_on = case.status in WORKED_ON
    return {
        "needs": queries.list_needs(case),
        "concerns": queries.list_concerns(case, by=current()) if "concern" in there else (),
        "assessments": queries.list_assessments(case, by=current()) if "assessment" in there else (),
        "instruments": {one.code: one for one in queries.list_instruments()},
        "job_offers": queries.list_job_offers(case) if "job_offer" in there else (),
        "checks_offers": get_centre(case.centre_id).country == COUNTRY,
        "files": queries.list_newest_files(case, by=current()) if "file" in there else (),
        "may_view_files": current().can(Permission.FILE_VIEW, case.centre_id),
        "may_add_files": is_worked_on and current().can(Permission.FILE_ADD, case.centre_id),
        "blockers": queries.list_blockers(case) if is_worked_on else [],
        "is_worked_on": is_worked_on,
    }


@blueprint.route("/persons/<uuid:person_id>/cases/new", methods=["GET", "POST"])
@requires(Permission.CASE_OPEN)
@commits
def new(person_id: UUID) -> Any:
    """Open a case for a person, out of an enquiry when `consultation` names one."""
    person = get_person(person_id, by=current())
    if not current().can(Permission.CASE_OPEN, person.centre_id):
        raise NotFound
    consultation = _named_consultation()
    form = forms.NewCaseForm(list_counsellors(person.centre_id))
    if not form.is_submitted() and not form.restored:
        form.counsellor.data = str(current().user_id)
    if form.validate_on_submit():
        details = _case_details(form)
        if consultation is None:
            case = service.open_case(details, person=person, by=current())
        else:
            case = service.open_case_from(consultation, details, person=person, by=current())
        flash(_("The case %(number)s is open.", number=case.number))
        return redirect(url_for("cases.show", case_id=case.id), 303)
    template = render_template("cases/new.html", form=form, person=person, consultation=consultation)
    return template, 422 if form.errors else 200


@blueprint.route("/cases/<uuid:case_id>/edit", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def edit(case_id: UUID) -> Any:
    """Change what a case is about."""
    case = workable(case_id)
    form = forms.CaseForm()
    key = f"case:{case.id}"
    values = {
        "client_type": case.client_type,
        "priority": case.priority.value,
        "destination": case.destination,
        "programme": case.programme,
        "summary": case.summary,
    }
    form.start_from(key, case.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, case.version, values)
        changed = {name: text or None for name, text in merged.items()} | {
            "priority": Priority(merged["priority"])
        }
        service.change_case(case, changed, by=current())
        return redirect(url_for("cases.show", case_id=case.id), 303)
    return render_template("cases/edit.html", form=form, case=case), 422 if form.errors else 200


def workable(case_id: UUID, permission: Permission = Permission.CASE_WORK) -> Case:
    case = queries.get_case(case_id, by=current())
    if not current().can(permission, case.centre_id):
        raise NotFound
    return case


def _case_details(form: forms.NewCaseForm) -> CaseDetails:
    return CaseDetails(
        client_type=form.client_type.data,
        priority=Priority(form.priority.data),
        confidentiality=int(form.confidentiality.data),
        destination=form.destination.data or None,
        programme=form.programme.data or None,
        summary=form.summary.data or "",
        needs=tuple(form.needs.data or ()),
        counsellor_id=uuid_of(form.counsellor.data) if form.counsellor.data else None,
    )


def case_filter() -> CaseFilter:
    """What the chips in the present address say."""
    given = request.args.get
    level = given("level", "")
    return CaseFilter(
        status=_one_of(CaseStatus, given("status")),
        only_open=given("open") == "1",
        mine=given("mine") == "1",
        unassigned=given("unassigned") == "1",
        client_type=given("client_type") or None,
        priority=_one_of(Priority, given("priority")),
        destination=given("destination") or None,
        programme=given("programme") or None,
        level=int(level) if level in LEVELS else None,
        need_area=given("need") or None,
        overdue_response=given("late") == "1",
        due_first=given("sort") == "due",
        quiet_first=given("sort") == "quiet",
    )


def _one_of(kind: type[K], text: str | None) -> K | None:
    return kind(text) if text in set(kind) else None


def _named_consultation() -> Consultation | None:
    if not (text := request.args.get("consultation")):
        return None
    return queries.get_consultation(uuid_of(text), by=current())


def uuid_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def person_panel(identity: Identity, person: Person) -> Panel:
    """What cases show on a person's page: the cases and newest consultations that the reader may see."""
    cases = queries.list_cases_of_person(person.id, by=identity) if identity.can(Permission.CASE_VIEW) else ()
    may_read = identity.can(Permission.CONSULTATION_VIEW)
    rows = queries.list_consultations_of_person(person.id, by=identity) if may_read else ()
    wanted = TaskFilter(person_id=person.id)
    values = {
        "cases": cases,
        "consultations": rows,
        "flags": queries.list_flags(identity, person_id=person.id),
        "tasks": queries.list_tasks(identity, wanted, cursor=None, size=8).items,
        "now": clock.now(),
        "may_flag": identity.can(Permission.FLAG_RAISE, person.centre_id),
        "may_task": identity.can(Permission.TASK_WORK, person.centre_id),
    }
    return Panel("cases/_panel.html", values)
