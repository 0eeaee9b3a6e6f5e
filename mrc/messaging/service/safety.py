"""Whether an answer may go out: asked when it is written, and again when it is sent."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.i18n.formats import instant
from mrc.messaging.codes import REASONS
from mrc.messaging.models import Thread
from mrc.messaging.queries import window_closes_at
from mrc.messaging.queries.delivery import list_plans
from mrc.messaging.states import Channel, Reason
from mrc.persons.models import PersonAddress
from mrc.persons.queries import consent_is_withdrawn
from mrc.persons.states import ConsentPurpose

CONSENTS_BY_CHANNEL = {
    Channel.WHATSAPP: ConsentPurpose.CONTACT_WHATSAPP,
    Channel.SMS: ConsentPurpose.CONTACT_SMS,
}
"""What somebody agrees to who is messaged by a channel. Nothing recorded is no obstacle to an answer."""


def reason_not_to_answer(thread: Thread) -> Reason | None:
    """What forbids an answer in this thread now; None when it may be sent.

    Who opted out ended outreach, not the case: on WhatsApp an answer within 24 hours of their message is no
    outreach; on SMS the provider itself blocks until they write START.
    """
    for plan in list_plans(thread):
        if plan.never_contact:
            return Reason.NEVER_CONTACT
        if not plan.may_message:
            return Reason.NOT_SAFE
        if not is_safe_hour(plan, thread):
            return Reason.UNSAFE_HOURS
    if thread.person_id and consent_is_withdrawn(thread.person_id, CONSENTS_BY_CHANNEL[thread.channel]):
        return Reason.CONSENT_WITHDRAWN
    if thread.channel is not Channel.WHATSAPP:
        return Reason.OPTED_OUT if thread.address.opted_out_at else None
    closes_at = window_closes_at(thread)
    return Reason.WINDOW_CLOSED if closes_at is None or closes_at <= clock.now() else None


def is_safe_hour(plan: PersonAddress, thread: Thread) -> bool:
    """True when a plan allows this minute at the centre; a stretch may go past midnight."""
    if plan.safe_from is None or plan.safe_until is None:
        return True
    local = clock.now().astimezone(ZoneInfo(get_centre(thread.centre_id).time_zone))
    minute = local.hour * 60 + local.minute
    if plan.safe_from <= plan.safe_until:
        return plan.safe_from <= minute < plan.safe_until
    return minute >= plan.safe_from or minute < plan.safe_until


def obstacle_to_reply(thread: Thread) -> str | None:
    """Why an answer cannot be sent now and what to do instead, in words for staff; None when it can."""
    match reason_not_to_answer(thread):
        case None:
            return None
        case Reason.WINDOW_CLOSED:
            return _window_words(thread)
        case Reason.OPTED_OUT:
            return _(
                "The person asked for no more messages. They can be answered again once they write START. "
                "Call them if the contact plan allows it."
            )
        case reason:
            return str(REASONS[reason])


def _window_words(thread: Thread) -> str:
    closed_at = window_closes_at(thread)
    if closed_at is None:
        return _("WhatsApp allows free answers only after the person has written. Call them instead.")
    return _(
        "WhatsApp allows free answers only within 24 hours of their last message; that was possible until "
        "%(moment)s. Call the person, or wait until they write again.",
        moment=instant(closed_at),
    )
