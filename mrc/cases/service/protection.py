"""Protection concerns: raising one protects the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, ProtectionConcern
from mrc.cases.service.levels import protect_case
from mrc.cases.service.steps import change_row, refuse_unless_worked_on, step_within
from mrc.cases.states import CONCERN, ConcernStatus, Grade
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Refused


@dataclass(frozen=True)
class ConcernDetails:
    """A danger as it is written down. `since` is an ISO date as far as it is known."""

    kind: str
    severity: Grade
    determined_by: str
    since: str | None = None
    details: str = ""
    safety_plan: str = ""


def raise_concern(case: Case, wanted: ConcernDetails, *, by: Identity) -> ProtectionConcern:
    """Write down a danger; the case is protected from then on, its writer stays in its team; audited."""
    refuse_unless_worked_on(case, by)
    concern = ProtectionConcern(
        case_id=case.id,
        kind=wanted.kind,
        status=ConcernStatus.OPEN,
        severity=wanted.severity,
        determined_by=wanted.determined_by,
        since=wanted.since,
        raised_by_id=by.user_id,
    )
    concern.details = wanted.details or None
    concern.safety_plan = wanted.safety_plan or None
    db.session.add(concern)
    case.last_activity_at = clock.now()
    record(
        Event.CONCERN_RAISED,
        by=by,
        centre_id=case.centre_id,
        subject=("protection_concern", concern.id),
        details={"case": str(case.id)},
    )
    protect_case(case, because="protection_concern", by=by)
    return concern


def change_concern(
    case: Case, concern: ProtectionConcern, values: Mapping[str, object], *, by: Identity
) -> None:
    """Change kind, severity, determined_by, since, details or safety_plan of a standing concern; audited."""
    if concern.status is ConcernStatus.RESOLVED:
        raise Refused(_("The concern is resolved. Open it again to change it."))
    change_row(case, concern, values, Event.CONCERN_CHANGED, by=by)


def resolve_concern(case: Case, concern: ProtectionConcern, resolution: str, *, by: Identity) -> None:
    """Say why a concern no longer stands; audited. The level of the case stays: lowering it is a decision of
    its own.
    """
    if not resolution.strip():
        raise Refused(fields={"resolution": _("Write why it no longer stands.")})
    facts = {"resolution": resolution, "resolved_at": clock.now(), "resolved_by_id": by.user_id}
    step_within(case, concern, "resolve", CONCERN, by=by, **facts)


def reopen_concern(case: Case, concern: ProtectionConcern, *, by: Identity) -> None:
    """Say that a resolved concern stands again; the case is protected again; audited."""
    gone = {"resolution": None, "resolved_at": None, "resolved_by_id": None}
    step_within(case, concern, "reopen", CONCERN, by=by, **gone)
    protect_case(case, because="protection_concern", by=by)
