"""The forms of the desk."""

from __future__ import annotations

from mrc.desk.forms.tasks import AbsenceForm, CancelForm, FlagForm, RuleForm, TaskForm
from mrc.desk.forms.writing import ActionForm, GroupLogForm, HandOverForm, QuickLogForm, ReplyForm

__all__ = [
    "AbsenceForm",
    "ActionForm",
    "CancelForm",
    "FlagForm",
    "GroupLogForm",
    "HandOverForm",
    "QuickLogForm",
    "ReplyForm",
    "RuleForm",
    "TaskForm",
]
