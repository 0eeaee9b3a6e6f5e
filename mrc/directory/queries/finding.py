"""Which offers meet a need, for somebody of a profile: the candidates by query, their order by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.core import clock
from mrc.core.db import db
from mrc.directory.matching import Candidate, Match, Profile, ranked
from mrc.directory.models import Partner, ServiceOffer
from mrc.directory.policy import countries_of
from mrc.vocab.queries import choices

SHOWN = 50


@dataclass(frozen=True)
class Found:
    """An offer, its partner, and why it fits or does not."""

    offer: ServiceOffer
    match: Match


def services_of(need_area: str) -> list[str]:
    """The services that meet a need, codes of list 'partner_services'."""
    return [choice.code for choice in choices("partner_services") if choice.group == need_area]


def find_offers(
    services: Sequence[str], profile: Profile, *, by: Identity, size: int = SHOWN
) -> Sequence[Found]:
    """The offers of these services in the reader's countries, best first."""
    columns = (
        ServiceOffer.id, Partner.name_key, ServiceOffer.sexes, ServiceOffer.age_from, ServiceOffer.age_to,
        ServiceOffer.client_types, ServiceOffer.nationalities, ServiceOffer.districts, ServiceOffer.languages,
        Partner.languages.label("spoken"), ServiceOffer.cost, ServiceOffer.room, ServiceOffer.wait_days,
        Partner.served, Partner.district, Partner.agreement_until, Partner.verified_on,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Partner, Partner.id == ServiceOffer.partner_id)
        .where(
            ServiceOffer.service.in_(services),
            ServiceOffer.ended_on.is_(None),
            Partner.closed_on.is_(None),
            Partner.country.in_(countries_of(by, Permission.DIRECTORY_VIEW)),
        )
    )
    candidates = [
        Candidate(
            offer_id=row.id, name_key=row.name_key, sexes=row.sexes, age_from=row.age_from, age_to=row.age_to,
            client_types=row.client_types, nationalities=row.nationalities, districts=row.districts,
            languages=row.languages or row.spoken, cost=row.cost, room=row.room, wait_days=row.wait_days,
            served=row.served, partner_district=row.district, agreement_until=row.agreement_until,
            verified_on=row.verified_on,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip
    best = ranked(candidates, profile, clock.now().date())[:size]
    wanted = select(ServiceOffer).where(ServiceOffer.id.in_([match.offer_id for match in best]))
    offers = {row.id: row for row in db.session.scalars(wanted.options(joinedload(ServiceOffer.partner)))}
    return [Found(offers[match.offer_id], match) for match in best]
