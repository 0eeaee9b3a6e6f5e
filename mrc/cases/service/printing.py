"""Printing a case file."""

from __future__ import annotations

from collections.abc import Collection

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import SEALED_LEVEL
from mrc.audit.service import Change, record
from mrc.audit.tags import Event
from mrc.cases.models import Case
from mrc.cases.policy import CASES
from mrc.core.errors import Forbidden
from mrc.persons.service import checked_reason


def print_case(case: Case, reason: str, *, kinds: Collection[str], entries: int, by: Identity) -> None:
    """Record that a case file leaves on paper, with the reason sealed; audited.

    A sealed case is printed by the people named in it alone. Raises Forbidden without the right, Refused
    without a reason.
    """
    if not by.can(Permission.CASE_PRINT, case.centre_id):
        raise Forbidden
    if case.confidentiality >= SEALED_LEVEL and not CASES.team_has(by, case):
        raise Forbidden
    record(
        Event.CASE_PRINTED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"number": case.number, "kinds": sorted(kinds), "count": entries},
        changes=(Change("reason", None, checked_reason(reason)),),
    )
