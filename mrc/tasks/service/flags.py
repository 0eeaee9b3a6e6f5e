"""Flags: an instruction on a person or case, shown until it expires or is taken down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.tasks.models import Flag


@dataclass(frozen=True)
class NewFlag:
    """A flag as somebody raises it."""

    kind: str
    instruction: str
    expires_on: date | None = None


def raise_flag(
    new: NewFlag,
    *,
    centre_id: UUID,
    person_id: UUID,
    by: Identity,
    case_id: UUID | None = None,
    level: int = 1,
) -> Flag:
    """Raise a flag; audited. Raises Forbidden, or Refused without an instruction or when it expired
    already.
    """
    if not by.can(Permission.FLAG_RAISE, centre_id):
        raise Forbidden
    if not new.instruction.strip():
        raise Refused(fields={"instruction": _("Write what is to be done.")})
    zone = get_centre(centre_id).time_zone
    if new.expires_on is not None and new.expires_on < clock.today_in(zone):
        raise Refused(fields={"expires_on": _("This day has passed.")})
    flag = Flag(
        centre_id=centre_id,
        person_id=person_id,
        case_id=case_id,
        confidentiality=level,
        kind=new.kind,
        expires_on=new.expires_on,
        raised_by_id=by.user_id,
    )
    flag.instruction = new.instruction
    db.session.add(flag)
    details = {"kind": new.kind, "case": str(case_id) if case_id else None}
    record(Event.FLAG_RAISED, by=by, centre_id=centre_id, subject=("person", person_id), details=details)
    return flag


def take_down_flag(flag: Flag, *, by: Identity) -> None:
    """Take a flag down; audited, idempotent. It stays in the file."""
    if not by.can(Permission.FLAG_RAISE, flag.centre_id):
        raise Forbidden
    if flag.taken_down_at is not None:
        return
    flag.taken_down_at, flag.taken_down_by_id = clock.now(), by.user_id
    record(
        Event.FLAG_TAKEN_DOWN,
        by=by,
        centre_id=flag.centre_id,
        subject=("person", flag.person_id),
        details={"kind": flag.kind, "flag": str(flag.id)},
    )
