"""Whether it is still the person we know who writes: telephone numbers change hands."""

from __future__ import annotations

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.errors import Forbidden
from mrc.core.text import fold
from mrc.messaging.models import Thread
from mrc.messaging.policy import THREADS
from mrc.messaging.queries.delivery import lock_thread
from mrc.messaging.states import Doubt
from mrc.messaging.wire import Inbound
from mrc.persons.service import is_other_account

LONGEST_QUESTION = 60
QUESTIONS = (
    "who is this",
    "who are you",
    "who is it",
    "wrong number",
    "کون ہے",
    "کون ہیں",
    "غلط نمبر",
    "من انت",
    "من انتم",
    "مين انت",
    "منو انت",
    "رقم غلط",
    "شما کی هستید",
    "شما کیستید",
    "شماره اشتباه",
    "تاسو څوک یاست",
    "ته څوک یې",
    "غلطه شمېره",
    "تۆ کێیت",
    "ئێوە کێن",
    "ژمارەی هەڵە",
)
"""What somebody asks who does not know us. A longer message may hold these words by chance."""
FOLDED = tuple(f" {fold(words)} " for words in QUESTIONS)


def doubt_writer(thread: Thread, inbound: Inbound, *, by: Identity) -> None:
    """Note on a thread whose person we know that somebody else may write now; audited once.

    It stops what would be told to the person until a colleague confirms who it is.
    """
    if thread.person_id is None or thread.doubt is not None:
        return
    doubt = _doubt(thread, inbound)
    if doubt is not None:
        thread.doubt, thread.doubted_at = doubt, clock.now()
        _record(Event.THREAD_DOUBTED, thread, by, doubt)


def confirm_writer(thread: Thread, *, by: Identity) -> None:
    """Say that it is the person named who writes; audited, idempotent."""
    if not THREADS.permits(by, thread, Permission.THREAD_ASSIGN):
        raise Forbidden
    held = lock_thread(thread.id)
    if (doubt := held.doubt) is None:
        return
    if doubt is Doubt.OTHER_ACCOUNT:
        # The next message tells under which account they are known from now on.
        held.address.user_id_index = None
    held.doubt, held.doubted_at = None, None
    _record(Event.THREAD_CONFIRMED, held, by, doubt)


def _doubt(thread: Thread, inbound: Inbound) -> Doubt | None:
    if is_other_account(thread.address, inbound.user_id):
        return Doubt.OTHER_ACCOUNT
    known = thread.address.profile_name
    if known and inbound.profile_name and fold(known) != fold(inbound.profile_name):
        return Doubt.OTHER_NAME
    words = f" {fold(inbound.body)} " if len(inbound.body) <= LONGEST_QUESTION else ""
    return Doubt.ASKS_WHO if any(question in words for question in FOLDED) else None


def _record(event: Event, thread: Thread, by: Identity, doubt: Doubt) -> None:
    details = {"doubt": doubt.value}
    record(event, by=by, centre_id=thread.centre_id, subject=("thread", thread.id), details=details)
