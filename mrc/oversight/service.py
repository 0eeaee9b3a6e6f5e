"""Break-glass and its review, and starting a parked job again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.models import AccessGrant
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.jobs import service as jobs
from mrc.jobs.models import Job
from mrc.oversight.queries import find_case_to_open

GRANT_LIFETIME = timedelta(hours=4)
SHORTEST_REASON = 20


def break_glass(number: str, reason: str, *, by: Identity) -> Case:
    """Open one protected case to the reader for four hours; audited, and on the manager's list at once.

    Raises Refused when the reason is short, NotFound when there is no such case here, when it is sealed, or
    when nothing needs to be opened: the answers look the same.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            fields={"reason": _("Write the reason in at least %(count)s characters.", count=SHORTEST_REASON)}
        )
    case = find_case_to_open(number, by.centres(Permission.BREAK_GLASS))
    if case is None or case.confidentiality != PROTECTED_LEVEL:
        raise NotFound
    now = clock.now()
    grant = AccessGrant(
        user_id=by.user_id,
        centre_id=case.centre_id,
        subject_kind="case",
        subject_id=case.id,
        # Without the file nobody could reach the person; one that is sealed for another case stays shut.
        person_id=case.person_id,
        granted_at=now,
        expires_at=now + GRANT_LIFETIME,
    )
    grant.reason = reason
    db.session.add(grant)
    record(
        Event.BREAK_GLASS_OPENED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"grant": str(grant.id)},
    )
    return case


def review_grant(grant: AccessGrant, *, by: Identity) -> None:
    """Say that a grant was looked at; audited. Nobody reviews their own. Idempotent."""
    if grant.user_id == by.user_id or not by.can(Permission.BREAK_GLASS_REVIEW, grant.centre_id):
        raise Forbidden
    if grant.reviewed_at is not None:
        return
    grant.reviewed_at, grant.reviewed_by_id = clock.now(), by.user_id
    record(
        Event.BREAK_GLASS_REVIEWED,
        by=by,
        centre_id=grant.centre_id,
        subject=(grant.subject_kind, grant.subject_id),
        details={"grant": str(grant.id)},
    )


def retry_job(job_id: UUID, *, by: Identity) -> Job:
    """Start a parked job again; audited."""
    job = db.session.get(Job, job_id)
    if job is None:
        raise NotFound
    jobs.retry(job)
    record(Event.JOB_RETRIED, by=by, centre_id=None, subject=("job", job.id), details={"kind": job.kind})
    return job


def look_at_messaging() -> None:
    """Have the provider asked about our lines, and everything about messages looked at, now."""
    minute = clock.now().replace(second=0, microsecond=0).isoformat()
    for kind in ("messaging.ask_lines", "messaging.watch"):
        jobs.enqueue(kind, {}, dedupe_key=f"{kind}:asked:{minute}")
