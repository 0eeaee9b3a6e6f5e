"""Closing a case and opening it again; every request and decision is kept."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.cases.models import Case, CaseClosure
from mrc.cases.queries import count_attempts, find_closure, list_blockers, list_needs
from mrc.cases.queries.closing import OPEN_NEEDS
from mrc.cases.service.cases import move_case
from mrc.cases.service.needs import leave_needs_unmet
from mrc.cases.service.steps import permitted, recorder_of
from mrc.cases.states import CLOSURE, WORKED_ON, ClosureStatus
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.states import move

EXPLAINED = frozenset({"other", "referred_out", "transferred", "no_longer_eligible"})
"""Reasons that say nothing without a text: to whom, where to, why."""
LOST_AFTER = 3
"""Attempts before contact may be called lost. Our own choice; no source gives a number."""


@dataclass(frozen=True)
class ClosureDetails:
    """Why a case may be closed. With `leaves_needs` what is still open is settled as not met."""

    reason: str
    summary: str
    explanation: str = ""
    leaves_needs: bool = False


def request_closure(case: Case, details: ClosureDetails, *, by: Identity) -> CaseClosure:
    """Ask for a case to be closed; where the centre asks for no approval it is closed at once. Audited.

    Raises Refused with what the reason needs, or with what is still open in the case.
    """
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    attempts = count_attempts(case.id) if details.reason == "lost_contact" else None
    _refuse_incomplete(details, attempts)
    if details.leaves_needs and case.status in WORKED_ON:
        leave_needs_unmet(case, list(list_needs(case)), by=by)
        db.session.flush()
    _refuse_while_something_is_open(case)
    closure = CaseClosure(
        case_id=case.id,
        status=ClosureStatus.PENDING,
        reason=details.reason,
        requested_at=clock.now(),
        requested_by_id=by.user_id,
        attempts=attempts,
    )
    closure.summary = details.summary
    closure.explanation = details.explanation or None
    db.session.add(closure)
    if get_centre(case.centre_id).closure_needs_approval:
        move_case(case, "request_closure", by=by, closure_reason=details.reason)
    else:
        move_case(case, "close", by=by, closure_reason=details.reason)
        closure.status = ClosureStatus(CLOSURE.find("approve", closure.status).target)
        closure.decided_at = clock.now()
    return closure


def decide_closure(case: Case, *, approves: bool, comment: str = "", by: Identity) -> None:
    """Approve a closure, or return it with a comment; nobody decides on what they asked for. Audited."""
    closure = find_closure(case, ClosureStatus.PENDING)
    if case.closure_requested_by_id == by.user_id:
        raise Forbidden
    if not approves and not comment.strip():
        raise Refused(fields={"comment": _("Write what is missing before the case can be closed.")})
    move_case(case, "approve_closure" if approves else "return_closure", by=by)
    if closure is None:
        # Asked for before requests were kept in a table of their own.
        return
    closure.comment = comment or None
    facts = {"decided_at": clock.now(), "decided_by_id": by.user_id}
    recorder = recorder_of(case, ("case_closure", closure.id))
    action = "approve" if approves else "return"
    move(
        closure,
        action,
        CLOSURE,
        by=by,
        centre_id=case.centre_id,
        permits=permitted,
        record=recorder,
        **facts,
    )


def reopen_case(case: Case, reason: str, *, by: Identity) -> None:
    """Open a closed case again, with the reason kept beside the closure that it ends; audited."""
    if not reason.strip():
        raise Refused(fields={"reason": _("Write why the case is opened again.")})
    closure = find_closure(case, ClosureStatus.APPROVED)
    move_case(case, "reopen", by=by)
    if closure is None:
        # Closed before closures were kept: the reason starts the history.
        closure = CaseClosure(
            case_id=case.id,
            status=ClosureStatus.APPROVED,
            reason="other",
            requested_at=clock.now(),
            decided_at=clock.now(),
        )
        db.session.add(closure)
    closure.reopened_at, closure.reopened_by_id = clock.now(), by.user_id
    closure.reopening_reason = reason


def _refuse_incomplete(details: ClosureDetails, attempts: int | None) -> None:
    missing = {}
    if not details.summary.strip():
        missing["summary"] = _("Write what was done and where it stands.")
    if details.reason in EXPLAINED and not details.explanation.strip():
        missing["explanation"] = _("This reason needs a text: to whom, where to, or why.")
    if attempts is not None and attempts < LOST_AFTER:
        missing["reason"] = ngettext(
            "Contact is lost after %(least)s attempts; %(num)s is recorded.",
            "Contact is lost after %(least)s attempts; %(num)s are recorded.",
            attempts,
            least=LOST_AFTER,
        )
    if missing:
        raise Refused(fields=missing)


def _refuse_while_something_is_open(case: Case) -> None:
    blockers = list_blockers(case)
    if not blockers:
        return
    words = ", ".join(f"{blocker.label}: {blocker.count}" for blocker in blockers)
    field = "leaves_needs" if blockers[0].kind == OPEN_NEEDS else "reason"
    raise Refused(fields={field: _("Still open: %(what)s.", what=words)})
