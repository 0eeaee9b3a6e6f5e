"""Tasks, the rules that make them, and the absences that hand them over."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.tasks.states import AssignTo, OffsetUnit, Repeat, TaskSource, TaskStatus, Trigger


class TaskRule(Versioned, Identified, Recorded, Model):
    """When something happens, a task is due some time after it."""

    __tablename__ = "task_rule"
    __table_args__ = (CheckConstraint("offset_value >= 0", name="offset_value"),)

    code: Mapped[str] = mapped_column(
        String(40), unique=True, comment="Name of a shipped rule, or its own key"
    )
    centre_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Centre that it is for, everywhere when empty"
    )
    trigger: Mapped[Trigger] = mapped_column(StringEnum(Trigger), comment="What it waits for")
    condition: Mapped[str] = mapped_column(
        String(40), default="", comment="Outcome or priority that it asks for, any when empty"
    )
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'task_kinds'")
    titles: Mapped[dict[str, str]] = mapped_column(Json, comment="Title by language, English always")
    offset_value: Mapped[int] = mapped_column(comment="How long after it the task is due")
    offset_unit: Mapped[OffsetUnit] = mapped_column(StringEnum(OffsetUnit), comment="Unit of that time")
    assign_to: Mapped[AssignTo] = mapped_column(StringEnum(AssignTo), comment="Who gets the task")
    is_active: Mapped[bool] = mapped_column(default=True, comment="Whether it makes tasks")
    is_local: Mapped[bool] = mapped_column(default=False, comment="Changed here: a release leaves it alone")


class Absence(Versioned, Identified, Recorded, Model):
    """Somebody is away, and somebody stands in."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="days"),
        Index("ix_absence_user", "user_id", "until_on"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), index=True, comment="Where they work")
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), comment="Who is away")
    substitute_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who stands in"
    )
    from_on: Mapped[date] = mapped_column(comment="First day")
    until_on: Mapped[date] = mapped_column(comment="Last day")
    ended_at: Mapped[datetime | None] = mapped_column(comment="When the tasks went back, UTC")


class Task(Versioned, Identified, Recorded, Model):
    """Something to be done by somebody until some time."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("confidentiality BETWEEN 0 AND 3", name="confidentiality"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_at"),
        CheckConstraint("status <> 'cancelled' OR cancel_reason IS NOT NULL", name="cancel_reason"),
        CheckConstraint("case_id IS NULL OR person_id IS NOT NULL", name="case_person"),
        Index("ix_task_assignee", "assignee_id", "status", "due_at", "id"),
        Index("ix_task_centre", "centre_id", "status", "due_at", "id"),
        Index("ix_task_case", "case_id", "status", "due_at", "id"),
        Index("ix_task_person", "person_id", "status", "due_at", "id"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre that it belongs to")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="About whom")
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), comment="In which case")
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="Follows the case, without one the person"
    )
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'task_kinds'")
    title_sealed: Mapped[bytes | None] = mapped_column(
        "title", LargeBinary, comment="What is to be done, sealed; empty when its rule says it"
    )
    title = Sealed("title_sealed")
    details_sealed: Mapped[bytes | None] = mapped_column("details", LargeBinary, comment="More, sealed")
    details = Sealed("details_sealed")
    assignee_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who does it, nobody yet when empty"
    )
    due_at: Mapped[datetime] = mapped_column(comment="When it is due, UTC; the end of the day when untimed")
    is_timed: Mapped[bool] = mapped_column(default=False, comment="Whether the time of day matters")
    is_urgent: Mapped[bool] = mapped_column(default=False, comment="Before others that are due then")
    status: Mapped[TaskStatus] = mapped_column(
        StringEnum(TaskStatus), default=TaskStatus.OPEN, comment="Where it is"
    )
    closed_at: Mapped[datetime | None] = mapped_column(comment="When it was done or cancelled, UTC")
    closed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who did or cancelled it"
    )
    cancel_reason: Mapped[str | None] = mapped_column(
        String(40), comment="Code of list 'task_cancel_reasons'"
    )
    attempts: Mapped[int] = mapped_column(default=0, comment="How often it was tried in vain")
    postponed: Mapped[int] = mapped_column(default=0, comment="How often it was put off")
    source: Mapped[TaskSource] = mapped_column(
        StringEnum(TaskSource), default=TaskSource.MANUAL, comment="Why it is there"
    )
    rule_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("task_rule.id"), index=True, comment="The rule that made it"
    )
    dedupe_key: Mapped[str | None] = mapped_column(
        String(120), unique=True, comment="What it was made for; never made twice"
    )
    repeat_every: Mapped[int | None] = mapped_column(comment="It comes again after so many units")
    repeat_unit: Mapped[Repeat | None] = mapped_column(StringEnum(Repeat), comment="days, weeks or months")
    repeat_until: Mapped[date | None] = mapped_column(comment="Last day on which it may come again")
    absence_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("absence.id"), index=True, comment="Handed over because of this absence"
    )
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who wrote it")

    rule: Mapped[TaskRule | None] = relationship()
    absence: Mapped[Absence | None] = relationship()

    @property
    def owner_id(self) -> UUID | None:
        """Whose task it is: of who is away, when somebody stands in."""
        return self.absence.user_id if self.absence else self.assignee_id
