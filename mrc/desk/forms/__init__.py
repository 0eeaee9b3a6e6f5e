"""The forms of the desk."""

from __future__ import annotations

from mrc.desk.forms.inbox import LabelsForm, MessageCaseForm, NoteForm, ReplyForm, SnoozeForm, VoidNoteForm
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
from mrc.desk.forms.writing import ActionForm, GroupLogForm, HandOverForm, QuickLogForm

__all__ = [
    "AbsenceForm",
    "ActionForm",
    "AssignForm",
    "CancelForm",
    "FlagForm",
    "GroupLogForm",
    "HandOverForm",
    "LabelsForm",
    "MessageCaseForm",
    "NewRuleForm",
    "NoteForm",
    "QuickLogForm",
    "ReplyForm",
    "RuleForm",
    "SnoozeForm",
    "TaskForm",
    "VoidNoteForm",
    "show_refusal",
]
