"""Telling somebody that people wait too long: once, and once more when nothing happens."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.messaging.queries.delivery import list_waited_for
from mrc.messaging.queries.levels import Late, list_late
from mrc.messaging.service.threads import release_all
from mrc.tasks.queries import exists_made_for, find_absence
from mrc.tasks.service import NewTask, create_task, still_works

HOUSE = Identity.system("waiting times")
MUCH_TOO_LATE = 2
"""So many times the target: then it is everybody's."""


def escalate(centre_id: UUID) -> None:
    """Make a task for every conversation of a centre that waits too long: for its holder, later for all.

    Whoever waits for somebody who is away or has left waits for the team.
    """
    centre = get_centre(centre_id)
    for user_id in list_waited_for(centre_id):
        is_away = find_absence(user_id, clock.today_in(centre.time_zone), centre_id) is not None
        if is_away or still_works(user_id, centre_id) is None:
            release_all(user_id, centre_id, by=HOUSE)
    for late in list_late(centre, by=None):
        _tell(late, "late", late.thread.assignee_id)
        if late.minutes > MUCH_TOO_LATE * centre.first_response_minutes:
            _tell(late, "much-too-late", None)


def _tell(late: Late, how: str, user_id: UUID | None) -> None:
    thread = late.thread
    key = f"waits:{how}:{thread.id}:{thread.waiting_since:%Y%m%dT%H%M%S}"
    if exists_made_for(key):
        return
    new = NewTask(
        "call_back",
        clock.now(),
        title=_("Somebody waits for an answer in the inbox"),
        assignee_id=still_works(user_id, thread.centre_id) if user_id else None,
        is_urgent=how != "late",
        dedupe_key=key,
    )
    create_task(
        new, centre_id=thread.centre_id, by=HOUSE, person_id=thread.person_id, level=thread.confidentiality
    )
