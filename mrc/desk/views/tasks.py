"""Tasks: what is due, one at a time and many at once; leave; the rules; flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_staff, names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import queries as cases
from mrc.cases.models import Case
from mrc.cases.policy import TASKS
from mrc.cases.queries import TaskFilter, TaskRow
from mrc.cases.views import attempt_panel
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre, work_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import MRCError, NotFound, Refused
from mrc.desk.forms import ActionForm, AssignForm, CancelForm, TaskForm, show_refusal
from mrc.desk.views.blueprint import blueprint
from mrc.persons import queries as persons
from mrc.persons.models import Person
from mrc.persons.policy import PERSONS
from mrc.tasks import service
from mrc.tasks.models import Task
from mrc.tasks.states import TaskStatus
from mrc.vocab.queries import choices
from mrc.web.commits import commits

PERIODS = ("overdue", "today", "week", "later")
BULK = ("complete", "postpone", "take", "assign")
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Outcome:
    """What became of one task of many: None when it was done, else why not, in words."""

    row: TaskRow
    refused: str | None


@blueprint.get("/tasks")
@requires(Permission.TASK_WORK)
def tasks() -> str:
    """The tasks, narrowed by the chips in the URL: one's own unless told otherwise."""
    centre = work_centre(current(), Permission.TASK_WORK)
    wanted = _filter(centre)
    page = cases.list_tasks(current(), wanted, cursor=request.args.get("cursor"))
    record_read(Event.TASKS_LISTED, by=current(), centre_id=None, details={"count": len(page.items)})
    return render_template(
        "desk/tasks.html",
        page=page,
        count=cases.count_tasks(current(), wanted),
        periods=PERIODS,
        kinds=choices("task_kinds"),
        people=_people(page.items),
        now=clock.now(),
        form=ActionForm(),
        may_assign=current().can(Permission.TASK_ASSIGN),
    )


@blueprint.route("/tasks/new", methods=["GET", "POST"])
@requires(Permission.TASK_WORK)
@commits
def new_task() -> Any:
    """Write a task: about the person or case that the URL names, or about neither."""
    case, person = _named()
    about = case or person
    centre = get_centre(about.centre_id) if about else work_centre(current(), Permission.TASK_WORK)
    if not current().can(Permission.TASK_WORK, centre.id):
        raise NotFound
    form = TaskForm(list_staff(centre.id, Permission.TASK_WORK))
    if not form.is_submitted() and not form.restored:
        form.assignee.data = str(current().user_id)
    if form.validate_on_submit():
        try:
            task = service.create_task(
                form.new_task(centre.id, centre.time_zone),
                centre_id=centre.id,
                by=current(),
                person_id=person.id if person else None,
                case_id=case.id if case else None,
                level=case.confidentiality if case else person.confidentiality if person else 1,
            )
            flash(_("The task is written."))
            return redirect(_back(task, case), 303)
        except Refused as refusal:
            show_refusal(form, refusal)
    page = render_template("desk/task_new.html", form=form, case=case, person=person)
    return page, 422 if form.errors else 200


@blueprint.get("/tasks/<uuid:task_id>")
@requires(Permission.TASK_WORK)
def task(task_id: UUID) -> str:
    """One task."""
    row = cases.get_task(task_id, by=current())
    record_read(Event.TASK_READ, by=current(), centre_id=row.centre_id, subject=("task", row.id))
    (shown,) = cases.with_subjects([row])
    identity = current()
    may_call = shown.person is not None and PERSONS.permits(identity, shown.person)
    return render_template(
        "desk/task.html",
        row=shown,
        flags=cases.list_flags(identity, person_id=row.person_id, case_id=row.case_id) if may_call else (),
        attempts=attempt_panel(identity, shown.person, case=shown.case, task=row)
        if may_call and shown.person and row.status is TaskStatus.OPEN
        else None,
        assign_form=_assign_form(row),
        people=_people([shown]),
        centre=get_centre(row.centre_id),
        now=clock.now(),
        form=ActionForm(),
    )


