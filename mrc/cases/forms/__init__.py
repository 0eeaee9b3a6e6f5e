"""Forms about cases and what belongs to them."""

from __future__ import annotations

from mrc.cases.forms.cases import CaseForm, NewCaseForm, level_options, priority_options
from mrc.cases.forms.content import NeedForm, NeedStatusForm, NoteForm
from mrc.cases.forms.steps import ActionForm, AssignForm, ClosureForm, FollowUpForm, LevelForm

__all__ = [
    "ActionForm",
    "AssignForm",
    "CaseForm",
    "ClosureForm",
    "FollowUpForm",
    "LevelForm",
    "NeedForm",
    "NeedStatusForm",
    "NewCaseForm",
    "NoteForm",
    "level_options",
    "priority_options",
]
