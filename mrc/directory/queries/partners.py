"""Partners as the list shows them, and one of them with what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import selectinload

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.paging import COUNTED_UP_TO, Page, page_of
from mrc.core.text import fold
from mrc.directory.matching import VERIFIED_FOR
from mrc.directory.models import FocalPoint, Partner, ServiceOffer
from mrc.directory.policy import countries_of

SHOWN = 50


@dataclass(frozen=True)
class PartnerFilter:
    """What narrows the list; empty fields do not. Codes of the lists."""

    text: str = ""
    kind: str = ""
    service: str = ""
    district: str = ""
    is_stale: bool = False
    is_closed: bool = False


def list_partners(identity: Identity, wanted: PartnerFilter, cursor: str | None) -> Page[Partner]:
    """The partners of the reader's countries, by name, with their offers."""
    query = select(Partner).where(_seen(identity), _closed(wanted.is_closed))
    query = query.options(selectinload(Partner.offers))
    for word in fold(wanted.text).split():
        query = query.where(Partner.found_by.contains(word, autoescape=True))
    if wanted.kind:
        query = query.where(Partner.kind == wanted.kind)
    if wanted.district:
        query = query.where(Partner.district.startswith(wanted.district, autoescape=True))
    if wanted.service:
        offered = ServiceOffer.partner_id == Partner.id
        query = query.where(
            exists().where(offered, ServiceOffer.service == wanted.service, ServiceOffer.ended_on.is_(None))
        )
    if wanted.is_stale:
        query = query.where(_stale())
    return page_of(query, order=(Partner.name_key, Partner.id), cursor=cursor, size=SHOWN, ascending=True)


def get_partner(partner_id: UUID, *, by: Identity) -> Partner:
    """The partner. Raises NotFound when absent, or of a country in which the reader does not work."""
    query = select(Partner).where(Partner.id == partner_id, _seen(by))
    if (partner := db.session.scalar(query)) is None:
        raise NotFound
    return partner


def get_offer(partner_id: UUID, offer_id: UUID, *, by: Identity) -> ServiceOffer:
    """An offer of the partner. Raises NotFound."""
    partner = get_partner(partner_id, by=by)
    query = select(ServiceOffer).where(ServiceOffer.id == offer_id, ServiceOffer.partner_id == partner.id)
    if (offer := db.session.scalar(query)) is None:
        raise NotFound
    return offer


def get_focal_point(partner_id: UUID, focal_point_id: UUID, *, by: Identity) -> FocalPoint:
    """A focal point of the partner. Raises NotFound."""
    partner = get_partner(partner_id, by=by)
    query = select(FocalPoint).where(FocalPoint.id == focal_point_id, FocalPoint.partner_id == partner.id)
    if (focal_point := db.session.scalar(query)) is None:
        raise NotFound
    return focal_point


def count_stale(identity: Identity) -> int:
    """How many entries whoever keeps the directory has to ask about again, up to a hundred."""
    countries = countries_of(identity, Permission.DIRECTORY_MANAGE)
    if not countries:
        return 0
    stale = select(Partner.id).where(Partner.country.in_(countries), _closed(False), _stale())
    count = select(func.count()).select_from(stale.limit(COUNTED_UP_TO).subquery())
    return db.session.scalar(count) or 0


def _seen(identity: Identity) -> ColumnElement[bool]:
    return Partner.country.in_(countries_of(identity, Permission.DIRECTORY_VIEW))


def _closed(is_closed: bool) -> ColumnElement[bool]:
    return Partner.closed_on.is_not(None) if is_closed else Partner.closed_on.is_(None)


def _stale() -> ColumnElement[bool]:
    oldest = clock.now().date() - VERIFIED_FOR
    return or_(Partner.verified_on.is_(None), Partner.verified_on < oldest)
