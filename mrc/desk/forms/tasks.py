"""Tasks, the rules that make them, leave, and flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, InputRequired, Optional, StopValidation

from mrc.core.errors import Refused
from mrc.i18n.calendars import PartialDate
from mrc.i18n.locales import LOCALES
from mrc.tasks.models import Task
from mrc.tasks.service import NewFlag, NewTask, RuleChange, end_of_day
from mrc.tasks.states import AssignTo, OffsetUnit, Repeat, Trigger
from mrc.vocab.forms import options
from mrc.web.fields import (
    CheckField,
    ChipField,
    ClockField,
    CodeField,
    DayField,
    LineField,
    NumberField,
    TextField,
)
from mrc.web.forms import Form

People = Sequence[tuple[UUID, str]]


class TaskForm(Form):
    """Something to be done."""

    title = LineField(_l("What is to be done"), [InputRequired(_l("Write what is to be done."))])
    kind = ChipField(_l("Kind"))
    due = DayField(_l("Due on"), [DataRequired(_l("Write by when."))])
    due_time = ClockField(_l("At"), [Optional()], description=_l("Only if the time matters, like 14:30."))
    assignee = CodeField(_l("Who does it"))
    is_urgent = CheckField(_l("Urgent"))
    details = TextField(_l("More about it"))
    repeat_every = NumberField(_l("Comes again after"), [Optional()], least=1, most=365)
    repeat_unit = ChipField(
        _l("Unit"),
        choices=[
            (Repeat.DAYS.value, _l("days")),
            (Repeat.WEEKS.value, _l("weeks")),
            (Repeat.MONTHS.value, _l("months")),
        ],
        default=Repeat.WEEKS.value,
    )
    repeat_until = DayField(_l("Until"))

    def validate_repeat_until(self, field: DayField) -> None:
        if field.day and self.due.day and field.day < self.due.day:
            raise StopValidation(_("The task ends before it is due."))

    def __init__(self, people: People, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.kind.choices = options("task_kinds")
        if not self.kind.data:
            self.kind.data = "other"
        self.assignee.choices = [("", _("Nobody yet")), *((str(key), name) for key, name in people)]

    def new_task(self, centre_id: UUID, zone: str) -> NewTask:
        """What was typed. `zone` is the centre's time zone."""
        due_at, is_timed = due_of(self.due.day, self.due_time.data, centre_id, zone)
        return NewTask(
            kind=self.kind.data,
            due_at=due_at,
            title=self.title.data or "",
            details=self.details.data or "",
            assignee_id=UUID(self.assignee.data) if self.assignee.data else None,
            is_timed=is_timed,
            is_urgent=self.is_urgent.data,
            repeat_every=self.repeat_every.data,
            repeat_unit=Repeat(self.repeat_unit.data) if self.repeat_every.data else None,
            repeat_until=self.repeat_until.day,
        )

    @staticmethod
    def values_of(task: Task, zone: str, title: str) -> dict[str, Any]:
        """What an edit starts from, by field name."""
        due = task.due_at.astimezone(ZoneInfo(zone))
        return {
            "title": title,
            "kind": task.kind,
            "due": _partial(due.date()),
            "due_time": due.hour * 60 + due.minute if task.is_timed else None,
            "is_urgent": task.is_urgent,
            "details": task.details or "",
            "repeat_every": task.repeat_every,
            "repeat_unit": (task.repeat_unit or Repeat.WEEKS).value,
            "repeat_until": _partial(task.repeat_until),
        }

    @staticmethod
    def changes_from(texts: Mapping[str, str], centre_id: UUID, zone: str) -> dict[str, object]:
        """The columns to write, from merged texts."""
        minutes = int(texts["due_time"]) if texts["due_time"] else None
        due_at, is_timed = due_of(PartialDate.from_iso(texts["due"]).earliest, minutes, centre_id, zone)
        every = int(texts["repeat_every"]) if texts["repeat_every"] else None
        until = texts["repeat_until"]
        return {
            "title": texts["title"],
            "kind": texts["kind"],
            "due_at": due_at,
            "is_timed": is_timed,
            "is_urgent": texts["is_urgent"] == "True",
            "details": texts["details"] or None,
            "repeat_every": every,
            "repeat_unit": Repeat(texts["repeat_unit"]) if every else None,
            "repeat_until": PartialDate.from_iso(until).earliest if until else None,
        }


