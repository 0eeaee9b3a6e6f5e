"""Rules: when something happens, a task is due some time after it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.centres.queries import add_working_days, get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.tasks.models import Task, TaskRule
from mrc.tasks.queries import exists_made_for, list_rules
from mrc.tasks.service.giving import still_works
from mrc.tasks.service.tasks import NewTask, create_task, end_of_day
from mrc.tasks.states import AssignTo, OffsetUnit, TaskSource, Trigger

SHIPPED = Path(__file__).parent.parent / "data" / "rules.json"
KNOWN = "mrc_task_rules"
KEPT_SECONDS = 30
MOST_DAYS = 999


@dataclass(frozen=True)
class KnownRule:
    """A rule as it is kept in the process."""

    id: UUID
    centre_id: UUID | None
    trigger: Trigger
    condition: str
    kind: str
    offset_value: int
    offset_unit: OffsetUnit
    assign_to: AssignTo
    is_active: bool


@dataclass(frozen=True)
class Happening:
    """What happened, as far as a rule needs to know. `key` names it: the same key makes no second task."""

    trigger: Trigger
    key: UUID | str
    centre_id: UUID
    condition: str = ""
    person_id: UUID | None = None
    case_id: UUID | None = None
    counsellor_id: UUID | None = None
    level: int = 1
    is_urgent: bool = False


@dataclass(frozen=True)
class RuleChange:
    """What may be changed about a rule. The condition is an outcome, a priority or a number of days."""

    condition: str
    titles: Mapping[str, str]
    offset_value: int
    offset_unit: OffsetUnit
    assign_to: AssignTo
    is_active: bool


def apply_rules(happening: Happening, *, by: Identity) -> list[Task]:
    """Make the tasks that the centre's rules ask for after this; none is ever made twice.

    What happened with nobody known makes none: there would be nobody to call.
    """
    made: list[Task] = []
    if happening.person_id is None:
        return made
    for rule in _rules_at(happening.centre_id, happening.trigger):
        if rule.condition not in ("", happening.condition):
            continue
        dedupe_key = f"{rule.id}:{happening.key}"
        if exists_made_for(dedupe_key):
            continue
        new = NewTask(
            kind=rule.kind,
            due_at=due_after(clock.now(), rule.offset_value, rule.offset_unit, happening.centre_id),
            assignee_id=still_works(_assignee(rule, happening, by), happening.centre_id),
            is_timed=rule.offset_unit is OffsetUnit.HOURS,
            is_urgent=happening.is_urgent,
            source=TaskSource.RULE,
            rule_id=rule.id,
            dedupe_key=dedupe_key,
        )
        made.append(
            create_task(
                new,
                centre_id=happening.centre_id,
                by=Identity.system(f"rule for {by.name}") if not by.is_system else by,
                person_id=happening.person_id,
                case_id=happening.case_id,
                level=happening.level,
            )
        )
    return made


def due_after(start: datetime, value: int, unit: OffsetUnit, centre_id: UUID) -> datetime:
    """The instant so long after another: hours are real hours; days end with the day at the centre, working
    days leave out its weekends and holidays.
    """
    if unit is OffsetUnit.HOURS:
        return start + timedelta(hours=value)
    centre = get_centre(centre_id)
    day = start.astimezone(ZoneInfo(centre.time_zone)).date()
    if unit is OffsetUnit.DAYS:
        return end_of_day(day + timedelta(days=value), centre_id)
    return end_of_day(add_working_days(centre, day, value), centre_id)


def make_rule(
    change: RuleChange, *, trigger: Trigger, kind: str, centre_id: UUID | None, by: Identity
) -> TaskRule:
    """Make a rule of a centre, or of everywhere; audited. Raises Forbidden, or Refused as `change_rule`."""
    _refuse_elsewhere(centre_id, by)
    _refuse_incomplete(trigger, change)
    rule = TaskRule(code=f"own-{uuid4().hex}", centre_id=centre_id, trigger=trigger, kind=kind, is_local=True)
    _write(rule, change)
    db.session.add(rule)
    db.session.flush()
    record(
        Event.TASK_RULE_CHANGED,
        by=by,
        centre_id=centre_id,
        subject=("task_rule", rule.id),
        details={"code": rule.code, "made": True},
    )
    forget_rules()
    return rule


def change_rule(rule: TaskRule, change: RuleChange, *, by: Identity) -> None:
    """Change a rule; audited. From then on a release leaves it alone. What it made stays.

    A rule of everywhere is changed by those alone who may everywhere. Raises Forbidden; Refused without
    English words, or without days where nothing is waited for.
    """
    _refuse_elsewhere(rule.centre_id, by)
    _refuse_incomplete(rule.trigger, change)
    before = {name: getattr(rule, name) for name in vars(change)}
    after = _write(rule, change)
    rule.is_local = True
    changes = changes_between(before, after)
    record(
        Event.TASK_RULE_CHANGED,
        by=by,
        centre_id=rule.centre_id,
        subject=("task_rule", rule.id),
        details={"code": rule.code, "fields": [one.field for one in changes]},
        changes=changes,
    )
    forget_rules()


def load_shipped_rules() -> int:
    """Add and refresh the shipped rules; what was changed here stays. Returns how many were written."""
    known = {rule.code: rule for rule in list_rules()}
    written = 0
    for item in json.loads(SHIPPED.read_text(encoding="utf-8")):
        rule = known.get(item["code"])
        if rule is not None and rule.is_local:
            continue
        if rule is None:
            rule = TaskRule(code=item["code"])
            db.session.add(rule)
        rule.trigger, rule.condition = Trigger(item["trigger"]), item.get("condition", "")
        rule.kind, rule.titles = item["kind"], item["titles"]
        rule.offset_value, rule.offset_unit = item["offset"], OffsetUnit(item["unit"])
        rule.assign_to, rule.is_active = AssignTo(item["assign_to"]), item.get("active", True)
        written += 1
    db.session.flush()
    forget_rules()
    return written


def forget_rules() -> None:
    """Read the rules anew at the next question."""
    current_app.extensions.pop(KNOWN, None)


def _known() -> list[KnownRule]:
    """The rules, at most half a minute old: recording a consultation asks for them each time."""
    kept: tuple[float, list[KnownRule]] | None = current_app.extensions.get(KNOWN)
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
        names = KnownRule.__dataclass_fields__
        found = [KnownRule(**{name: getattr(rule, name) for name in names}) for rule in list_rules()]
        kept = current_app.extensions[KNOWN] = (time.monotonic(), found)
    return kept[1]


def list_idle_rules(centre_id: UUID) -> list[KnownRule]:
    """The rules of a centre that wait for a case in which nothing happens for a number of days."""
    return [rule for rule in _rules_at(centre_id, Trigger.CASE_IDLE) if rule.condition.isdecimal()]


def _rules_at(centre_id: UUID, trigger: Trigger) -> list[KnownRule]:
    """The active rules that hold in a centre. One of its own, also when it is off, stands in place of that of
    everywhere for the same; there is one number of idle days, whichever it is.
    """
    known = [rule for rule in _known() if rule.trigger is trigger]
    own = [rule for rule in known if rule.centre_id == centre_id]
    replaced = {rule.condition for rule in own}
    everywhere = [
        rule
        for rule in known
        if rule.centre_id is None
        and (not own if trigger is Trigger.CASE_IDLE else rule.condition not in replaced)
    ]
    return [rule for rule in (*own, *everywhere) if rule.is_active]


def _write(rule: TaskRule, change: RuleChange) -> dict[str, Any]:
    """Set what a rule says; what was set, by column."""
    values: dict[str, Any] = dict(vars(change)) | {"titles": dict(change.titles)}
    for name, value in values.items():
        setattr(rule, name, value)
    return values


def may_change_rule(centre_id: UUID | None, *, by: Identity) -> bool:
    """True for those who may change rules of a centre, or of everywhere when there is none."""
    scope = by.centres(Permission.TASK_RULE_MANAGE)
    return scope.everywhere if centre_id is None else centre_id in scope


def _refuse_elsewhere(centre_id: UUID | None, by: Identity) -> None:
    if not may_change_rule(centre_id, by=by):
        raise Forbidden


def _refuse_incomplete(trigger: Trigger, change: RuleChange) -> None:
    if not change.titles.get("en", "").strip():
        raise Refused(fields={"title_en": _("Write the English title: other languages fall back to it.")})
    days = change.condition
    if trigger is Trigger.CASE_IDLE and not (days.isdecimal() and 1 <= int(days) <= MOST_DAYS):
        raise Refused(fields={"condition": _("Write after how many days, from 1 to 999.")})


def _assignee(rule: KnownRule, happening: Happening, by: Identity) -> UUID | None:
    return {
        AssignTo.ACTOR: by.user_id,
        AssignTo.COUNSELLOR: happening.counsellor_id or by.user_id,
        AssignTo.NOBODY: None,
    }[rule.assign_to]
