"""What partners offer: added, changed, ended; the room that there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.directory.models import Partner, ServiceOffer
from mrc.directory.policy import may_keep
from mrc.directory.states import Cost, Room
from mrc.vocab.queries import choices, get_code

LISTS = ("sexes", "client_types", "nationalities", "districts", "languages")


@dataclass(frozen=True)
class OfferDetails:
    """One service: for whom, where, at what cost. Empty lists narrow nothing."""

    service: str
    details: str = ""
    requires: str = ""
    sexes: list[str] = field(default_factory=list)
    age_from: int | None = None
    age_to: int | None = None
    client_types: list[str] = field(default_factory=list)
    nationalities: list[str] = field(default_factory=list)
    districts: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    cost: Cost = Cost.UNKNOWN
    room: Room = Room.UNKNOWN
    wait_days: int | None = None


def add_offer(partner: Partner, details: OfferDetails, *, by: Identity) -> ServiceOffer:
    """Say what a partner offers; audited. Raises Forbidden, or Refused by field."""
    _refuse_unless_keeper(partner, by)
    _refuse_unless_sound(details, partner)
    offer = ServiceOffer(partner_id=partner.id, **asdict(details))
    offer.room_on = clock.now().date()
    db.session.add(offer)
    db.session.flush()
    _record(Event.OFFER_ADDED, offer, by)
    return offer


def change_offer(offer: ServiceOffer, details: OfferDetails, *, by: Identity) -> None:
    """Write what changed, with both values in the log. Raises Forbidden, or Refused by field."""
    _refuse_unless_keeper(offer.partner, by)
    _refuse_unless_sound(details, offer.partner)
    after = asdict(details)
    before = {name: getattr(offer, name) for name in after}
    for name in LISTS:
        if sorted(after[name]) == sorted(before[name]):
            after[name] = before[name]
    changes = changes_between(before, after)
    if not changes:
        return
    for change in changes:
        setattr(offer, change.field, after[change.field])
    fields = [change.field for change in changes]
    if {"room", "wait_days"} & set(fields):
        offer.room_on = clock.now().date()
    record(
        Event.OFFER_CHANGED, by=by, centre_id=None, subject=("service_offer", offer.id),
        details={"partner": str(offer.partner_id), "fields": fields}, changes=changes,
    )  # fmt: skip


def end_offer(offer: ServiceOffer, *, by: Identity) -> None:
    """Offer it no more; audited, idempotent. Raises Forbidden."""
    _refuse_unless_keeper(offer.partner, by)
    if offer.ended_on is None:
        offer.ended_on = clock.now().date()
        _record(Event.OFFER_ENDED, offer, by)


def _refuse_unless_keeper(partner: Partner, by: Identity) -> None:
    if not may_keep(by, partner.country):
        raise Forbidden


def _refuse_unless_sound(details: OfferDetails, partner: Partner) -> None:
    found: dict[str, str] = {}
    if get_code("partner_services", details.service) is None:
        found["service"] = _("Choose the service.")
    if details.age_from is not None and details.age_to is not None and details.age_from > details.age_to:
        found["age_to"] = _("The oldest is younger than the youngest.")
    if _unknown(details.districts, "districts", partner.country):
        found["districts"] = _("Choose districts of this country.")
    if found:
        raise Refused(fields=found)


def _unknown(codes: Sequence[str], list_name: str, country: str) -> bool:
    return bool(set(codes) - {choice.code for choice in choices(list_name, country)})


def _record(event: Event, offer: ServiceOffer, by: Identity) -> None:
    details = {"partner": str(offer.partner_id), "service": offer.service}
    record(event, by=by, centre_id=None, subject=("service_offer", offer.id), details=details)
