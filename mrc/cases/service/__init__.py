"""The counsellor's verbs: record a consultation, open a case, write a note, hand over, close."""

from __future__ import annotations

from mrc.cases.service.amendments import (
    amend_consultation,
    may_amend,
    needs_reason,
    split_minutes,
    void_consultation,
)
from mrc.cases.service.attempts import NewAttempt, call_back_instant, note_callback, record_attempt
from mrc.cases.service.cases import (
    GRAVE_TOPICS,
    MAJORITY_AGE,
    CaseDetails,
    assign_case,
    change_case,
    move_case,
    open_case,
    open_case_from,
    starting_level,
)
from mrc.cases.service.consultations import ConsultationDetails, name_enquirer, record_consultation
from mrc.cases.service.content import add_need, add_note, settle_need
from mrc.cases.service.groups import GroupDetails, add_participant, record_group, remove_participant
from mrc.cases.service.levels import keep_in_step, keep_person_in_step, level_of, name_team, set_level
from mrc.cases.service.printing import print_case

__all__ = [
    "GRAVE_TOPICS",
    "MAJORITY_AGE",
    "CaseDetails",
    "ConsultationDetails",
    "GroupDetails",
    "NewAttempt",
    "add_need",
    "add_note",
    "add_participant",
    "amend_consultation",
    "assign_case",
    "call_back_instant",
    "change_case",
    "keep_in_step",
    "keep_person_in_step",
    "level_of",
    "may_amend",
    "move_case",
    "name_enquirer",
    "name_team",
    "needs_reason",
    "note_callback",
    "open_case",
    "open_case_from",
    "print_case",
    "record_attempt",
    "record_consultation",
    "record_group",
    "remove_participant",
    "set_level",
    "settle_need",
    "split_minutes",
    "starting_level",
    "void_consultation",
]
