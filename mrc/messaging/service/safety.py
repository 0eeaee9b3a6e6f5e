"""Whether an answer may go out: asked when it is written, and again when it is sent."""

from __future__ import annotations

from flask_babel import gettext as _

from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.text import fold
from mrc.i18n.formats import instant
from mrc.messaging.codes import REASONS
from mrc.messaging.models import Thread
from mrc.messaging.queries import window_closes_at
from mrc.messaging.queries.delivery import list_plans
from mrc.messaging.states import Channel, Reason
from mrc.persons.hours import is_safe_at, next_safe_at
from mrc.persons.models import Person, PersonAddress
from mrc.persons.queries import has_withdrawn
from mrc.persons.states import ConsentPurpose

PURPOSES = {
    Channel.WHATSAPP: ConsentPurpose.CONTACT_WHATSAPP,
    Channel.SMS: ConsentPurpose.CONTACT_SMS,
}
"""What somebody must not have taken back, for each channel of a thread."""
ORGANISATION = ("mrc", "icmpd", "migrant resource centre", "migrant resource center")
"""How we are called, besides the name of the centre."""
SHORTEST_PART = 3


def reason_not_to_answer(thread: Thread) -> Reason | None:
    """What forbids an answer in this thread now; None when it may be sent.

    Who opted out ended outreach, not the case: on WhatsApp an answer within 24 hours of their message is no
    outreach; on SMS the provider itself blocks until they write START. A consent that was never asked for
    forbids no answer; one that was taken back does.
    """
    if thread.doubt is not None and thread.person_id is not None:
        return Reason.MAYBE_SOMEONE_ELSE
    for plan in list_plans(thread):
        if reason := _reason_of_plan(plan, thread):
            return reason
    if thread.channel is not Channel.WHATSAPP:
        return Reason.OPTED_OUT if thread.address.opted_out_at else None
    closes_at = window_closes_at(thread)
    return Reason.WINDOW_CLOSED if closes_at is None or closes_at <= clock.now() else None


def obstacle_to_reply(thread: Thread) -> str | None:
    """Why an answer cannot be sent now and what to do instead, in words for staff; None when it can."""
    match reason_not_to_answer(thread):
        case None:
            return None
        case Reason.WINDOW_CLOSED:
            return _window_words(thread)
        case Reason.OUTSIDE_HOURS:
            return _hours_words(thread)
        case Reason.OPTED_OUT:
            return _(
                "The person asked for no more messages. They can be answered again once they write START. "
                "Call them if the contact plan allows it."
            )
        case reason:
            return str(REASONS[reason])


def obstacle_to_words(thread: Thread, text: str) -> str | None:
    """Why these words may not go to a phone that others read, in words for staff; None when they may.

    A shared phone never receives the person's names nor ours: whoever holds it must learn nothing.
    """
    shared = [plan for plan in list_plans(thread) if plan.is_shared]
    if not shared:
        return None
    words = f" {fold(text)} "
    own = {fold(get_centre(thread.centre_id).name), *map(fold, ORGANISATION)}
    names = {part for plan in shared for part in _name_parts(plan.person)}
    if any(f" {part} " in words for part in own | names if part):
        return _(
            "Others read what comes to this phone. Leave out the person's names and the name of our centre."
        )
    return None


def _reason_of_plan(plan: PersonAddress, thread: Thread) -> Reason | None:
    if plan.never_contact:
        return Reason.NEVER_CONTACT
    if not plan.may_message:
        return Reason.NOT_SAFE
    if not is_safe_at(plan.safe_windows, clock.now(), _zone_of(plan, thread)):
        return Reason.OUTSIDE_HOURS
    purpose = PURPOSES.get(thread.channel)
    if purpose is not None and has_withdrawn(plan.person_id, purpose):
        return Reason.CONSENT_WITHDRAWN
    return None


def _zone_of(plan: PersonAddress, thread: Thread) -> str:
    """Where the person is; the centre's zone while nobody asked them."""
    return plan.person.time_zone or get_centre(thread.centre_id).time_zone


def _name_parts(person: Person) -> set[str]:
    names = (person.name, person.latin_name, person.known_as, person.father_name, person.family_name)
    parts = {part for name in names if name for part in fold(name).split()}
    return {part for part in parts if len(part) >= SHORTEST_PART}


def _hours_words(thread: Thread) -> str:
    now = clock.now()
    moments = [
        next_safe_at(plan.safe_windows, now, _zone_of(plan, thread))
        for plan in list_plans(thread)
        if plan.safe_windows and not is_safe_at(plan.safe_windows, now, _zone_of(plan, thread))
    ]
    known = [moment for moment in moments if moment is not None]
    if not known:
        return str(REASONS[Reason.OUTSIDE_HOURS])
    return _(
        "The contact plan says that messages are not safe at this hour. It is safe again from %(moment)s.",
        moment=instant(max(known)),
    )


def _window_words(thread: Thread) -> str:
    closed_at = window_closes_at(thread)
    if closed_at is None:
        return _("WhatsApp allows free answers only after the person has written. Call them instead.")
    return _(
        "WhatsApp allows free answers only within 24 hours of their last message; that was possible until "
        "%(moment)s. Call the person, or wait until they write again.",
        moment=instant(closed_at),
    )
