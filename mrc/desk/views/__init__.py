"""Pages of the counsellor's workplace."""

from __future__ import annotations

from mrc.desk.views import day, group_log, inbox, leave, media, people, quick_log, sayings, tasks
from mrc.desk.views.blueprint import blueprint

__all__ = [
    "blueprint", "day", "group_log", "inbox", "leave", "media", "people", "quick_log", "sayings", "tasks",
]  # fmt: skip
