"""Correcting a consultation, with what it said before; and voiding one that was recorded by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import delete, update

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.cases.models import (
    Consultation,
    ConsultationAmendment,
    ConsultationParticipant,
    ConsultationTopic,
)
from mrc.cases.queries import list_split
from mrc.cases.service.consultations import refuse_bad_split, write_split
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused

ENQUIRER = ("sex", "age_band", "nationality", "district")
INTERPRETER = ("interpreter_kind", "interpreter_language", "interpreter_name")


def may_amend(consultation: Consultation, by: Identity) -> bool:
    """True for whoever held the consultation, and for those who may correct everybody's."""
    is_own = consultation.counsellor_id is not None and consultation.counsellor_id == by.user_id
    needed = Permission.CONSULTATION_RECORD if is_own else Permission.CONSULTATION_CORRECT
    return by.can(needed, consultation.centre_id)


def needs_reason(consultation: Consultation) -> bool:
    """True once the day on which the consultation was recorded is over, in the time of its centre."""
    zone = get_centre(consultation.centre_id).time_zone
    recorded_on = consultation.created_at.astimezone(ZoneInfo(zone)).date()
    return recorded_on != clock.today_in(zone)


def amend_consultation(
    consultation: Consultation, values: Mapping[str, object], *, reason: str, by: Identity
) -> None:
    """Correct a consultation and keep what it said before; audited with both values.

    `values` may hold every column of the encounter, its note, the interpreter and, of an anonymous one, the
    enquirer. A split of the minutes that no longer fits is removed, and kept with the earlier values. Raises
    Forbidden for other people's consultations, Refused without the reason that is needed after the day.
    """
    refuse_unless_amendable(consultation, reason, by)
    wanted = dict(values)
    if not wanted.get("has_interpreter", consultation.has_interpreter):
        wanted |= dict.fromkeys(INTERPRETER)
    if consultation.person_id is not None:
        wanted = {name: value for name, value in wanted.items() if name not in ENQUIRER}
    before = {name: getattr(consultation, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    if not changed:
        return
    earlier = {name: before[name] for name in changed}
    split = list_split(consultation)
    for name, value in changed.items():
        setattr(consultation, name, value)
    if split and (set(split) - set(consultation.topics) or sum(split.values()) != consultation.minutes):
        earlier["split"] = split
        _remove_split(consultation)
    if "started_at" in changed:
        moved = update(ConsultationParticipant).where(
            ConsultationParticipant.consultation_id == consultation.id
        )
        db.session.execute(moved.values(started_at=consultation.started_at))
    keep_amendment(consultation, earlier, reason=reason, by=by)
    record(
        Event.CONSULTATION_AMENDED,
        by=by,
        centre_id=consultation.centre_id,
        subject=("consultation", consultation.id),
        details={"fields": list(earlier), "with_reason": bool(reason)},
        changes=changes_between(before, changed),
    )


def split_minutes(consultation: Consultation, split: Mapping[str, int], *, reason: str, by: Identity) -> None:
    """Say how many of the minutes went to which topic; nothing at all takes the split back. Audited.

    To split what was not split is no correction; to change a split is one, and keeps the earlier one.
    """
    before = list_split(consultation)
    refuse_unless_amendable(consultation, reason, by, is_correction=bool(before))
    wanted = {topic: minutes for topic, minutes in split.items() if minutes}
    refuse_bad_split(wanted, consultation.topics, consultation.minutes)
    if wanted == before:
        return
    _remove_split(consultation)
    write_split(consultation, wanted)
    if before:
        keep_amendment(consultation, {"split": before}, reason=reason, by=by)
    record(
        Event.CONSULTATION_AMENDED,
        by=by,
        centre_id=consultation.centre_id,
        subject=("consultation", consultation.id),
        details={"fields": ["split"], "with_reason": bool(reason)},
        changes=changes_between({"split": before}, {"split": wanted}),
    )


def void_consultation(consultation: Consultation, *, reason: str, by: Identity) -> None:
    """Say that a consultation was recorded by mistake: it is kept, struck through and not counted. Audited.

    Raises Forbidden for other people's consultations, Refused without a reason or when it is void already.
    """
    refuse_unless_amendable(consultation, reason, by)
    if not reason.strip():
        raise Refused(fields={"reason": _("Write why it was recorded by mistake.")})
    consultation.voided_at, consultation.voided_by_id = clock.now(), by.user_id
    consultation.void_reason = reason
    record(
        Event.CONSULTATION_VOIDED,
        by=by,
        centre_id=consultation.centre_id,
        subject=("consultation", consultation.id),
        details={"case": str(consultation.case_id) if consultation.case_id else None},
    )


def keep_amendment(
    consultation: Consultation, earlier: Mapping[str, object], *, reason: str, by: Identity
) -> None:
    """Keep the earlier values of a consultation that is being corrected."""
    amendment = ConsultationAmendment(
        consultation_id=consultation.id, at=clock.now(), by_id=by.user_id, fields=list(earlier)
    )
    amendment.before = {name: _plain(value) for name, value in earlier.items()}
    amendment.reason = reason or None
    db.session.add(amendment)


def refuse_unless_amendable(
    consultation: Consultation, reason: str, by: Identity, *, is_correction: bool = True
) -> None:
    """Raise Forbidden or Refused unless this person may change the consultation now, with this reason."""
    if not may_amend(consultation, by):
        raise Forbidden
    if consultation.voided_at is not None:
        raise Refused(_("The consultation was recorded by mistake and is not changed any more."))
    if is_correction and needs_reason(consultation) and not reason.strip():
        raise Refused(fields={"reason": _("Write the reason: the day on which it was recorded is over.")})


def _remove_split(consultation: Consultation) -> None:
    db.session.execute(delete(ConsultationTopic).where(ConsultationTopic.consultation_id == consultation.id))


def _plain(value: object) -> object:
    """A value as JSON keeps it: instants as ISO text, codes as they are."""
    return value.isoformat() if hasattr(value, "isoformat") else value
