"""Pages of cases and consultations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import Identity, current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_counsellors, names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.models import Case, Consultation
from mrc.cases.policy import CASES, NEEDS, NOTES
from mrc.cases.queries import CaseFilter, ConsultationFilter
from mrc.cases.service import CaseDetails
from mrc.cases.states import CASE, CaseStatus, NeedStatus, Priority
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.errors import NotFound, Refused
from mrc.persons.models import Person
from mrc.persons.queries import get_person
from mrc.persons.views import Panel
from mrc.vocab.queries import choices
from mrc.web.commits import commits
from mrc.web.forms import Form

blueprint = Blueprint("cases", __name__)


@blueprint.get("/cases")
@requires(Permission.CASE_VIEW)
def index() -> str:
    """The cases, narrowed by the chips in the URL."""
    wanted = _case_filter()
    page = queries.list_cases(current(), wanted, cursor=request.args.get("cursor"))
    record_read(Event.CASES_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    people = names_of({case.counsellor_id for case in page.items if case.counsellor_id})
    return render_template(
        "cases/index.html", page=page, wanted=wanted, people=people, statuses=list(CaseStatus)
    )


@blueprint.get("/cases/<uuid:case_id>")
@requires(Permission.CASE_VIEW)
def show(case_id: UUID) -> str:
    """A case with its timeline."""
    case = queries.get_case(case_id, by=current())
    return _page(case)


def _page(case: Case, **bound: Any) -> str:
    record_read(Event.CASE_READ, by=current(), centre_id=case.centre_id, subject=("case", case.id))
    timeline = queries.get_timeline(case, before=queries.parse_timeline_cursor(request.args.get("before")))
    members = queries.list_member_ids(case)
    named = {case.counsellor_id, case.opened_by_id, case.closure_requested_by_id, *members}
    named |= {
        getattr(entry.row, "author_id", None) or getattr(entry.row, "counsellor_id", None)
        for entry in timeline.entries
    }
    can = current().can
    values: dict[str, Any] = {
        "note_form": forms.NoteForm(),
        "action_form": forms.ActionForm(),
        "case": case,
        "centre": get_centre(case.centre_id),
        "timeline": timeline,
        "needs": queries.list_needs(case),
        "members": members,
        "people": names_of({user_id for user_id in named if user_id}),
        "actions": [
            step.name
            for step in CASE.allowed(case.status)
            if can(Permission(step.permission), case.centre_id)
        ],
        "may_assign": can(Permission.CASE_ASSIGN, case.centre_id),
        "may_take": case.counsellor_id is None and can(Permission.CASE_WORK, case.centre_id),
        "may_work": can(Permission.CASE_WORK, case.centre_id),
        "may_set_level": can(Permission.CASE_LEVEL_SET, case.centre_id),
    }
    return render_template("cases/show.html", **(values | bound))


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
    case = _workable(case_id)
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


@blueprint.post("/cases/<uuid:case_id>/notes")
@requires(Permission.CASE_WORK)
@commits
def add_note(case_id: UUID) -> Any:
    """Write a note; `corrects` names the note that it corrects."""
    case = _workable(case_id)
    form = forms.NoteForm()
    if not form.validate_on_submit():
        return _page(case, note_form=form), 422
    corrects = (
        NOTES.get(current(), _uuid(request.form["corrects"]), parent_id=case.id)
        if "corrects" in request.form
        else None
    )
    service.add_note(case, form.text.data or "", by=current(), corrects=corrects)
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.route("/cases/<uuid:case_id>/needs/new", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def add_need(case_id: UUID) -> Any:
    """Add a need."""
    case = _workable(case_id)
    form = forms.NeedForm()
    if form.validate_on_submit():
        service.add_need(case, form.area.data, by=current())
        return redirect(url_for("cases.show", case_id=case.id), 303)
    return _single(case, form, _("Add a need"), _("Add")), 422 if form.errors else 200


@blueprint.post("/cases/<uuid:case_id>/needs/<uuid:need_id>")
@requires(Permission.CASE_WORK)
@commits
def settle_need(case_id: UUID, need_id: UUID) -> Any:
    """Say what became of a need."""
    case = _workable(case_id)
    need = NEEDS.get(current(), need_id, parent_id=case.id, permission=Permission.CASE_WORK)
    form = forms.NeedStatusForm()
    if not form.validate_on_submit():
        raise Refused(_("Choose what became of the need."))
    service.settle_need(case, need, NeedStatus(form.status.data), by=current())
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.route("/cases/<uuid:case_id>/assign", methods=["GET", "POST"])
@requires(Permission.CASE_WORK, Permission.CASE_ASSIGN)
@commits
def assign(case_id: UUID) -> Any:
    """Give the case to a counsellor, or take it when nobody has it."""
    case = _workable(case_id)
    people = list_counsellors(case.centre_id)
    form = forms.AssignForm(people)
    if form.validate_on_submit():
        service.assign_case(case, _uuid(form.counsellor.data), by=current())
        return redirect(
            url_for("cases.index") if not _still_visible(case) else url_for("cases.show", case_id=case.id),
            303,
        )
    return _single(case, form, _("Give the case to a counsellor"), _("Give")), 422 if form.errors else 200


@blueprint.post("/cases/<uuid:case_id>/take")
@requires(Permission.CASE_WORK)
@commits
def take(case_id: UUID) -> Any:
    """Take a case that nobody has."""
    case = _workable(case_id)
    user_id = current().user_id
    assert user_id is not None
    service.assign_case(case, user_id, by=current())
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.route("/cases/<uuid:case_id>/follow-up", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def follow_up(case_id: UUID) -> Any:
    """Put the case into follow-up, to be looked at again in some days."""
    case = _workable(case_id)
    form = forms.FollowUpForm()
    if form.validate_on_submit():
        due = clock.now() + timedelta(days=form.days.data or 0)
        if case.status is CaseStatus.OPEN:
            service.move_case(case, "follow_up", by=current(), follow_up_at=due)
        else:
            service.change_case(case, {"follow_up_at": due}, by=current())
        return redirect(url_for("cases.show", case_id=case.id), 303)
    return _single(case, form, _("Follow up later"), _("Save")), 422 if form.errors else 200


@blueprint.route("/cases/<uuid:case_id>/close", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def request_closure(case_id: UUID) -> Any:
    """Ask for the case to be closed, with the reason."""
    return _with_reason(case_id, "request_closure", _("Ask for closure"))


@blueprint.route("/cases/<uuid:case_id>/void", methods=["GET", "POST"])
@requires(Permission.CASE_VOID)
@commits
def void(case_id: UUID) -> Any:
    """Void a case that was opened in error."""
    return _with_reason(case_id, "void", _("Void the case"))


@blueprint.post("/cases/<uuid:case_id>/move/<any(resume, return_closure, approve_closure, reopen):action>")
@requires(Permission.CASE_WORK, Permission.CASE_CLOSE_APPROVE)
@commits
def move(case_id: UUID, action: str) -> Any:
    """Take the case one step that needs nothing but the decision."""
    case = _workable(case_id)
    service.move_case(case, action, by=current())
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.route("/cases/<uuid:case_id>/level", methods=["GET", "POST"])
@requires(Permission.CASE_LEVEL_SET)
@commits
def level(case_id: UUID) -> Any:
    """Set the confidentiality and the team."""
    case = _workable(case_id, Permission.CASE_LEVEL_SET)
    people = list_counsellors(case.centre_id)
    form = forms.LevelForm(people)
    if not form.is_submitted():
        form.level.data = str(case.confidentiality)
        form.members.data = [str(member) for member in queries.list_member_ids(case)]
    if form.validate_on_submit():
        service.name_team(case, frozenset(_uuid(member) for member in form.members.data or []), by=current())
        service.set_level(case, int(form.level.data), by=current())
        return redirect(
            url_for("cases.index") if not _still_visible(case) else url_for("cases.show", case_id=case.id),
            303,
        )
    return _single(case, form, _("Confidentiality and team"), _("Save")), 422 if form.errors else 200


@blueprint.get("/consultations")
@requires(Permission.CONSULTATION_VIEW)
def consultations() -> str:
    """The consultations, narrowed by the chips in the URL."""
    wanted = ConsultationFilter(channel=request.args.get("channel"), mine=request.args.get("mine") == "1")
    page = queries.list_consultations(current(), wanted, cursor=request.args.get("cursor"))
    record_read(Event.CONSULTATIONS_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    people = names_of({row.counsellor_id for row in page.items if row.counsellor_id})
    return render_template(
        "cases/consultations.html", page=page, wanted=wanted, people=people, channels=choices("channels")
    )


@blueprint.get("/consultations/<uuid:consultation_id>")
@requires(Permission.CONSULTATION_VIEW)
def consultation(consultation_id: UUID) -> str:
    """One consultation, and what may be done with it next."""
    row = queries.get_consultation(consultation_id, by=current())
    record_read(
        Event.CONSULTATION_OPENED, by=current(), centre_id=row.centre_id, subject=("consultation", row.id)
    )
    people = names_of({row.counsellor_id} if row.counsellor_id else set())
    return render_template(
        "cases/consultation.html",
        consultation=row,
        people=people,
        centre=get_centre(row.centre_id),
        **_next_steps(row),
    )


def _next_steps(row: Consultation) -> dict[str, bool]:
    can = current().can
    return {
        "may_name": row.person_id is None and can(Permission.CONSULTATION_RECORD, row.centre_id),
        "may_open_case": row.case_id is None and can(Permission.CASE_OPEN, row.centre_id),
    }


def _with_reason(case_id: UUID, action: str, title: str) -> Any:
    case = _workable(case_id)
    form = forms.ClosureForm()
    if form.validate_on_submit():
        service.move_case(case, action, by=current(), closure_reason=form.reason.data)
        return redirect(url_for("cases.show", case_id=case.id), 303)
    return _single(case, form, title, title), 422 if form.errors else 200


def _single(case: Case, form: Form, title: str, submit: str) -> str:
    """A page with one small form about a case."""
    return render_template("cases/single.html", case=case, form=form, title=title, submit=submit)


def _workable(case_id: UUID, permission: Permission = Permission.CASE_WORK) -> Case:
    case = queries.get_case(case_id, by=current())
    if not current().can(permission, case.centre_id):
        raise NotFound
    return case


def _still_visible(case: Case) -> bool:
    return CASES.permits(current(), case)


def _case_details(form: forms.NewCaseForm) -> CaseDetails:
    return CaseDetails(
        client_type=form.client_type.data,
        priority=Priority(form.priority.data),
        confidentiality=int(form.confidentiality.data),
        destination=form.destination.data or None,
        programme=form.programme.data or None,
        summary=form.summary.data or "",
        needs=tuple(form.needs.data or ()),
        counsellor_id=_uuid(form.counsellor.data) if form.counsellor.data else None,
    )


def _case_filter() -> CaseFilter:
    status = request.args.get("status", "")
    return CaseFilter(
        status=CaseStatus(status) if status in set(CaseStatus) else None,
        only_open=request.args.get("open") == "1",
        mine=request.args.get("mine") == "1",
        unassigned=request.args.get("unassigned") == "1",
    )


def _named_consultation() -> Consultation | None:
    if not (text := request.args.get("consultation")):
        return None
    return queries.get_consultation(_uuid(text), by=current())


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def person_panel(identity: Identity, person: Person) -> Panel:
    """What cases show on a person's page: the cases and newest consultations that the reader may see."""
    cases = queries.list_cases_of_person(person.id, by=identity) if identity.can(Permission.CASE_VIEW) else ()
    may_read = identity.can(Permission.CONSULTATION_VIEW)
    rows = queries.list_consultations_of_person(person.id, by=identity) if may_read else ()
    return Panel("cases/_panel.html", {"cases": cases, "consultations": rows})
