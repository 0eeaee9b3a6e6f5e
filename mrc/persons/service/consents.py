"""The consent ledger: lines are added and withdrawn, never changed."""

from __future__ import annotations

from dataclasses import dataclass

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden
from mrc.persons.models import Consent, Person
from mrc.persons.states import ConsentMode, ConsentPurpose

CONSENT_WORDING = "2026-01"


@dataclass(frozen=True)
class NewConsent:
    """A consent as given at registration."""

    purpose: ConsentPurpose
    mode: ConsentMode
    language: str
    given_by: str = "self"


def record_consent(person: Person, new: NewConsent, *, by: Identity) -> Consent:
    """Add a line to the person's consent ledger; audited."""
    if not by.can(Permission.CONSENT_RECORD, person.centre_id):
        raise Forbidden
    consent = Consent(
        person_id=person.id,
        purpose=new.purpose,
        wording_version=CONSENT_WORDING,
        language=new.language,
        mode=new.mode,
        given_by=new.given_by,
        given_at=clock.now(),
        recorded_by_id=by.user_id,
    )
    db.session.add(consent)
    record(
        Event.CONSENT_RECORDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"purpose": new.purpose.value, "mode": new.mode.value},
    )
    return consent


def withdraw_consent(consent: Consent, *, by: Identity) -> None:
    """Mark a consent as withdrawn now; it counts from the next request on. Audited, idempotent."""
    if not by.can(Permission.CONSENT_RECORD, consent.person.centre_id):
        raise Forbidden
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at = clock.now()
    record(
        Event.CONSENT_WITHDRAWN,
        by=by,
        centre_id=consent.person.centre_id,
        subject=("person", consent.person_id),
        details={"purpose": consent.purpose.value},
    )
