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
    TIMELINE_SHOWN,
    Timeline,
    TimelineEntry,
    get_timeline,
    parse_timeline_cursor,
)

__all__ = [
    "OPEN_STATUSES",
    "SHOWN",
    "TIMELINE_SHOWN",
    "CaseFilter",
    "ConsultationFilter",
    "Timeline",
    "TimelineEntry",
    "count_cases",
    "count_due",
    "exists_person_case",
    "find_case_by_number",
    "get_case",
    "get_consultation",
    "get_timeline",
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
    "parse_timeline_cursor",
]
