"""Whether an answer may go out: asked when it is written, and again when it is sent."""

from __future__ import annotations

from flask_babel import gettext as _

from mrc.core import clock
from mrc.i18n.formats import instant
from mrc.messaging.codes import REASONS
from mrc.messaging.models import Thread
from mrc.messaging.queries import window_closes_at
from mrc.messaging.queries.delivery import list_plans
from mrc.messaging.states import Channel, Reason


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
