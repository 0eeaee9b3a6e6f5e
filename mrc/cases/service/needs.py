"""The needs of a case: written down, changed, settled, opened again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, Need
from mrc.cases.service.steps import change_row, refuse_unless_worked_on, step_within
from mrc.cases.states import NEED, SETTLED, UNSETTLED, NeedStatus, Priority
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Refused


@dataclass(frozen=True)
class NeedDetails:
    """What is needed, how soon and until when."""

    area: str
    priority: Priority = Priority.NORMAL
    due_on: date | None = None
    details: str = ""


def add_need(case: Case, wanted: NeedDetails | str, *, by: Identity) -> Need:
    """Add a need to a case, by its area alone or with details; audited."""
    refuse_unless_worked_on(case, by)
    details = NeedDetails(wanted) if isinstance(wanted, str) else wanted
    need = Need(
        case_id=case.id,
        area=details.area,
        status=NeedStatus.OPEN,
        priority=details.priority,
        due_on=details.due_on,
        opened_by_id=by.user_id,
    )
    need.details = details.details or None
    db.session.add(need)
    record(
        Event.NEED_ADDED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"area": details.area, "need": str(need.id)},
    )
    return need


def change_need(case: Case, need: Need, values: Mapping[str, object], *, by: Identity) -> None:
    """Change area, priority, due_on or details of a need that is not settled; audited."""
    if need.status in SETTLED:
        raise Refused(_("The need is settled. Open it again to change it."))
    change_row(case, need, values, Event.NEED_CHANGED, by=by)


def settle_need(
    case: Case, need: Need, action: str, *, by: Identity, outcome: str | None = None, note: str = ""
) -> None:
    """Say what became of a need, by a step of `states.NEED` and a code of list 'need_outcomes'; audited.

    Raises Refused without an outcome, TransitionRefused when it is settled already.
    """
    if not outcome:
        raise Refused(fields={"outcome": _("Choose what was done.")})
    facts = {"outcome": outcome, "outcome_note": note or None}
    settled = {"settled_at": clock.now(), "settled_by_id": by.user_id}
    step_within(case, need, action, NEED, by=by, **facts, **settled)


def move_need(case: Case, need: Need, action: str, *, by: Identity) -> None:
    """Start work on a need, or open a settled one again: it has no outcome from then on; audited."""
    gone = {"outcome": None, "outcome_note": None, "settled_at": None, "settled_by_id": None}
    step_within(case, need, action, NEED, by=by, **(gone if action == "reopen" else {}))


def leave_needs_unmet(case: Case, needs: list[Need], *, by: Identity) -> None:
    """Settle every need that is still open as not met, because the case ends; each is audited."""
    for need in needs:
        if need.status in UNSETTLED:
            settle_need(case, need, "miss", by=by, outcome="case_ended")
