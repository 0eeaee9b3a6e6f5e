"""Who sees a case and what belongs to it.

General and personal cases are read by the centre's staff, protected ones by the team and by those who hold
`protected_view` there, sealed ones by the named people only. What lives in a case follows it.
"""

from __future__ import annotations

from mrc.access.permissions import Permission
from mrc.access.policy import CentrePolicy, ChildPolicy, Team
from mrc.cases.models import Case, CaseMember, Consultation, Need, Note
from mrc.tasks.models import Flag, Task

CASES = CentrePolicy(
    Case,
    Permission.CASE_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, owner="counsellor_id"),
)
CONSULTATIONS = CentrePolicy(
    Consultation,
    Permission.CONSULTATION_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, key="case_id", owner="counsellor_id"),
    granted="case_id",
)
TASKS = CentrePolicy(
    Task,
    Permission.TASK_WORK,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, key="case_id", owner="assignee_id"),
    granted="case_id",
)
FLAGS = CentrePolicy(
    Flag,
    Permission.PERSON_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, key="case_id"),
    granted="case_id",
)
NEEDS = ChildPolicy(Need, CASES, "case_id")
NOTES = ChildPolicy(Note, CASES, "case_id")
