"""Tasks, rules, absences and flags."""

from __future__ import annotations

from mrc.tasks.models.flags import Flag
from mrc.tasks.models.tasks import Absence, Task, TaskRule

__all__ = ["Absence", "Flag", "Task", "TaskRule"]
