"""How fast people are answered, and who waits too long."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import work_centre
from mrc.core import clock
from mrc.desk.views.blueprint import blueprint
from mrc.messaging.queries import levels

SPANS = (7, 30)


@blueprint.get("/inbox/levels")
@requires(Permission.THREAD_VIEW)
def waiting_times() -> str:
    """The times of answers in the reader's centre, by counsellor, and who waits too long."""
    centre = work_centre(current(), Permission.THREAD_VIEW)
    days = SPANS[-1] if request.args.get("days") == str(SPANS[-1]) else SPANS[0]
    found = levels.measure(centre, clock.now() - timedelta(days=days))
    kinds = {
        level: levels.figures_of(
            [each for each in found if each.level is level], levels.target_of(centre, level)
        )
        for level in levels.Level
    }
    answers = [each for each in found if each.level is not levels.Level.RESOLUTION and each.user_id]
    people = names_of({each.user_id for each in answers if each.user_id})
    rows = [
        (people.get(user_id, ""), levels.figures_of([each for each in answers if each.user_id == user_id],
                                                    centre.next_response_minutes))
        for user_id in sorted(people, key=lambda key: people[key])
    ]  # fmt: skip
    late = levels.list_late(centre, by=current())
    record_read(
        Event.THREADS_LISTED, by=current(), centre_id=centre.id, details={"tab": "levels", "days": days}
    )
    return render_template(
        "desk/levels.html", centre=centre, kinds=kinds, rows=rows, late=late[: levels.LISTED], days=days,
        spans=SPANS, targets={level: levels.target_of(centre, level) for level in levels.Level},
        late_count=len(late),
    )  # fmt: skip
