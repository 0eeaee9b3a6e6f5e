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
from mrc.persons.service.matches import note_hidden_matches, settle_hidden_match
from mrc.persons.service.merging import AFTER_MERGE, judge, merge_persons, suspect, tell_apart, undo_merge
from mrc.persons.service.printing import PRINTED_AT_MOST, checked_reason, print_person
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
    "PRINTED_AT_MOST",
    "NewAddress",
    "NewConsent",
    "PersonDetails",
    "PossibleDuplicates",
    "add_address",
    "change_person",
    "change_plan",
    "checked_reason",
    "doubt_address",
    "find_duplicates",
    "form_values",
    "index_names",
    "judge",
    "know_address",
    "know_whatsapp",
    "link_address",
    "merge_persons",
    "note_hidden_matches",
    "note_user_id",
    "plan_from",
    "plan_of",
    "print_person",
    "protect_person",
    "readable",
    "record_consent",
    "register_person",
    "settle_hidden_match",
    "suspect",
    "tell_apart",
    "trust_address",
    "undo_merge",
    "withdraw_consent",
    "write_details",
]
