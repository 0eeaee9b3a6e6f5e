"""Leave, the rules that make tasks, and flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_staff, names_of
from mrc.cases import queries as cases
from mrc.cases.models import Case
from mrc.cases.policy import FLAGS
from mrc.centres.queries import get_centre, list_centres, work_centre
from mrc.core import clock
from mrc.core.errors import NotFound, Refused
from mrc.desk.forms import AbsenceForm, ActionForm, FlagForm, NewRuleForm, RuleForm, show_refusal
from mrc.desk.views.blueprint import blueprint
from mrc.i18n.locales import LOCALES
from mrc.persons import queries as persons
from mrc.persons.models import Person
from mrc.tasks import queries, service
from mrc.tasks.models import Absence, TaskRule
from mrc.tasks.states import Trigger
from mrc.web.commits import commits
from mrc.web.forms import shown


@blueprint.route("/absences", methods=["GET", "POST"])
@requires(Permission.TASK_WORK)
@commits
def absences() -> Any:
    """Who is away, and recording a leave: the tasks go to who stands in."""
    centre = work_centre(current(), Permission.TASK_WORK)
    people = list_staff(centre.id, Permission.TASK_WORK)
    own = [(key, name) for key, name in people if key == current().user_id]
    may_choose = people if current().can(Permission.TASK_ASSIGN, centre.id) else own
    form = AbsenceForm(people, may_choose)
    if not form.is_submitted() and not form.restored:
        form.user.data = str(current().user_id)
    if form.validate_on_submit() and form.from_on.day and form.until_on.day:
        days = (form.from_on.day, form.until_on.day)
        people_of = (UUID(form.user.data), UUID(form.substitute.data))
        try:
            if request.form.get("stage") == "preview":
                return _preview(
                    form,
                    service.preview_absence(*people_of, days, centre_id=centre.id, by=current()),
                    people=dict(people),
                )
            _absence, handed = service.record_absence(*people_of, days, centre_id=centre.id, by=current())
            flash(
                ngettext(
                    "The leave is recorded. %(num)s task was handed over.",
                    "The leave is recorded. %(num)s tasks were handed over.",
                    len(handed),
                )
            )
            return redirect(url_for("desk.absences"), 303)
        except Refused as refusal:
            show_refusal(form, refusal)
    rows = queries.list_absences(centre.id, clock.today_in(centre.time_zone))
    named = names_of({key for row in rows for key in (row.user_id, row.substitute_id)})
    page = render_template(
        "desk/absences.html", form=form, centre=centre, absences=rows, people=named, action_form=ActionForm()
    )
    return page, 422 if form.errors else 200


@blueprint.post("/absences/<uuid:absence_id>/end")
@requires(Permission.TASK_WORK)
@commits
def end_absence(absence_id: UUID) -> Any:
    """End a leave now: what was not done goes back."""
    service.end_absence(_absence(absence_id), by=current())
    return redirect(url_for("desk.absences"), 303)


@blueprint.get("/admin/task-rules")
@requires(Permission.TASK_RULE_MANAGE)
def task_rules() -> str:
    """The rules that make tasks: those of everywhere, and those of the reader's centres."""
    scope = current().centres(Permission.TASK_RULE_MANAGE)
    rules = queries.list_rules(None if scope.everywhere else scope.ids)
    return render_template(
        "desk/task_rules.html",
        rules=rules,
        may_change={rule.id for rule in rules if service.may_change_rule(rule.centre_id, by=current())},
        centres={centre.id: centre.name for centre in list_centres(scope)},
    )


@blueprint.route("/admin/task-rules/new", methods=["GET", "POST"])
@requires(Permission.TASK_RULE_MANAGE)
@commits
def new_task_rule() -> Any:
    """Make a rule for the centre one works in; those who may everywhere make it for all."""
    everywhere = current().centres(Permission.TASK_RULE_MANAGE).everywhere
    centre = None if everywhere else work_centre(current(), Permission.TASK_RULE_MANAGE)
    form = NewRuleForm()
    if form.validate_on_submit():
        trigger, condition = form.waits_for
        texts = {name: shown(field.data) for name, field in form.own_fields.items()}
        change = RuleForm.change_from(texts | {"condition": condition}, condition)
        try:
            service.make_rule(
                change,
                trigger=trigger,
                kind=form.kind.data,
                centre_id=centre.id if centre else None,
                by=current(),
            )
            return redirect(url_for("desk.task_rules"), 303)
        except Refused as refusal:
            show_refusal(form, refusal)
    page = render_template("desk/task_rule_new.html", form=form, centre=centre)
    return page, 422 if form.errors else 200


