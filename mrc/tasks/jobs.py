"""Handing tasks over when a leave begins, and giving them back when it is over."""

from __future__ import annotations

from datetime import timedelta

from mrc.access.identity import Identity
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.jobs.registry import Payload, job
from mrc.tasks.queries import list_begun
from mrc.tasks.service import end_absence, hand_over

AHEAD = timedelta(hours=14)
"""No clock is further ahead of UTC: where a day begins first, it begins so much earlier."""


@job("tasks.end_absences", every_minutes=60)
def end_absences(_payload: Payload) -> None:
    """Give back the tasks of those who came back; hand over those of who went away. By the centre's day."""
    leave = Identity.system("leave")
    for absence in list_begun((clock.now() + AHEAD).date()):
        today = clock.today_in(get_centre(absence.centre_id).time_zone)
        if absence.until_on < today:
            end_absence(absence, by=leave)
        elif absence.from_on <= today:
            hand_over(absence, by=leave)
