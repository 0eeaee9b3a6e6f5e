"""The names of what can happen, `package:subject:action`. Only ever add; a name in the log must stay
readable.
"""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """One kind of audited act."""

    ACCESS_REFUSED = "access:request:refused"
    BREAK_GLASS_OPENED = "access:grant:opened"
    BREAK_GLASS_REFUSED = "access:grant:refused"
    BREAK_GLASS_REVIEWED = "access:grant:reviewed"

    SIGNED_IN = "accounts:session:signed_in"
    SIGN_IN_FAILED = "accounts:session:failed"
    SIGNED_OUT = "accounts:session:signed_out"
    SESSION_CONFIRMED = "accounts:session:confirmed"
    SESSION_REVOKED = "accounts:session:revoked"
    USER_INVITED = "accounts:user:invited"
    USER_JOINED = "accounts:user:joined"
    USER_CHANGED = "accounts:user:changed"
    USER_LOCKED = "accounts:user:locked"
    USER_UNLOCKED = "accounts:user:unlocked"
    PASSWORD_CHANGED = "accounts:user:password_changed"  # noqa: S105 - the name of an event
    PASSWORD_RESET_ISSUED = "accounts:user:reset_issued"  # noqa: S105 - the name of an event
    SECOND_FACTOR_SET = "accounts:user:second_factor_set"
    SECOND_FACTOR_REMOVED = "accounts:user:second_factor_removed"
    ROLE_GIVEN = "accounts:role:given"
    ROLE_TAKEN = "accounts:role:taken"

    CENTRE_CHANGED = "centres:centre:changed"
    LINE_CHANGED = "centres:line:changed"
    CODE_CHANGED = "vocab:code:changed"

    PERSON_REGISTERED = "persons:person:registered"
    PERSON_CHANGED = "persons:person:changed"
    PERSON_OPENED = "persons:person:opened"
    PERSONS_SEARCHED = "persons:person:searched"
    PERSONS_LISTED = "persons:person:listed"
    ADDRESS_ADDED = "persons:address:added"
    ADDRESS_CHANGED = "persons:address:changed"
    IDENTIFIER_REVEALED = "persons:person:revealed"
    CONSENT_RECORDED = "persons:consent:recorded"
    CONSENT_WITHDRAWN = "persons:consent:withdrawn"
    CONSENT_FORM_PRINTED = "persons:consent:printed"
    DOCUMENT_ADDED = "persons:document:added"
    DOCUMENT_CHANGED = "persons:document:changed"
    PLAN_REVIEWED = "persons:address:reviewed"
    RELATION_ADDED = "persons:relation:added"
    RELATION_ENDED = "persons:relation:ended"
    HOUSEHOLD_CHANGED = "persons:household:changed"
    REGISTRATION_RULES_CHANGED = "persons:registration:rules_changed"

    CONSULTATION_RECORDED = "cases:consultation:recorded"
    CONSULTATION_CHANGED = "cases:consultation:changed"
    CONSULTATION_OPENED = "cases:consultation:opened"
    CONSULTATIONS_LISTED = "cases:consultation:listed"
    CASE_OPENED = "cases:case:opened"
    CASE_READ = "cases:case:read"
    CASES_LISTED = "cases:case:listed"
    CASE_CHANGED = "cases:case:changed"
    CASE_ASSIGNED = "cases:case:assigned"
    CASE_FOLLOWED_UP = "cases:case:followed_up"
    CASE_CLOSURE_REQUESTED = "cases:case:closure_requested"
    CASE_CLOSURE_RETURNED = "cases:case:closure_returned"
    CASE_CLOSED = "cases:case:closed"
    CASE_REOPENED = "cases:case:reopened"
    CASE_VOIDED = "cases:case:voided"
    CASE_LEVEL_CHANGED = "cases:case:level_changed"
    CASE_TEAM_CHANGED = "cases:case:team_changed"
    NEED_ADDED = "cases:need:added"
    NOTE_ADDED = "cases:note:added"

    MESSAGE_RECEIVED = "messaging:message:received"
    MESSAGE_QUEUED = "messaging:message:queued"
    MESSAGE_STATUS = "messaging:message:status"
    MESSAGE_CANCELLED = "messaging:message:cancelled"
    THREAD_READ = "messaging:thread:read"
    THREADS_LISTED = "messaging:thread:listed"
    THREAD_TAKEN = "messaging:thread:taken"
    THREAD_RELEASED = "messaging:thread:released"
    THREAD_ASSIGNED = "messaging:thread:assigned"
    THREAD_DONE = "messaging:thread:done"
    THREAD_LINKED = "messaging:thread:linked"
    QUARANTINE_ASSIGNED = "messaging:quarantine:assigned"
    OPTED_OUT = "messaging:address:opted_out"
    OPTED_IN = "messaging:address:opted_in"

    JOB_RETRIED = "jobs:job:retried"
    AUDIT_READ = "audit:log:read"
