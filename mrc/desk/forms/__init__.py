"""The forms of the desk."""

from __future__ import annotations

from mrc.desk.forms.tasks import AbsenceForm, CancelForm, FlagForm, RuleForm, TaskForm
from mrc.desk.forms.writing import ActionForm, HandOverForm, QuickLogForm, ReplyForm

__all__ = [
    "AbsenceForm", "ActionForm", "CancelForm", "FlagForm", "HandOverForm", "QuickLogForm", "ReplyForm",
    "RuleForm", "TaskForm",
]  # fmt: skip
