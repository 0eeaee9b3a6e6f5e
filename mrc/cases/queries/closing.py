"""What stands in the way of closing a case.

Each package that keeps something open in a case names a function in `registry.CLOSURE_BLOCKERS`; it counts
what is open, whoever asks, and gives nothing of its content.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select, union_all

from mrc.cases.models import Assessment, Case, JobOfferCheck, Need, ProtectionConcern
from mrc.cases.states import UNSETTLED, AssessmentStatus, ConcernStatus, OfferStatus
from mrc.core.db import db

OPEN_NEEDS = "needs"


@dataclass(frozen=True)
class Blocker:
    """Something open: its kind, how many, in words, and the id of its card on the case's page."""

    kind: str
    count: int
    label: Any


BlockerFinder = Callable[[Case], Sequence[Blocker]]


def own_blockers(case: Case) -> Sequence[Blocker]:
    """What is open of our own: needs, concerns, job-offer checks, assessments; in one query."""
    labels = {
        OPEN_NEEDS: _l("open needs"),
        "concerns": _l("standing protection concerns"),
        "job-offers": _l("job-offer checks not told to the client"),
        "assessments": _l("unfinished assessments"),
    }
    counts = union_all(
        _counted(OPEN_NEEDS, Need, Need.status.in_(UNSETTLED), case),
        _counted("concerns", ProtectionConcern, ProtectionConcern.status == ConcernStatus.OPEN, case),
        _counted("job-offers", JobOfferCheck, JobOfferCheck.status != OfferStatus.TOLD, case),
        _counted("assessments", Assessment, Assessment.status == AssessmentStatus.DRAFT, case),
    )
    found = {kind: count for kind, count in db.session.execute(counts) if count}
    return [Blocker(kind, found[kind], label) for kind, label in labels.items() if kind in found]


def list_blockers(case: Case) -> list[Blocker]:
    """Everything that stands in the way of closing a case, of every package."""
    finders: tuple[BlockerFinder, ...] = current_app.extensions["mrc_closure_blockers"]
    return [blocker for find in finders for blocker in find(case)]


def _counted(kind: str, model: Any, is_open: Any, case: Case) -> Any:
    return select(literal(kind), func.count(model.id)).where(model.case_id == case.id, is_open)
