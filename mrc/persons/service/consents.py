"""The consent ledger: lines are added and withdrawn, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.text import clean
from mrc.persons.models import Consent, Person
from mrc.persons.queries import rules_of
from mrc.persons.rules import age_of, ages_of
from mrc.persons.states import SHARING, ChildAssent, ConsentGiver, ConsentMode, ConsentPurpose
from mrc.persons.wordings import current_wording


@dataclass(frozen=True)
class NewConsent:
    """A consent as it was given: by whom, with whom may be shared, and until when it counts."""

    purpose: ConsentPurpose
    mode: ConsentMode
    language: str
    given_by: ConsentGiver = ConsentGiver.SELF
    giver_name: str = ""
    giver_relation: str | None = None
    child_assent: ChildAssent | None = None
    recipient: str = ""
    expires_on: date | None = None


def record_consent(person: Person, new: NewConsent, *, by: Identity) -> Consent:
    """Add a line to the person's consent ledger, with the wording that is read out now; audited.

    Raises Refused when a minor would decide alone, a child was not asked, it is not said who gave it or with
    whom may be shared, or the centre takes no photos; Forbidden without the right.
    """
    if not by.can(Permission.CONSENT_RECORD, person.centre_id):
        raise Forbidden
    if faults := _faults(person, new, get_centre(person.centre_id)):
        raise Refused(fields=faults)
    consent = Consent(
        person_id=person.id,
        purpose=new.purpose,
        wording_version=current_wording().version,
        language=new.language,
        mode=new.mode,
        given_by=new.given_by.value,
        giver_relation=new.giver_relation,
        child_assent=new.child_assent,
        expires_on=new.expires_on,
        given_at=clock.now(),
        recorded_by_id=by.user_id,
    )
    consent.giver_name = clean(new.giver_name).strip() or None
    consent.recipient = clean(new.recipient).strip() or None
    db.session.add(consent)
    record(
        Event.CONSENT_RECORDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"purpose": new.purpose.value, "mode": new.mode.value, "given_by": new.given_by.value},
    )
    return consent


def withdraw_consent(consent: Consent, *, by: Identity, reason: str = "") -> None:
    """Mark a consent as withdrawn now; it counts from the next request on. Audited, idempotent."""
    if not by.can(Permission.CONSENT_RECORD, consent.person.centre_id):
        raise Forbidden
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at, consent.withdrawn_by_id = clock.now(), by.user_id
    consent.withdrawn_reason = clean(reason).strip() or None
    record(
        Event.CONSENT_WITHDRAWN,
        by=by,
        centre_id=consent.person.centre_id,
        subject=("person", consent.person_id),
        details={"purpose": consent.purpose.value},
    )


def _faults(person: Person, new: NewConsent, centre: Centre) -> dict[str, str]:
    """What is wrong with a consent, by field."""
    today = clock.today_in(centre.time_zone)
    age, ages = age_of(person, today), ages_of(centre.country)
    faults: dict[str, str] = {}
    if new.given_by is ConsentGiver.SELF:
        if age is not None and age < ages.majority:
            faults["given_by"] = _("A minor does not decide alone: a parent, guardian or caregiver agrees.")
    else:
        if not new.giver_name.strip():
            faults["giver_name"] = _("Write who agrees for the person.")
        if age is not None and ages.assent_from <= age < ages.majority and new.child_assent is None:
            faults["child_assent"] = _("Ask the child too, and say here what they answered.")
    if new.purpose in SHARING and not new.recipient.strip():
        faults["recipient"] = _("Write the name of the partner or centre. Consent to share names with whom.")
    if new.expires_on is not None and new.expires_on < today:
        faults["expires"] = _("This day is over.")
    if new.purpose is ConsentPurpose.PHOTO and not rules_of(centre).takes_photos:
        faults["purpose"] = _("This centre takes no photos.")
    return faults
