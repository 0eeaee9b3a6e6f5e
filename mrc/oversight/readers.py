"""What the log can say about who opened a file: the acts that count, and their words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from mrc.audit.tags import Event

READER_WORDS: dict[Event, Any] = {
    Event.PERSON_OPENED: _l("opened the file"),
    Event.PERSON_REGISTERED: _l("registered the person"),
    Event.PERSON_CHANGED: _l("changed the file"),
    Event.PERSON_PRINTED: _l("printed the timeline"),
    Event.PERSON_MERGED: _l("put two files together"),
    Event.PERSON_MERGE_UNDONE: _l("took two files apart again"),
    Event.PERSONS_TOLD_APART: _l("judged two files to be of two persons"),
    Event.DUPLICATES_LISTED: _l("looked for files of the same person"),
    Event.TASK_CREATED: _l("wrote a task"),
    Event.TASK_CHANGED: _l("changed a task"),
    Event.TASK_ASSIGNED: _l("gave a task to a colleague"),
    Event.TASK_ATTEMPTED: _l("tried a task in vain"),
    Event.TASK_POSTPONED: _l("put a task off"),
    Event.TASK_DONE: _l("did a task"),
    Event.TASK_CANCELLED: _l("cancelled a task"),
    Event.TASK_REOPENED: _l("opened a task again"),
    Event.TASK_READ: _l("read a task"),
    Event.FLAG_RAISED: _l("raised a flag"),
    Event.FLAG_TAKEN_DOWN: _l("took a flag down"),
    Event.HIDDEN_MATCH_SETTLED: _l("looked at a registration like this person"),
    Event.IDENTIFIER_REVEALED: _l("looked at a hidden number"),
    Event.ADDRESS_ADDED: _l("added an address"),
    Event.ADDRESS_CHANGED: _l("changed a contact plan"),
    Event.CONSENT_RECORDED: _l("recorded a consent"),
    Event.CONSENT_WITHDRAWN: _l("recorded that a consent was withdrawn"),
    Event.CONSULTATION_OPENED: _l("opened a consultation"),
    Event.CONSULTATION_RECORDED: _l("recorded a consultation"),
    Event.CONSULTATION_CHANGED: _l("named the person of a consultation"),
    Event.CASE_OPENED: _l("opened a new case"),
    Event.CASE_READ: _l("read the case"),
    Event.CASE_CHANGED: _l("changed the case"),
    Event.CASE_ASSIGNED: _l("gave the case to a counsellor"),
    Event.CASE_FOLLOWED_UP: _l("put the case into follow-up"),
    Event.CASE_CLOSURE_REQUESTED: _l("asked for closure"),
    Event.CASE_CLOSURE_RETURNED: _l("returned the closure"),
    Event.CASE_CLOSED: _l("closed the case"),
    Event.CASE_REOPENED: _l("reopened the case"),
    Event.CASE_VOIDED: _l("voided the case"),
    Event.CASE_LEVEL_CHANGED: _l("changed the confidentiality"),
    Event.CASE_TEAM_CHANGED: _l("changed the team"),
    Event.CASE_PRINTED: _l("printed the case file"),
    Event.NEED_ADDED: _l("added a need"),
    Event.NOTE_ADDED: _l("wrote a note"),
    Event.THREAD_READ: _l("read the conversation"),
    Event.THREAD_LINKED: _l("named who writes in a conversation"),
    Event.MESSAGE_QUEUED: _l("wrote a message"),
    Event.BREAK_GLASS_OPENED: _l("opened the protected case in an emergency"),
    Event.BREAK_GLASS_REVIEWED: _l("reviewed the emergency opening"),
    Event.READERS_READ: _l("looked at who looked"),
}
"""What is said about an act. One without words, added by another package, is shown by its tag."""
