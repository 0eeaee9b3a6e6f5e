"""What happened with a person's consents and addresses, as sources of the one timeline (`mrc.web.timeline`).

They belong to the person, so the page of one case does not show them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.core.paging import newest_before
from mrc.persons.models import Consent, PersonAddress
from mrc.persons.policy import CONSENTS, PERSON_ADDRESSES

Point = tuple[datetime, UUID]


def given_consent_rows(
    *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
) -> Sequence[Consent]:
    """The consents of a person by when they were given."""
    if case_id is not None:
        return ()
    query = CONSENTS.visible(by, select(Consent).where(Consent.person_id == person_id))
    return newest_before(query, Consent.given_at, Consent.id, before, size)


def withdrawn_consent_rows(
    *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
) -> Sequence[Consent]:
    """The withdrawn consents of a person by when they were withdrawn."""
    if case_id is not None:
        return ()
    withdrawn = select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_not(None))
    return newest_before(CONSENTS.visible(by, withdrawn), Consent.withdrawn_at, Consent.id, before, size)


def address_rows(
    *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
) -> Sequence[PersonAddress]:
    """The addresses of a person by when they became known."""
    if case_id is not None:
        return ()
    query = select(PersonAddress).where(PersonAddress.person_id == person_id)
    query = PERSON_ADDRESSES.visible(by, query).options(joinedload(PersonAddress.address))
    return newest_before(query, PersonAddress.created_at, PersonAddress.id, before, size)