class AssignForm(Form):
    """Who does it."""

    assignee = CodeField(_l("Who does it"))

    def __init__(self, people: People, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.assignee.choices = [("", _("Choose…")), *((str(key), name) for key, name in people)]


class CancelForm(Form):
    """Why a task is not done."""

    reason = ChipField(_l("Reason"), [InputRequired(_l("Choose the reason."))])

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.reason.choices = [one for one in options("task_cancel_reasons") if one[0] != "case_over"]


class RuleForm(Form):
    """When a rule's task is due, for whom, and what it says in each language."""

    is_active = CheckField(_l("This rule makes tasks"))
    condition = NumberField(_l("After so many days without activity"), [Optional()], least=1, most=999)
    offset_value = NumberField(
        _l("Due after"), [InputRequired(_l("Write after how long."))], least=0, most=365
    )
    offset_unit = ChipField(
        _l("Unit"),
        choices=[
            (OffsetUnit.HOURS.value, _l("hours")),
            (OffsetUnit.DAYS.value, _l("days")),
            (OffsetUnit.WORKING_DAYS.value, _l("working days")),
        ],
    )
    assign_to = ChipField(
        _l("Who gets it"),
        choices=[
            (AssignTo.ACTOR.value, _l("who did it")),
            (AssignTo.COUNSELLOR.value, _l("the case's counsellor")),
            (AssignTo.NOBODY.value, _l("nobody yet")),
        ],
    )
    title_en = LineField(_l("Title in English"), [InputRequired(_l("Write the English title."))])
    title_ur = LineField(_l("Title in Urdu"))
    title_ps = LineField(_l("Title in Pashto"))
    title_fa_af = LineField(_l("Title in Dari"))
    title_ar = LineField(_l("Title in Arabic"))
    title_ckb = LineField(_l("Title in Sorani"))

    @staticmethod
    def change_from(texts: Mapping[str, str], condition: str) -> RuleChange:
        """What to write, from merged texts. The condition is what it was where the form does not ask."""
        titles = {tag: words for tag in LOCALES if (words := texts[f"title_{tag.lower()}"])}
        return RuleChange(
            condition=texts.get("condition", condition),
            titles=titles,
            offset_value=int(texts["offset_value"]),
            offset_unit=OffsetUnit(texts["offset_unit"]),
            assign_to=AssignTo(texts["assign_to"]),
            is_active=texts["is_active"] == "True",
        )


class NewRuleForm(RuleForm):
    """A rule of one's own: what it waits for, and what is to be done then."""

    trigger = CodeField(_l("When"), [InputRequired(_l("Choose what it waits for."))])
    kind = ChipField(_l("Kind"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.trigger.choices = {
            str(_("A consultation is recorded")): _cases_of(
                Trigger.CONSULTATION_RECORDED, options("consultation_outcomes")
            ),
            str(_("Somebody could not be reached")): _cases_of(
                Trigger.ATTEMPT_IN_VAIN,
                [
                    ("", _("However")),
                    ("no_answer", _("No answer")),
                    ("busy", _("Busy")),
                    ("number_off", _("Switched off or no network")),
                ],
            ),
            str(_("A case is opened")): _cases_of(
                Trigger.CASE_OPENED,
                [("normal", _("normal")), ("urgent", _("urgent")), ("emergency", _("emergency"))],
            ),
            str(_("Something happens in a case")): [
                (Trigger.CASE_ASSIGNED.value, _("A case is given to a counsellor")),
                (Trigger.CLOSURE_RETURNED.value, _("A closure is returned")),
                (Trigger.CASE_IDLE.value, _("Nothing happens in a case")),
            ],
        }
        self.kind.choices = options("task_kinds")
        if not self.is_submitted():
            self.kind.data, self.is_active.data = "call_back", True
            self.offset_unit.data = OffsetUnit.WORKING_DAYS.value
            self.assign_to.data = AssignTo.COUNSELLOR.value

    @property
    def waits_for(self) -> tuple[Trigger, str]:
        """The trigger and its condition."""
        trigger, _colon, condition = str(self.trigger.data).partition(":")
        idle = Trigger(trigger) is Trigger.CASE_IDLE
        return Trigger(trigger), str(self.condition.data or "") if idle else condition


class AbsenceForm(Form):
    """Who is away, from when until when, and who stands in."""

    user = CodeField(_l("Who is away"))
    from_on = DayField(_l("First day"), [DataRequired(_l("Write the first day."))])
    until_on = DayField(_l("Last day"), [DataRequired(_l("Write the last day."))])
    substitute = CodeField(_l("Who stands in"), [InputRequired(_l("Choose who stands in."))])

    def __init__(self, people: People, may_choose: People, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.user.choices = [(str(key), name) for key, name in may_choose]
        self.substitute.choices = [("", _("Choose…")), *((str(key), name) for key, name in people)]


class FlagForm(Form):
    """An instruction that everybody sees first."""

    kind = ChipField(_l("Kind"), [InputRequired(_l("Choose the kind."))])
    instruction = TextField(
        _l("What is to be done or left"), [InputRequired(_l("Write what is to be done."))]
    )
    expires_on = DayField(_l("Shown until"), description=_l("Leave it empty if it holds for good."))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.kind.choices = options("flag_kinds")

    def new_flag(self) -> NewFlag:
        """What was typed."""
        return NewFlag(self.kind.data, self.instruction.data or "", self.expires_on.day)


def show_refusal(form: Form, refusal: Refused) -> None:
    """Put what a rule refused beside its fields; what belongs to none stands at the first."""
    first = next(iter(form.own_fields))
    for name, words in refusal.fields.items() or ((first, str(refusal)),):
        form[name if name in form.own_fields else first].errors = [words]


def due_of(day: date | None, minutes: int | None, centre_id: UUID, zone: str) -> tuple[datetime, bool]:
    """The instant that a day, and perhaps a time of it, means at a centre; whether the time matters."""
    assert day is not None
    if minutes is None:
        return end_of_day(day, centre_id), False
    return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=ZoneInfo(zone)), True


def _cases_of(trigger: Trigger, pairs: Sequence[tuple[str, Any]]) -> list[tuple[str, str]]:
    """The choices of one trigger: its code, a colon, the condition."""
    return [(f"{trigger.value}:{code}", str(label)) for code, label in pairs]


def _partial(day: date | None) -> PartialDate | None:
    return PartialDate(day.year, day.month, day.day) if day else None
