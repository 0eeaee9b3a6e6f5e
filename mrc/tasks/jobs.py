"""Giving tasks back when a leave is over."""

from __future__ import annotations

from mrc.access.identity import Identity
from mrc.core import clock
from mrc.jobs.registry import Payload, job
from mrc.tasks.queries import list_over
from mrc.tasks.service import end_absence


@job("tasks.end_absences", every_minutes=60)
def end_absences(_payload: Payload) -> None:
    """Give back the tasks of those who came back."""
    for absence in list_over(clock.now().date()):
        end_absence(absence, by=Identity.system("leave"))
