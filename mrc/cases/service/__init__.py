"""The counsellor's verbs: record a consultation, open a case, write a note, hand over, close."""

from __future__ import annotations

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
from mrc.cases.service.levels import keep_in_step, keep_person_in_step, level_of, name_team, set_level
from mrc.cases.service.printing import print_case

__all__ = [
    "GRAVE_TOPICS",
    "MAJORITY_AGE",
    "CaseDetails",
    "ConsultationDetails",
    "add_need",
    "add_note",
    "assign_case",
    "change_case",
    "keep_in_step",
    "keep_person_in_step",
    "level_of",
    "move_case",
    "name_enquirer",
    "name_team",
    "open_case",
    "open_case_from",
    "print_case",
    "record_consultation",
    "set_level",
    "settle_need",
    "starting_level",
]
