"""Rules: when something happens, a task is due some time after it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre, is_working_day
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.tasks.models import Task, TaskRule
from mrc.tasks.queries import exists_made_for, list_rules
from mrc.tasks.service.tasks import NewTask, create_task, end_of_day
from mrc.tasks.states import AssignTo, OffsetUnit, TaskSource, Trigger

SHIPPED = Path(__file__).parent.parent / "data" / "rules.json"
KNOWN = "mrc_task_rules"
KEPT_SECONDS = 30
MOST_DAYS = 366


@dataclass(frozen=True)
class KnownRule:
    """An active rule as it is kept in the process."""

    id: UUID
    centre_id: UUID | None
    trigger: Trigger
    condition: str
    kind: str
    offset_value: int
    offset_unit: OffsetUnit
    assign_to: AssignTo


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


@dataclass(frozen=True)
class RuleChange:
    """What may be changed about a rule."""

    titles: Mapping[str, str]
    offset_value: int
    offset_unit: OffsetUnit
    assign_to: AssignTo
    is_active: bool


def apply_rules(happening: Happening, *, by: Identity) -> list[Task]:
    """Make the tasks that the centre's rules ask for after this; none is ever made twice."""
    made = []
    for rule in _known():
        if rule.trigger is not happening.trigger or rule.condition not in ("", happening.condition):
            continue
        if rule.centre_id not in (None, happening.centre_id):
            continue
        dedupe_key = f"{rule.id}:{happening.key}"
        if exists_made_for(dedupe_key):
            continue
        new = NewTask(
            kind=rule.kind,
            due_at=due_after(clock.now(), rule.offset_value, rule.offset_unit, happening.centre_id),
            assignee_id=_assignee(rule, happening, by),
            is_timed=rule.offset_unit is OffsetUnit.HOURS,
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
    left = value
    for _ in range(MOST_DAYS):
        if left <= 0 and is_working_day(centre, day):
            break
        day += timedelta(days=1)
        left -= 1 if is_working_day(centre, day) else 0
    return end_of_day(day, centre_id)


def change_rule(rule: TaskRule, change: RuleChange, *, by: Identity) -> None:
    """Change a rule; audited. From then on a release leaves it alone. English may not be empty."""
    if not by.can(Permission.TASK_RULE_MANAGE):
        raise Forbidden
    if not change.titles.get("en", "").strip():
        raise Refused(fields={"en": "The English words are needed: other languages fall back to them."})
    before = {name: getattr(rule, name) for name in vars(change)}
    after: dict[str, Any] = dict(vars(change)) | {"titles": dict(change.titles)}
    for name, value in after.items():
        setattr(rule, name, value)
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
    """The active rules, at most half a minute old: recording a consultation asks for them each time."""
    kept: tuple[float, list[KnownRule]] | None = current_app.extensions.get(KNOWN)
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
        names = KnownRule.__dataclass_fields__
        found = [
            KnownRule(**{name: getattr(rule, name) for name in names})
            for rule in list_rules()
            if rule.is_active
        ]
        kept = current_app.extensions[KNOWN] = (time.monotonic(), found)
    return kept[1]


def _assignee(rule: KnownRule, happening: Happening, by: Identity) -> UUID | None:
    return {
        AssignTo.ACTOR: by.user_id,
        AssignTo.COUNSELLOR: happening.counsellor_id or by.user_id,
        AssignTo.NOBODY: None,
    }[rule.assign_to]