@blueprint.route("/admin/task-rules/<uuid:rule_id>", methods=["GET", "POST"])
@requires(Permission.TASK_RULE_MANAGE)
@commits
def task_rule(rule_id: UUID) -> Any:
    """Change one rule."""
    rule = queries.get_rule(rule_id)
    if not service.may_change_rule(rule.centre_id, by=current()):
        raise NotFound
    form = RuleForm()
    if rule.trigger is not Trigger.CASE_IDLE:
        del form.condition
    key, values = f"task_rule:{rule.id}", _rule_values(rule)
    form.start_from(key, rule.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, rule.version, values)
        try:
            service.change_rule(rule, RuleForm.change_from(merged, rule.condition), by=current())
            return redirect(url_for("desk.task_rules"), 303)
        except Refused as refusal:
            show_refusal(form, refusal)
    return render_template("desk/task_rule.html", form=form, rule=rule), 422 if form.errors else 200


@blueprint.route("/persons/<uuid:person_id>/flags/new", methods=["GET", "POST"])
@requires(Permission.FLAG_RAISE)
@commits
def flag_person(person_id: UUID) -> Any:
    """Raise a flag on a person."""
    person = persons.get_person(person_id, by=current())
    return _flagged(person, None, url_for("persons.show", person_id=person.id))


@blueprint.route("/cases/<uuid:case_id>/flags/new", methods=["GET", "POST"])
@requires(Permission.FLAG_RAISE)
@commits
def flag_case(case_id: UUID) -> Any:
    """Raise a flag on a case."""
    case = cases.get_case(case_id, by=current())
    return _flagged(case.person, case, url_for("cases.show", case_id=case.id))


@blueprint.post("/flags/<uuid:flag_id>/take-down")
@requires(Permission.FLAG_RAISE)
@commits
def take_down_flag(flag_id: UUID) -> Any:
    """Take a flag down."""
    flag = FLAGS.get(current(), flag_id, Permission.FLAG_RAISE)
    service.take_down_flag(flag, by=current())
    if flag.case_id:
        return redirect(url_for("cases.show", case_id=flag.case_id), 303)
    return redirect(url_for("persons.show", person_id=flag.person_id), 303)


def _preview(form: AbsenceForm, planned: Mapping[UUID, bool], people: Mapping[UUID, str]) -> str:
    """What would be handed over and what would stay, of what the reader may see; and the form once more."""
    form.renew()
    rows = cases.with_subjects(cases.find_tasks(planned, by=current()))
    return render_template(
        "desk/absence_preview.html",
        form=form,
        rows=[(row, planned[row.task.id]) for row in rows],
        goes=sum(planned[row.task.id] for row in rows),
        away=people.get(UUID(form.user.data), ""),
        substitute=people.get(UUID(form.substitute.data), ""),
    )


def _flagged(person: Person, case: Case | None, done: str) -> Any:
    about = case or person
    centre = get_centre(about.centre_id)
    if not current().can(Permission.FLAG_RAISE, centre.id):
        raise NotFound
    form = FlagForm()
    if form.validate_on_submit():
        try:
            service.raise_flag(
                form.new_flag(),
                centre_id=centre.id,
                person_id=person.id,
                case_id=case.id if case else None,
                level=about.confidentiality,
                by=current(),
            )
            return redirect(done, 303)
        except Refused as refusal:
            show_refusal(form, refusal)
    return render_template("desk/flag.html", form=form, back_url=done), 422 if form.errors else 200


def _absence(absence_id: UUID) -> Absence:
    """A leave in a centre where the reader works. Raises NotFound."""
    row = queries.find_absence_by_id(absence_id)
    may_end = row is not None and (
        row.user_id == current().user_id or current().can(Permission.TASK_ASSIGN, row.centre_id)
    )
    if row is None or not may_end:
        raise NotFound
    return row


def _rule_values(rule: TaskRule) -> dict[str, Any]:
    titles = {f"title_{tag.lower()}": rule.titles.get(tag, "") for tag in LOCALES}
    days = {"condition": rule.condition} if rule.trigger is Trigger.CASE_IDLE else {}
    return (
        titles
        | days
        | {
            "is_active": rule.is_active,
            "offset_value": rule.offset_value,
            "offset_unit": rule.offset_unit.value,
            "assign_to": rule.assign_to.value,
        }
    )
