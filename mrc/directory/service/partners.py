"""Partners: added, changed, verified, closed. Each act is audited; nobody is deleted."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import date
from urllib.parse import urlsplit

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.text import clean, fold
from mrc.directory.models import Partner
from mrc.directory.policy import may_keep
from mrc.directory.states import ReferralMethod, Served
from mrc.i18n.locales import LOCALES
from mrc.vocab.queries import choices, get_code

EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
LONGEST_NAME = 200


@dataclass(frozen=True)
class PartnerDetails:
    """What is said about a partner. `phone` is E.164; codes are those of the lists."""

    name: str
    kind: str
    names: dict[str, str] = field(default_factory=dict)
    district: str | None = None
    address: str = ""
    is_address_secret: bool = False
    phone: str = ""
    email: str = ""
    website: str = ""
    hours: str = ""
    languages: list[str] = field(default_factory=list)
    served: Served = Served.EVERYBODY
    referral_method: ReferralMethod = ReferralMethod.LINK
    method_note: str = ""
    agreement_from: date | None = None
    agreement_until: date | None = None


def add_partner(details: PartnerDetails, country: str, *, by: Identity) -> Partner:
    """Put a partner into the directory of a country. Raises Forbidden, or Refused by field."""
    _refuse_unless_keeper(country, by)
    _refuse_unless_sound(details, country)
    partner = Partner(country=country, name_key="", **asdict(details))
    _make_findable(partner)
    db.session.add(partner)
    db.session.flush()
    _record(Event.PARTNER_ADDED, partner, by)
    return partner


def change_partner(partner: Partner, details: PartnerDetails, *, by: Identity) -> None:
    """Write what changed, with both values in the log. Raises Forbidden, or Refused by field."""
    _refuse_unless_keeper(partner.country, by)
    _refuse_unless_sound(details, partner.country)
    after = asdict(details)
    before = {name: getattr(partner, name) for name in after}
    # A form gives lists in its own order: the same languages are no change.
    if sorted(after["languages"]) == sorted(before["languages"]):
        after["languages"] = before["languages"]
    changes = changes_between(before, after)
    if not changes:
        return
    for change in changes:
        setattr(partner, change.field, after[change.field])
    _make_findable(partner)
    fields = [change.field for change in changes]
    record(
        Event.PARTNER_CHANGED, by=by, centre_id=None, subject=("partner", partner.id),
        details={"fields": fields}, changes=changes,
    )  # fmt: skip


def verify_partner(partner: Partner, *, by: Identity) -> None:
    """Say that somebody asked today and the entry holds. Raises Forbidden."""
    _refuse_unless_keeper(partner.country, by)
    partner.verified_on, partner.verified_by_id = clock.now().date(), by.user_id
    _record(Event.PARTNER_VERIFIED, partner, by)


def close_partner(partner: Partner, *, by: Identity) -> None:
    """Refer nobody to it any more; what was referred goes on. Idempotent. Raises Forbidden."""
    _refuse_unless_keeper(partner.country, by)
    if partner.closed_on is None:
        partner.closed_on = clock.now().date()
        _record(Event.PARTNER_CLOSED, partner, by)


def reopen_partner(partner: Partner, *, by: Identity) -> None:
    """Refer people to it again. Idempotent. Raises Forbidden."""
    _refuse_unless_keeper(partner.country, by)
    if partner.closed_on is not None:
        partner.closed_on = None
        _record(Event.PARTNER_REOPENED, partner, by)


def _refuse_unless_keeper(country: str, by: Identity) -> None:
    if not may_keep(by, country):
        raise Forbidden


def _refuse_unless_sound(details: PartnerDetails, country: str) -> None:
    found: dict[str, str] = {}
    if not details.name.strip() or len(details.name) > LONGEST_NAME:
        found["name"] = _("Write the name in Latin letters.")
    if get_code("partner_types", details.kind) is None:
        found["kind"] = _("Choose what it is.")
    if details.district and details.district not in {one.code for one in choices("districts", country)}:
        found["district"] = _("Choose a district of this country.")
    if details.email and not EMAIL.fullmatch(details.email):
        found["email"] = _("This is no e-mail address.")
    if details.website and not _is_web_address(details.website):
        found["website"] = _("Write the address with https:// in front.")
    if (
        details.agreement_from
        and details.agreement_until
        and details.agreement_from > details.agreement_until
    ):
        found["agreement_until"] = _("The last day lies before the first.")
    if found:
        raise Refused(fields=found)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _make_findable(partner: Partner) -> None:
    partner.name = clean(partner.name).strip()
    partner.names = {
        tag: clean(name).strip() for tag, name in partner.names.items() if tag in LOCALES and name.strip()
    }
    partner.name_key = fold(partner.name)[:LONGEST_NAME]
    place = get_code("districts", partner.district) if partner.district else None
    words = (partner.name, *partner.names.values(), *(place.labels.values() if place else ()))
    partner.found_by = " ".join(fold(word) for word in words)


def _record(event: Event, partner: Partner, by: Identity) -> None:
    record(
        event, by=by, centre_id=None, subject=("partner", partner.id), details={"country": partner.country}
    )
