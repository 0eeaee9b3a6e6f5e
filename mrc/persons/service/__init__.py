"""What can be done to a person's file. Everything takes who does it, is audited, and commits nothing."""

from __future__ import annotations

from mrc.persons.service.consents import CONSENT_WORDING, NewConsent, record_consent, withdraw_consent
from mrc.persons.service.contact import (
    ADDRESSES,
    PLAN_SWITCHES,
    NewAddress,
    add_address,
    change_plan,
    doubt_address,
    know_address,
    know_whatsapp,
    link_address,
    note_user_id,
    plan_from,
    plan_of,
    trust_address,
)
from mrc.persons.service.registering import (
    PersonDetails,
    PossibleDuplicates,
    change_person,
    find_duplicates,
    form_values,
    index_names,
    protect_person,
    readable,
    register_person,
    write_details,
)

__all__ = [
    "ADDRESSES",
    "CONSENT_WORDING",
    "PLAN_SWITCHES",
    "NewAddress",
    "NewConsent",
    "PersonDetails",
    "PossibleDuplicates",
    "add_address",
    "change_person",
    "change_plan",
    "doubt_address",
    "find_duplicates",
    "form_values",
    "index_names",
    "know_address",
    "know_whatsapp",
    "link_address",
    "note_user_id",
    "plan_from",
    "plan_of",
    "protect_person",
    "readable",
    "record_consent",
    "register_person",
    "trust_address",
    "withdraw_consent",
    "write_details",
]