@blueprint.route("/tasks/<uuid:task_id>/edit", methods=["GET", "POST"])
@requires(Permission.TASK_WORK)
@commits
def edit_task(task_id: UUID) -> Any:
    """Change a task; a colleague's change at the same time is merged or shown."""
    row = _workable(task_id)
    zone = get_centre(row.centre_id).time_zone
    form = TaskForm([])
    del form.assignee
    values = TaskForm.values_of(row, zone, cases.title_of(row))
    key = f"task:{row.id}"
    form.start_from(key, row.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, row.version, values)
        changes = TaskForm.changes_from(merged, row.centre_id, zone)
        if merged["title"] == values["title"]:
            # The words of a rule stay those of the reader's language.
            del changes["title"]
        service.change_task(row, changes, by=current())
        return redirect(url_for("desk.task", task_id=row.id), 303)
    return render_template("desk/task_edit.html", form=form, task=row), 422 if form.errors else 200


@blueprint.post("/tasks/<uuid:task_id>/<any(complete, reopen, attempted, postpone, take, release):step>")
@requires(Permission.TASK_WORK)
@commits
def step_task(task_id: UUID, step: str) -> Any:
    """One step that needs nothing but the decision."""
    row = _workable(task_id)
    following = STEPS[step](row)
    if following is not None:
        flash(_("Done. The task comes again."))
    return redirect(_safe_back(row), 303)


@blueprint.route("/tasks/<uuid:task_id>/cancel", methods=["GET", "POST"])
@requires(Permission.TASK_WORK)
@commits
def cancel_task(task_id: UUID) -> Any:
    """Say why a task is not done."""
    row = _workable(task_id)
    form = CancelForm()
    if form.validate_on_submit():
        service.move_task(row, "cancel", by=current(), cancel_reason=form.reason.data)
        return redirect(url_for("desk.task", task_id=row.id), 303)
    return render_template("desk/task_cancel.html", form=form, task=row), 422 if form.errors else 200


@blueprint.post("/tasks/<uuid:task_id>/assign")
@requires(Permission.TASK_WORK)
@commits
def assign_task(task_id: UUID) -> Any:
    """Give a task to a colleague of the centre."""
    row = _workable(task_id)
    service.assign_task(row, _colleague(row.centre_id), by=current())
    seen = TASKS.permits(current(), row)
    return redirect(url_for("desk.task", task_id=row.id) if seen else url_for("desk.tasks"), 303)


@blueprint.post("/tasks/bulk")
@requires(Permission.TASK_WORK)
@commits
def bulk_tasks() -> Any:
    """Do one thing with many tasks: first a preview of what will happen, then the result of each."""
    action = request.form.get("action", "")
    if action not in BULK:
        raise Refused(_("Choose what to do with the tasks."))
    rows = cases.with_subjects(cases.find_tasks(_ids("task"), by=current()))
    is_preview = request.form.get("stage") != "apply"
    outcomes = [Outcome(row, _obstacle(row.task, action)) for row in rows]
    colleagues = _colleagues([outcome.row.task for outcome in outcomes]) if action == "assign" else []
    if not is_preview:
        chosen = _colleague(rows[0].task.centre_id) if action == "assign" and rows else None
        outcomes = [_applied(outcome, action, chosen) for outcome in outcomes]
    form = ActionForm()
    form.renew()
    return render_template(
        "desk/tasks_bulk.html",
        action=action,
        outcomes=outcomes,
        is_preview=is_preview,
        colleagues=colleagues,
        done=sum(1 for outcome in outcomes if outcome.refused is None),
        form=form,
    )


def _complete(task: Task) -> Task | None:
    return service.move_task(task, "complete", by=current())


def _reopen(task: Task) -> None:
    service.move_task(task, "reopen", by=current())


def _attempted(task: Task) -> None:
    service.note_attempt(task, by=current())


def _postpone(task: Task) -> None:
    service.postpone_task(task, by=current())


def _take(task: Task) -> None:
    service.assign_task(task, current().user_id, by=current())


def _release(task: Task) -> None:
    service.assign_task(task, None, by=current())


STEPS: dict[str, Callable[[Task], Task | None]] = {
    "complete": _complete,
    "reopen": _reopen,
    "attempted": _attempted,
    "postpone": _postpone,
    "take": _take,
    "release": _release,
}


def _obstacle(task: Task, action: str) -> str | None:
    """Why a thing cannot be done with a task, in words."""
    if task.status is not TaskStatus.OPEN:
        return _("It is not open any more.")
    if not current().can(Permission.TASK_WORK, task.centre_id):
        return _("You may not work on it.")
    may_give = task.assignee_id == current().user_id or current().can(Permission.TASK_ASSIGN, task.centre_id)
    if action == "take" and not may_give and task.assignee_id is not None:
        return _("A colleague has it.")
    if action == "assign" and not may_give:
        return _("Only your own tasks can be given away by you.")
    return None


