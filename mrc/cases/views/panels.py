"""What the cases package shows on pages about a person: a small form to write down attempts to reach them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.cases import forms, queries
from mrc.cases.models import Case
from mrc.cases.queries import Reach
from mrc.centres.queries import get_centre
from mrc.persons.models import Person, PersonAddress
from mrc.persons.views import Panel
from mrc.tasks.models import Task


def attempt_panel(
    identity: Identity,
    person: Person,
    *,
    case: Case | None = None,
    thread_id: UUID | None = None,
    task: Task | None = None,
    form: forms.AttemptForm | None = None,
    reach: Reach | None = None,
    was_tried: bool = True,
) -> Panel:
    """What is shown where one may want to call a person: the form, warnings, and the newest attempts; for
    these nothing is asked when the caller knows that nobody has tried.
    """
    time_zone = get_centre(person.centre_id).time_zone
    reach = reach or queries.get_reach(person, time_zone, by=identity, was_tried=was_tried)
    may_record = identity.can(Permission.CONSULTATION_RECORD, person.centre_id)
    if form is None and may_record:
        form = forms.AttemptForm(reach.links)
        form.link.data = _first_choice(reach.links, time_zone)
    return Panel(
        "cases/_attempts.html",
        {
            "person": person,
            "case": case,
            "thread_id": thread_id,
            "task": task,
            "form": form if may_record else None,
            "reach": reach,
            "obstacles": [
                (link, found)
                for link in reach.links
                if (found := queries.obstacles_to_calling(link, time_zone))
            ],
            "people": names_of({row.by_id for row in reach.attempts if row.by_id}),
        },
    )


def person_attempts(identity: Identity, person: Person) -> Panel:
    """The attempts on a person's page."""
    return attempt_panel(identity, person)


def _first_choice(links: Sequence[PersonAddress], time_zone: str) -> str:
    """The first address that nothing speaks against; without one, none is chosen."""
    usable = (link for link in links if not queries.obstacles_to_calling(link, time_zone))
    first = next(usable, None)
    return str(first.id) if first else ""
