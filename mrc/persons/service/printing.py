"""Printing what a file holds: a paper leaves the house, so it has a reason, and both stay in the log."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import Change, record
from mrc.audit.tags import Event
from mrc.core.errors import Forbidden, Refused
from mrc.persons.models import Person

SHORTEST_REASON = 10
PRINTED_AT_MOST = 500
"""Entries of one paper: more is no paper that anybody reads, and the page would wait for it."""


def checked_reason(reason: str) -> str:
    """The reason of a print without outer blanks. Raises Refused when it is too short to say anything."""
    text = reason.strip()
    if len(text) < SHORTEST_REASON:
        count = SHORTEST_REASON
        raise Refused(fields={"reason": _("Write the reason in at least %(count)s characters.", count=count)})
    return text


def print_person(person: Person, reason: str, *, kinds: Collection[str], entries: int, by: Identity) -> None:
    """Record that a person's timeline leaves on paper, with the reason sealed; audited.

    Raises Forbidden without the right, Refused without a reason.
    """
    if not by.can(Permission.CASE_PRINT, person.centre_id):
        raise Forbidden
    record(
        Event.PERSON_PRINTED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"kinds": sorted(kinds), "count": entries},
        changes=(Change("reason", None, checked_reason(reason)),),
    )
