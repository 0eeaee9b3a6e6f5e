"""What can be done to a person's file. Everything takes who does it, is audited, and commits nothing."""

from __future__ import annotations

from mrc.persons.service.consents import CONSENT_WORDING, NewConsent, record_consent, withdraw_consent
from mrc.persons.service.contact import (
    ADDRESSES,
    PLAN_SWITCHES,
    NewAddress,
    add_address,
    change_plan,
    know_address,
    know_whatsapp,
    link_address,
    note_user_id,
    plan_from,
    plan_of,
)
from mrc.persons.service.merging import (
    AFTER_MERGE,
    judge,
    merge_persons,
    suspect,
    tell_apart,
    undo_merge,
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
    "AFTER_MERGE",
    "CONSENT_WORDING",
    "PLAN_SWITCHES",
    "NewAddress",
    "NewConsent",
    "PersonDetails",
    "PossibleDuplicates",
    "add_address",
    "change_person",
    "change_plan",
    "find_duplicates",
    "form_values",
    "index_names",
    "judge",
    "know_address",
    "know_whatsapp",
    "link_address",
    "merge_persons",
    "note_user_id",
    "plan_from",
    "plan_of",
    "protect_person",
    "readable",
    "record_consent",
    "register_person",
    "suspect",
    "tell_apart",
    "undo_merge",
    "withdraw_consent",
    "write_details",
]
