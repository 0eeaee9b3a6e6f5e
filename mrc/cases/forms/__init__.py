"""Forms about cases and what belongs to them."""

from __future__ import annotations

from mrc.cases.forms.attempts import AttemptForm, outcome_options
from mrc.cases.forms.cases import CaseForm, NewCaseForm, level_options, priority_options
from mrc.cases.forms.consultations import (
    AmendForm,
    ParticipantForm,
    ReasonForm,
    SplitForm,
    VoidForm,
    kind_options,
)
from mrc.cases.forms.content import NeedForm, NeedStatusForm, NoteForm
from mrc.cases.forms.steps import ActionForm, AssignForm, ClosureForm, FollowUpForm, LevelForm

__all__ = [
    "ActionForm",
    "AmendForm",
    "AssignForm",
    "AttemptForm",
    "CaseForm",
    "ClosureForm",
    "FollowUpForm",
    "LevelForm",
    "NeedForm",
    "NeedStatusForm",
    "NewCaseForm",
    "NoteForm",
    "ParticipantForm",
    "ReasonForm",
    "SplitForm",
    "VoidForm",
    "kind_options",
    "level_options",
    "outcome_options",
    "priority_options",
]
