"""Working through batches of hand-overs, and looking for cases in which nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from mrc.access.identity import Identity
from mrc.cases.models import Appointment, HandoverBatch
from mrc.cases.queries import list_to_remind
from mrc.cases.queries.idle import list_quiet_cases
from mrc.cases.service import work_on
from mrc.cases.service.cases import happening_of
from mrc.cases.service.reminders import AHEAD, find_booked, hear_answer, remind
from mrc.centres.queries import list_centres
from mrc.core import clock
from mrc.core.db import db
from mrc.jobs.registry import Payload, job
from mrc.tasks.service import apply_rules, list_idle_rules
from mrc.tasks.states import Trigger

STEP = 100
"""Cases looked at in one transaction: on the embedded database nobody else writes meanwhile."""
MOST_MADE = 2_000
"""Tasks made in one run. When a rule is switched on, thousands of old cases may be quiet: the next run goes
on.
"""
SYSTEM = "cases without activity"


@job("cases.hand_over_batch")
def hand_over_batch(payload: Payload) -> Iterator[None]:
    """Give or give back the cases of a batch, some hundred at a time."""
    while work_on(db.session.get_one(HandoverBatch, UUID(payload["batch"]))):
        yield


@job("cases.remind_of_appointments", every_minutes=15)
def remind_of_appointments(_payload: Payload) -> Iterator[None]:
    """Remind everybody whose appointment comes near, each in a transaction of its own."""
    for ahead in AHEAD:
        for appointment_id in list_to_remind(ahead):
            remind(db.session.get_one(Appointment, appointment_id), ahead)
            yield


@job("cases.appointment_answered")
def appointment_answered(payload: Payload) -> None:
    """They tapped under a reminder."""
    if (row := find_booked(UUID(payload["subject"]))) is not None:
        hear_answer(row, payload["payload"])


@job("cases.find_idle", every_minutes=60)
def find_idle(_payload: Payload) -> Iterator[None]:
    """Make the tasks that rules ask for where nothing happened for their number of days.

    One task for each quiet time of a case: its key names the case and since when it is quiet. A run that was
    cut off begins anew and passes over what has its task.
    """
    made = 0
    walks = [
        (centre.id, rule.id, rule.condition)
        for centre in list_centres()
        for rule in list_idle_rules(centre.id)
    ]
    now, by = clock.now(), Identity.system(SYSTEM)
    for centre_id, rule_id, days in walks:
        before, place, is_first = now - timedelta(days=int(days)), None, True
        while (is_first or place is not None) and made < MOST_MADE:
            found = list_quiet_cases(centre_id, rule_id, before=before, after=place, size=STEP)
            for case, since in found.cases:
                key = f"{case.id}:{since:%Y%m%dT%H%M%S.%f}"
                made += len(apply_rules(happening_of(case, Trigger.CASE_IDLE, key, days), by=by))
            place, is_first = found.place, False
            if found.cases:
                yield
