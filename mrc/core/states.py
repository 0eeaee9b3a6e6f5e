"""One table of transitions per status, and one setter that moves it.

The core knows neither permissions nor the audit log: who may and what is recorded come in from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from mrc.core.errors import Forbidden, Refused, TransitionRefused


@dataclass(frozen=True)
class Transition:
    """A step: its name, from which states, to which, who may, what must be known, how the log calls it."""

    name: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    permission: StrEnum
    required: tuple[str, ...]
    event: StrEnum
    clock: str | None = None
    """The clock that starts with the step, such as a deadline's; None for none."""


@dataclass(frozen=True)
class Machine:
    """All transitions of one status."""

    kind: str
    transitions: Sequence[Transition] = field(default_factory=tuple)

    def allowed(self, state: StrEnum) -> list[Transition]:
        """The steps that can be taken from a state, in the order of the table."""
        return [step for step in self.transitions if state in step.sources]

    def find(self, name: str, state: StrEnum) -> Transition:
        """The step of this name from this state. Raises TransitionRefused."""
        for step in self.allowed(state):
            if step.name == name:
                return step
        raise TransitionRefused(_("This step is not possible any more. Look at the record as it stands now."))


def move(
    row: Any,
    name: str,
    machine: Machine,
    *,
    by: Any,
    centre_id: UUID | None,
    permits: Callable[[Any, StrEnum, UUID | None], bool],
    record: Callable[[Any, Any, str, str], None],
    **facts: object,
) -> None:
    """Take one step: check state, right and required facts, set them and the status, record it.

    `permits(by, permission, centre_id)` decides; `record(event, by, before, after)` writes the log. Raises
    TransitionRefused, Forbidden, or Refused with the missing fields.
    """
    step = machine.find(name, row.status)
    if not permits(by, step.permission, centre_id):
        raise Forbidden
    for fact, value in facts.items():
        setattr(row, fact, value)
    if missing := [fact for fact in step.required if getattr(row, fact) in (None, "")]:
        raise Refused(_("Something is missing for this step."), fields=dict.fromkeys(missing, "missing"))
    before, row.status = row.status, step.target
    record(step.event, by, before.value, step.target.value)
