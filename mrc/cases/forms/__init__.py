"""Forms about cases and what belongs to them."""

from __future__ import annotations

from mrc.cases.forms.appointments import AppointmentForm, CancelAppointmentForm
from mrc.cases.forms.assessments import PREFIX, assessment_form
from mrc.cases.forms.attempts import AttemptForm, outcome_options
from mrc.cases.forms.cases import CaseForm, NewCaseForm, level_options, priority_options
from mrc.cases.forms.closing import ClosureForm, DecisionForm, ReopenForm, VoidForm
from mrc.cases.forms.consultations import (
    AmendForm,
    ParticipantForm,
    ReasonForm,
    SplitForm,
    VoidConsultationForm,
    kind_options,
)
from mrc.cases.forms.content import CorrectionForm, NeedForm, NoteForm, SettleNeedForm
from mrc.cases.forms.files import ACCEPTED, FileFactsForm, FileForm, WithdrawForm
from mrc.cases.forms.handovers import AcceptForm, AskForm, BulkForm, DeclineForm, ShareForm, TransferForm
from mrc.cases.forms.job_offers import FEE, RECEIPT, job_offer_form
from mrc.cases.forms.protection import ConcernForm, ResolveForm, grade_options
from mrc.cases.forms.steps import ActionForm, AssignForm, FollowUpForm, LevelForm

__all__ = [
    "ACCEPTED",
    "FEE",
    "PREFIX",
    "RECEIPT",
    "AcceptForm",
    "ActionForm",
    "AmendForm",
    "AppointmentForm",
    "AskForm",
    "AssignForm",
    "AttemptForm",
    "BulkForm",
    "CancelAppointmentForm",
    "CaseForm",
    "ClosureForm",
    "ConcernForm",
    "CorrectionForm",
    "DecisionForm",
    "DeclineForm",
    "FileFactsForm",
    "FileForm",
    "FollowUpForm",
    "LevelForm",
    "NeedForm",
    "NewCaseForm",
    "NoteForm",
    "ParticipantForm",
    "ReasonForm",
    "ReopenForm",
    "ResolveForm",
    "SettleNeedForm",
    "ShareForm",
    "SplitForm",
    "TransferForm",
    "VoidConsultationForm",
    "VoidForm",
    "WithdrawForm",
    "assessment_form",
    "grade_options",
    "job_offer_form",
    "kind_options",
    "level_options",
    "outcome_options",
    "priority_options",
]
