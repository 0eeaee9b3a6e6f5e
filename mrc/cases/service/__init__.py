"""The counsellor's verbs: record a consultation, open a case, write a note, assess, hand over, close."""

from __future__ import annotations

from mrc.cases.service.amendments import (
    amend_consultation,
    may_amend,
    needs_reason,
    split_minutes,
    void_consultation,
)
from mrc.cases.service.assessments import (
    AssessmentContent,
    change_assessment,
    finish_assessment,
    start_assessment,
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
from mrc.cases.service.closures import (
    EXPLAINED,
    LOST_AFTER,
    ClosureDetails,
    decide_closure,
    reopen_case,
    request_closure,
)
from mrc.cases.service.consultations import ConsultationDetails, name_enquirer, record_consultation
from mrc.cases.service.files import add_file, change_file, may_withdraw, note_refused_file, withdraw_file
from mrc.cases.service.groups import GroupDetails, add_participant, record_group, remove_participant
from mrc.cases.service.job_offers import (
    change_job_offer,
    finish_job_offer,
    start_job_offer,
    take_back_job_offer,
    tell_job_offer,
)
from mrc.cases.service.levels import (
    keep_in_step,
    keep_person_in_step,
    level_of,
    name_team,
    protect_case,
    set_level,
)
from mrc.cases.service.needs import NeedDetails, add_need, change_need, move_need, settle_need
from mrc.cases.service.notes import add_note, pin_note
from mrc.cases.service.printing import print_case
from mrc.cases.service.protection import (
    ConcernDetails,
    change_concern,
    raise_concern,
    reopen_concern,
    resolve_concern,
)

__all__ = [
    "EXPLAINED",
    "GRAVE_TOPICS",
    "LOST_AFTER",
    "MAJORITY_AGE",
    "AssessmentContent",
    "CaseDetails",
    "ClosureDetails",
    "ConcernDetails",
    "ConsultationDetails",
    "GroupDetails",
    "NeedDetails",
    "NewAttempt",
    "add_file",
    "add_need",
    "add_note",
    "add_participant",
    "amend_consultation",
    "assign_case",
    "call_back_instant",
    "change_assessment",
    "change_case",
    "change_concern",
    "change_file",
    "change_job_offer",
    "change_need",
    "decide_closure",
    "finish_assessment",
    "finish_job_offer",
    "keep_in_step",
    "keep_person_in_step",
    "level_of",
    "may_amend",
    "may_withdraw",
    "move_case",
    "move_need",
    "name_enquirer",
    "name_team",
    "needs_reason",
    "note_callback",
    "note_refused_file",
    "open_case",
    "open_case_from",
    "pin_note",
    "print_case",
    "protect_case",
    "raise_concern",
    "record_attempt",
    "record_consultation",
    "record_group",
    "remove_participant",
    "reopen_case",
    "reopen_concern",
    "request_closure",
    "resolve_concern",
    "set_level",
    "settle_need",
    "split_minutes",
    "start_assessment",
    "start_job_offer",
    "starting_level",
    "take_back_job_offer",
    "tell_job_offer",
    "void_consultation",
    "withdraw_file",
]
