"""The forms of the desk."""

from __future__ import annotations

from mrc.desk.forms.tasks import (
    AbsenceForm,
    AssignForm,
    CancelForm,
    FlagForm,
    NewRuleForm,
    RuleForm,
    TaskForm,
    show_refusal,
)
from mrc.desk.forms.writing import ActionForm, GroupLogForm, HandOverForm, QuickLogForm, ReplyForm

__all__ = [
    "AbsenceForm",
    "ActionForm",
    "AssignForm",
    "CancelForm",
    "FlagForm",
    "GroupLogForm",
    "HandOverForm",
    "NewRuleForm",
    "QuickLogForm",
    "ReplyForm",
    "RuleForm",
    "TaskForm",
    "show_refusal",
]
