"""Reading cases, consultations and timelines. Lists open only what they show, in a constant number of
queries.
"""

from __future__ import annotations

from mrc.cases.queries.cases import (
    OPEN_STATUSES,
    SHOWN,
    CaseFilter,
    count_cases,
    count_due,
    exists_person_case,
    find_case_by_number,
    get_case,
    highest_level,
    list_awaiting_approval,
    list_cases,
    list_cases_of_person,
    list_member_ids,
    list_my_attention,
    list_needs,
)
from mrc.cases.queries.consultations import (
    ConsultationFilter,
    get_consultation,
    list_consultations,
    list_consultations_of_person,
    list_consultations_of_thread,
)
from mrc.cases.queries.timeline import (
    closed_case_rows,
    consultation_rows,
    message_rows,
    note_rows,
    opened_case_rows,
)

__all__ = [
    "OPEN_STATUSES",
    "SHOWN",
    "CaseFilter",
    "ConsultationFilter",
    "closed_case_rows",
    "consultation_rows",
    "count_cases",
    "count_due",
    "exists_person_case",
    "find_case_by_number",
    "get_case",
    "get_consultation",
    "highest_level",
    "list_awaiting_approval",
    "list_cases",
    "list_cases_of_person",
    "list_consultations",
    "list_consultations_of_person",
    "list_consultations_of_thread",
    "list_member_ids",
    "list_my_attention",
    "list_needs",
    "message_rows",
    "note_rows",
    "opened_case_rows",
]
