"""What can be done about tasks, rules, absences and flags. Audited; commits nothing."""

from __future__ import annotations

from mrc.tasks.service.absences import end_absence, hand_over, preview_absence, record_absence
from mrc.tasks.service.flags import NewFlag, raise_flag, take_down_flag
from mrc.tasks.service.giving import follow_cases, still_works
from mrc.tasks.service.rules import (
    Happening,
    RuleChange,
    apply_rules,
    change_rule,
    due_after,
    forget_rules,
    list_idle_rules,
    load_shipped_rules,
    make_rule,
    may_change_rule,
)
from mrc.tasks.service.tasks import (
    NewTask,
    assign_task,
    cancel_open_tasks,
    change_task,
    create_task,
    end_of_day,
    move_task,
    note_attempt,
    postpone_task,
)

__all__ = [
    "Happening", "NewFlag", "NewTask", "RuleChange", "apply_rules", "assign_task", "cancel_open_tasks",
    "change_rule", "change_task", "create_task", "due_after", "end_absence", "end_of_day", "follow_cases",
    "forget_rules", "hand_over", "list_idle_rules", "load_shipped_rules", "make_rule", "may_change_rule",
    "move_task", "note_attempt", "postpone_task", "preview_absence", "raise_flag", "record_absence",
    "still_works", "take_down_flag",
]  # fmt: skip
