"""Who is spoken to at a partner. One of them is asked first."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.directory.models import FocalPoint, Partner
from mrc.directory.policy import may_keep
from mrc.directory.service.partners import EMAIL
from mrc.i18n.locales import LOCALES


@dataclass(frozen=True)
class FocalPointDetails:
    """Who they are and how they are reached. `phone` is E.164."""

    name: str
    role: str = ""
    phone: str = ""
    email: str = ""
    language: str = "en"
    is_first: bool = False


def add_focal_point(partner: Partner, details: FocalPointDetails, *, by: Identity) -> FocalPoint:
    """Name somebody at a partner; audited without the name. Raises Forbidden, or Refused by field."""
    _refuse(partner, details, by)
    row = FocalPoint(partner_id=partner.id, partner=partner)
    db.session.add(row)
    _write(row, details)
    db.session.flush()
    _record(Event.FOCAL_POINT_ADDED, row, by)
    return row


def change_focal_point(row: FocalPoint, details: FocalPointDetails, *, by: Identity) -> None:
    """Change what is known of them; audited without the values. Raises Forbidden, or Refused by field."""
    _refuse(row.partner, details, by)
    _write(row, details)
    _record(Event.FOCAL_POINT_CHANGED, row, by)


def say_left(row: FocalPoint, *, by: Identity) -> None:
    """They do not work there any more; audited, idempotent. Raises Forbidden."""
    if not may_keep(by, row.partner.country):
        raise Forbidden
    if row.left_on is None:
        row.left_on, row.is_first = clock.now().date(), False
        _record(Event.FOCAL_POINT_LEFT, row, by)


def _refuse(partner: Partner, details: FocalPointDetails, by: Identity) -> None:
    if not may_keep(by, partner.country):
        raise Forbidden
    found: dict[str, str] = {}
    if not details.name.strip():
        found["name"] = _("Write the name.")
    if details.email and not EMAIL.fullmatch(details.email):
        found["email"] = _("This is no e-mail address.")
    if details.language not in LOCALES:
        found["language"] = _("Choose a language.")
    if not details.phone and not details.email:
        found["phone"] = _("Write a telephone number or an e-mail address.")
    if found:
        raise Refused(fields=found)


def _write(row: FocalPoint, details: FocalPointDetails) -> None:
    if details.is_first:
        for other in row.partner.focal_points:
            other.is_first = False
    row.name, row.phone, row.email = details.name, details.phone or None, details.email or None
    row.role, row.language, row.is_first = details.role, details.language, details.is_first


def _record(event: Event, row: FocalPoint, by: Identity) -> None:
    details = {"partner": str(row.partner_id)}
    record(event, by=by, centre_id=None, subject=("focal_point", row.id), details=details)
