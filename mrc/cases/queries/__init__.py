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
)
from mrc.cases.queries.closing import OPEN_NEEDS, Blocker, list_blockers, own_blockers
from mrc.cases.queries.consultations import (
    ConsultationFilter,
    get_consultation,
    list_consultations,
    list_consultations_of_person,
    list_consultations_of_thread,
)
from mrc.cases.queries.content import (
    compared,
    count_attempts,
    find_closure,
    list_assessments,
    list_closures,
    list_concerns,
    list_job_offers,
    list_needs,
    published_fees,
)
from mrc.cases.queries.happenings import (
    assessment_timeline_rows,
    closure_timeline_rows,
    concern_timeline_rows,
    job_offer_timeline_rows,
)
from mrc.cases.queries.instruments import Instrument, get_instrument, list_instruments
from mrc.cases.queries.timeline import (
    TIMELINE_SHOWN,
    Timeline,
    TimelineEntry,
    get_timeline,
    parse_timeline_cursor,
)

__all__ = [
    "OPEN_NEEDS",
    "OPEN_STATUSES",
    "SHOWN",
    "TIMELINE_SHOWN",
    "Blocker",
    "CaseFilter",
    "ConsultationFilter",
    "Instrument",
    "Timeline",
    "TimelineEntry",
    "assessment_timeline_rows",
    "closure_timeline_rows",
    "compared",
    "concern_timeline_rows",
    "count_attempts",
    "count_cases",
    "count_due",
    "exists_person_case",
    "find_case_by_number",
    "find_closure",
    "get_case",
    "get_consultation",
    "get_instrument",
    "get_timeline",
    "highest_level",
    "job_offer_timeline_rows",
    "list_assessments",
    "list_awaiting_approval",
    "list_blockers",
    "list_cases",
    "list_cases_of_person",
    "list_closures",
    "list_concerns",
    "list_consultations",
    "list_consultations_of_person",
    "list_consultations_of_thread",
    "list_instruments",
    "list_job_offers",
    "list_member_ids",
    "list_my_attention",
    "list_needs",
    "own_blockers",
    "parse_timeline_cursor",
    "published_fees",
]
