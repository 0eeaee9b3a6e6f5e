"""Pages of the counsellor's workplace."""

from __future__ import annotations

from mrc.desk.views import (
    around,
    day,
    group_log,
    inbox,
    leave,
    levels,
    media,
    people,
    quick_log,
    sayings,
    tasks,
    ways,
)
from mrc.desk.views.blueprint import blueprint

__all__ = [
    "around", "blueprint", "day", "group_log", "inbox", "leave", "levels", "media", "people", "quick_log",
    "sayings", "tasks", "ways",
]  # fmt: skip