def _applied(outcome: Outcome, action: str, chosen: UUID | None) -> Outcome:
    """What became of one task; when a rule says no, nothing is left of the try."""
    if outcome.refused is not None:
        return outcome
    try:
        with db.session.begin_nested():
            if action == "assign":
                service.assign_task(outcome.row.task, chosen, by=current())
            else:
                STEPS[action](outcome.row.task)
    except MRCError as refusal:
        words = str(refusal) or " ".join(getattr(refusal, "fields", {}).values())
        return Outcome(outcome.row, words or _("It could not be done."))
    return outcome


def _colleague(centre_id: UUID) -> UUID:
    """The colleague whom the form names. Raises Refused for anybody else."""
    people = {str(key): key for key, _name in list_staff(centre_id, Permission.TASK_WORK)}
    chosen = people.get(request.form.get("assignee", ""))
    if chosen is None:
        raise Refused(_("Choose a colleague of the centre."))
    return chosen


def _colleagues(tasks: Sequence[Task]) -> list[tuple[UUID, str]]:
    """To whom all of them can be given: the colleagues of their one centre, or nobody."""
    centres = {task.centre_id for task in tasks}
    return list_staff(centres.pop(), Permission.TASK_WORK) if len(centres) == 1 else []


def _assign_form(task: Task) -> AssignForm | None:
    """The form to give a task to a colleague, for those who may."""
    may_give = task.assignee_id == current().user_id or current().can(Permission.TASK_ASSIGN, task.centre_id)
    if task.status is not TaskStatus.OPEN or not may_give:
        return None
    form = AssignForm(list_staff(task.centre_id, Permission.TASK_WORK))
    form.assignee.data = str(task.assignee_id or "")
    return form


def _filter(centre: Centre) -> TaskFilter:
    now = clock.now()
    local = now.astimezone(ZoneInfo(centre.time_zone))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    week = midnight + timedelta(days=6)
    due = {
        "overdue": (None, now),
        "today": (None, midnight),
        "week": (None, week),
        "later": (week, None),
    }.get(request.args.get("due", ""), (None, None))
    status = request.args.get("status", TaskStatus.OPEN.value)
    team = request.args.get("team") == "1"
    return TaskFilter(
        status=TaskStatus(status) if status in set(TaskStatus) else TaskStatus.OPEN,
        mine=not team and request.args.get("unassigned") != "1",
        unassigned=request.args.get("unassigned") == "1",
        due_from=due[0],
        due_before=due[1],
        kind=request.args.get("kind") or None,
        person_id=_uuid("person"),
        case_id=_uuid("case"),
    )


def _named() -> tuple[Case | None, Person | None]:
    """The case and the person that the URL names, if any."""
    case_id, person_id = _uuid("case"), _uuid("person")
    if case_id:
        case = cases.get_case(case_id, by=current())
        return case, case.person
    return None, persons.get_person(person_id, by=current()) if person_id else None


def _workable(task_id: UUID) -> Task:
    row: Task = TASKS.get(current(), task_id, Permission.TASK_WORK)
    return row


def _people(rows: Sequence[TaskRow]) -> dict[UUID, str]:
    tasks = [row.task for row in rows]
    named = {key for task in tasks for key in (task.assignee_id, task.closed_by_id, task.made_by_id)}
    return names_of({key for key in named if key})


def _back(task: Task, case: Case | None) -> str:
    if case is not None:
        return url_for("cases.show", case_id=case.id)
    return url_for("persons.show", person_id=task.person_id) if task.person_id else url_for("desk.tasks")


def _safe_back(task: Task) -> str:
    """Where the button was: one of our own pages by name, never an address from outside."""
    where = request.form.get("back", "")
    if where == "day":
        return url_for("desk.my_day")
    if where == "case" and task.case_id:
        return url_for("cases.show", case_id=task.case_id)
    return url_for("desk.task", task_id=task.id) if where == "task" else url_for("desk.tasks")


def _uuid(name: str) -> UUID | None:
    if not (text := request.args.get(name)):
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _ids(name: str) -> list[UUID]:
    found = []
    for text in request.form.getlist(name)[:MOST_AT_ONCE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
