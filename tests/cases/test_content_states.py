"""Every state of what lives in a case and every step: allowed or refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from mrc.access.identity import Identity
from mrc.cases.models import Assessment, Case, CaseClosure, JobOfferCheck, Need, ProtectionConcern
from mrc.cases.service.steps import step_within
from mrc.cases.states import ASSESSMENT, CLOSURE, CONCERN, JOB_OFFER, NEED, CaseStatus, Finding, Grade
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused, TransitionRefused
from mrc.core.states import Machine

People = Callable[[str], Identity]
LEADS_TO = {
    ("need", "open", "start"): "in_progress",
    **{
        ("need", state, action): target
        for state in ("open", "in_progress")
        for action, target in (
            ("meet", "met"),
            ("meet_partly", "partly_met"),
            ("miss", "not_met"),
            ("withdraw", "withdrawn"),
        )
    },
    **{("need", state, "reopen"): "open" for state in ("met", "partly_met", "not_met", "withdrawn")},
    ("case_closure", "pending", "approve"): "approved",
    ("case_closure", "pending", "return"): "returned",
    ("protection_concern", "open", "resolve"): "resolved",
    ("protection_concern", "resolved", "reopen"): "open",
    ("assessment", "draft", "finish"): "final",
    ("job_offer_check", "draft", "finish"): "checked",
    ("job_offer_check", "checked", "take_back"): "draft",
    ("job_offer_check", "checked", "tell"): "told",
}
"""Written down by hand: a second opinion on the tables of transitions."""
MACHINES: dict[str, tuple[Machine, Any]] = {
    "need": (NEED, Need),
    "case_closure": (CLOSURE, CaseClosure),
    "protection_concern": (CONCERN, ProtectionConcern),
    "assessment": (ASSESSMENT, Assessment),
    "job_offer_check": (JOB_OFFER, JobOfferCheck),
}
WALK = [
    (kind, state.value, action)
    for kind, (machine, model) in MACHINES.items()
    for state, action in product(
        type(machine.transitions[0].target), sorted({step.name for step in machine.transitions})
    )
]


def row_of(kind: str, case: Case, status: str) -> Any:
    """A row in a state, with what the state needs."""
    model, now = MACHINES[kind][1], clock.now()
    given: dict[str, dict[str, Any]] = {
        "need": {"area": "legal", "settled_at": None if status in {"open", "in_progress"} else now},
        "case_closure": {
            "reason": "needs_met",
            "requested_at": now,
            "decided_at": None if status == "pending" else now,
        },
        "protection_concern": {
            "kind": "threats",
            "severity": Grade.HIGH,
            "determined_by": "person",
            "resolved_at": now if status == "resolved" else None,
        },
        "assessment": {
            "instrument": "trafficking_screening",
            "instrument_version": "1",
            "taken_at": now,
            "finding": Finding.NO_INDICATION,
            "finished_at": now if status == "final" else None,
        },
        "job_offer_check": {
            "route": "direct",
            "result": "doubts",
            "checked_at": None if status == "draft" else now,
            "told_at": now if status == "told" else None,
        },
    }
    state = type(MACHINES[kind][0].transitions[0].target)(status)
    row = model(case_id=case.id, status=state, **given[kind])
    db.session.add(row)
    db.session.flush()
    return row


def facts_of(kind: str, action: str) -> dict[str, Any]:
    now = clock.now()
    known: dict[tuple[str, str], dict[str, Any]] = {
        ("need", "start"): {},
        ("need", "reopen"): {"settled_at": None},
        ("case_closure", "approve"): {"decided_at": now},
        ("case_closure", "return"): {"decided_at": now},
        ("protection_concern", "resolve"): {"resolution": "moved away", "resolved_at": now},
        ("protection_concern", "reopen"): {"resolution": None, "resolved_at": None},
        ("assessment", "finish"): {"finished_at": now},
        ("job_offer_check", "finish"): {"checked_at": now},
        ("job_offer_check", "take_back"): {"checked_at": None},
        ("job_offer_check", "tell"): {"told_at": now},
    }
    return known.get((kind, action), {"outcome": "provided_here", "settled_at": now})


@pytest.mark.parametrize(("kind", "status", "action"), WALK)
def test_each_step_from_each_state(
    quiet_case: Case, identity: People, kind: str, status: str, action: str
) -> None:
    row, manager = row_of(kind, quiet_case, status), identity("manager-lahore")
    machine = MACHINES[kind][0]
    if (target := LEADS_TO.get((kind, status, action))) is None:
        with pytest.raises(TransitionRefused):
            step_within(quiet_case, row, action, machine, by=manager, **facts_of(kind, action))
        assert row.status == status
        return
    step_within(quiet_case, row, action, machine, by=manager, **facts_of(kind, action))
    db.session.commit()
    assert row.status == target


@pytest.mark.parametrize(("kind", "status", "action"), sorted(LEADS_TO))
def test_nobody_steps_in_a_case_of_another_centre_or_in_a_closed_one(
    quiet_case: Case, identity: People, kind: str, status: str, action: str
) -> None:
    row, machine = row_of(kind, quiet_case, status), MACHINES[kind][0]
    with pytest.raises(Forbidden):
        step_within(quiet_case, row, action, machine, by=identity("manager-erbil"), **facts_of(kind, action))
    quiet_case.status, quiet_case.closure_reason = CaseStatus.CLOSED, "needs_met"
    quiet_case.closed_at = clock.now()
    with pytest.raises(Refused, match="not open"):
        step_within(quiet_case, row, action, machine, by=identity("manager-lahore"), **facts_of(kind, action))
