"""Whether a message may go out: asked when it is written, and again when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from mrc.centres.models import Centre
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.text import fold
from mrc.messaging.costs import MICROS_OF_A_CENT
from mrc.messaging.hours import AWAKE_FOR, is_quiet_at, next_morning
from mrc.messaging.lexicon import faults, is_safe_for_shared
from mrc.messaging.models import Message, TemplateVersion, Thread
from mrc.messaging.queries import window_closes_at
from mrc.messaging.queries.delivery import count_same_lately, list_plans, spent_since
from mrc.messaging.queries.templates import is_usable
from mrc.messaging.states import AT_ONCE, OUTREACH, Channel, Purpose, Reason
from mrc.persons.hours import is_safe_at, next_safe_at
from mrc.persons.models import Person, PersonAddress
from mrc.persons.queries import has_consent, has_withdrawn
from mrc.persons.states import ConsentPurpose

PURPOSES = {
    Channel.WHATSAPP: ConsentPurpose.CONTACT_WHATSAPP,
    Channel.SMS: ConsentPurpose.CONTACT_SMS,
}
"""What somebody must have agreed to, or not have taken back, for each channel of a thread."""
ORGANISATION = ("mrc", "icmpd", "migrant resource centre", "migrant resource center")
"""How we are called, besides the name of the centre."""
SHORTEST_PART = 3
SAME_WORDS_AT_MOST = 5
"""So often the same words may go to one address within five minutes; more is two machines talking."""


@dataclass(frozen=True)
class Intent:
    """What is to be sent: for what, in which words, and with which approved wording if any."""

    purpose: Purpose
    text: str
    version: TemplateVersion | None = None
    is_urgent: bool = False
    has_file: bool = False
    """A sheet says on its first page who gives it."""
    message_id: UUID | None = None
    """The message itself, once it is written."""


@dataclass(frozen=True)
class Hold:
    """Why something may not go out now, and when that can be different; None when only people change it."""

    reason: Reason
    until: datetime | None = None


def intent_of(message: Message) -> Intent:
    """What a message of ours is to be sent as."""
    body = message.body or ""
    return Intent(
        message.purpose,
        body,
        message.template_version,
        is_urgent=message.is_urgent,
        has_file=message.sheet_id is not None,
        message_id=message.id,
    )


def hold_of(thread: Thread, intent: Intent) -> Hold | None:
    """What forbids a message in this thread now; None when it may be sent.

    Who opted out ended outreach, not the case: on WhatsApp an answer within 24 hours of their message is no
    outreach; on SMS the provider itself blocks until they write START. A consent that was never asked for
    forbids no answer; one that was taken back does. Outreach needs one that was given.
    """
    if thread.doubt is not None and thread.person_id is not None and intent.purpose is not Purpose.AUTOMATIC:
        return Hold(Reason.MAYBE_SOMEONE_ELSE)
    plans = list_plans(thread)
    centre = get_centre(thread.centre_id)
    return (
        _hold_of_plans(plans, thread, centre)
        or _hold_of_opt_out(thread, intent)
        or _hold_of_absence(thread, intent)
        or _hold_of_consent(plans, thread, intent)
        or _hold_of_words(plans, centre, intent)
        or _hold_of_template(intent)
        or _hold_of_window(thread, intent)
        or _hold_of_night(plans, thread, centre, intent)
        or _hold_of_loop(thread, intent)
        or _hold_of_cost(centre, intent)
    )


def _hold_of_plans(plans: Sequence[PersonAddress], thread: Thread, centre: Centre) -> Hold | None:
    now = clock.now()
    later: list[datetime | None] = []
    for plan in plans:
        if plan.never_contact:
            return Hold(Reason.NEVER_CONTACT)
        if not plan.may_message:
            return Hold(Reason.NOT_SAFE)
        purpose = PURPOSES.get(thread.channel)
        if purpose is not None and has_withdrawn(plan.person_id, purpose):
            return Hold(Reason.CONSENT_WITHDRAWN)
        zone = plan.person.time_zone or centre.time_zone
        if not is_safe_at(plan.safe_windows, now, zone):
            later.append(next_safe_at(plan.safe_windows or [], now, zone))
    if not later:
        return None
    known = [moment for moment in later if moment is not None]
    return Hold(Reason.OUTSIDE_HOURS, max(known) if len(known) == len(later) else None)


def _hold_of_opt_out(thread: Thread, intent: Intent) -> Hold | None:
    if thread.address.opted_out_at is None:
        return None
    is_answer = thread.channel is Channel.WHATSAPP and intent.purpose in AT_ONCE and intent.version is None
    return None if is_answer else Hold(Reason.OPTED_OUT)


def _hold_of_absence(thread: Thread, intent: Intent) -> Hold | None:
    """Where nobody is, a counsellor may still try; the house does not."""
    is_absent = thread.address.absent_since is not None and intent.purpose in OUTREACH
    return Hold(Reason.NOT_THERE) if is_absent else None


def _hold_of_consent(plans: Sequence[PersonAddress], thread: Thread, intent: Intent) -> Hold | None:
    if intent.purpose not in OUTREACH:
        return None
    purpose = PURPOSES[thread.channel]
    has_all = bool(plans) and all(has_consent(plan.person_id, purpose) for plan in plans)
    return None if has_all else Hold(Reason.NO_CONSENT)


def _hold_of_words(plans: Sequence[PersonAddress], centre: Centre, intent: Intent) -> Hold | None:
    """A shared phone never receives the person's names nor ours: whoever holds it must learn nothing. A
    wording is sent there only when it was reviewed as fit for it, a sheet never.
    """
    shared = [plan for plan in plans if plan.is_shared]
    if not shared:
        return None
    if intent.has_file:
        return Hold(Reason.SHARED_PHONE)
    if intent.version is not None and (
        not is_safe_for_shared(intent.version) or faults(intent.text, intent.version.language)
    ):
        return Hold(Reason.SHARED_PHONE)
    words = f" {fold(intent.text)} "
    own = {fold(centre.name), *map(fold, ORGANISATION)}
    names = {part for plan in shared for part in _name_parts(plan.person)}
    return Hold(Reason.SHARED_PHONE) if any(f" {part} " in words for part in own | names if part) else None


def _hold_of_template(intent: Intent) -> Hold | None:
    is_refused = intent.version is not None and not is_usable(intent.version)
    return Hold(Reason.TEMPLATE_NOT_APPROVED) if is_refused else None


def _hold_of_window(thread: Thread, intent: Intent) -> Hold | None:
    if thread.channel is not Channel.WHATSAPP or intent.version is not None:
        return None
    closes_at = window_closes_at(thread)
    return Hold(Reason.WINDOW_CLOSED) if closes_at is None or closes_at <= clock.now() else None


def _hold_of_night(
    plans: Sequence[PersonAddress], thread: Thread, centre: Centre, intent: Intent
) -> Hold | None:
    """Nobody is woken who did not write within the hour, or gave hours of their own."""
    now = clock.now()
    wrote_lately = thread.last_inbound_at is not None and thread.last_inbound_at > now - AWAKE_FOR
    has_own_hours = bool(plans) and all(plan.safe_windows for plan in plans)
    if intent.is_urgent or has_own_hours or (wrote_lately and intent.purpose in AT_ONCE):
        return None
    zones = {plan.person.time_zone or centre.time_zone for plan in plans} or {centre.time_zone}
    quiet = [
        next_morning(now, zone, centre.country) for zone in zones if is_quiet_at(now, zone, centre.country)
    ]
    return Hold(Reason.QUIET_HOURS, max(quiet)) if quiet else None


def _hold_of_loop(thread: Thread, intent: Intent) -> Hold | None:
    if intent.purpose is Purpose.REPLY:
        return None
    return Hold(Reason.LOOP) if count_same_lately(thread.id, intent.text) > SAME_WORDS_AT_MOST else None


def _hold_of_cost(centre: Centre, intent: Intent) -> Hold | None:
    """Outreach stops at the centre's budget for the day; answers never do."""
    if intent.purpose not in OUTREACH:
        return None
    zone = ZoneInfo(centre.time_zone)
    midnight = clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if (
        spent_since(centre.id, midnight, but=intent.message_id)
        < centre.message_budget_cents * MICROS_OF_A_CENT
    ):
        return None
    return Hold(Reason.COST_CAP, midnight + timedelta(days=1))


def _name_parts(person: Person) -> set[str]:
    names = (person.name, person.latin_name, person.known_as, person.father_name, person.family_name)
    parts = {part for name in names if name for part in fold(name).split()}
    return {part for part in parts if len(part) >= SHORTEST_PART}
