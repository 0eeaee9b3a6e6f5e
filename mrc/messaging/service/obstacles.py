"""Why an answer cannot be sent now and what to do instead, in words for staff."""

from __future__ import annotations

from flask_babel import gettext as _

from mrc.i18n.formats import instant
from mrc.messaging.codes import REASONS
from mrc.messaging.models import Thread
from mrc.messaging.queries import window_closes_at
from mrc.messaging.service.safety import Hold, Intent, hold_of
from mrc.messaging.states import Purpose, Reason

MAY_WAIT = frozenset({Reason.OUTSIDE_HOURS, Reason.QUIET_HOURS, Reason.WINDOW_CLOSED})
"""What passes: the answer can be kept until then."""


def obstacle_to_reply(thread: Thread) -> str | None:
    """Why an answer cannot be sent now, whatever its words; None when it can."""
    hold = hold_of(thread, Intent(Purpose.REPLY, ""))
    return None if hold is None else words_of_hold(thread, hold)


def may_wait(thread: Thread) -> bool:
    """True when an answer that cannot go out now can be kept until it may."""
    hold = hold_of(thread, Intent(Purpose.REPLY, ""))
    return hold is not None and hold.reason in MAY_WAIT


def words_of_hold(thread: Thread, hold: Hold) -> str:
    """A hold in whole sentences."""
    match hold.reason:
        case Reason.WINDOW_CLOSED:
            return _window_words(thread)
        case Reason.OUTSIDE_HOURS if hold.until is not None:
            return _(
                "The contact plan says that messages are not safe at this hour. It is safe again from "
                "%(moment)s.",
                moment=instant(hold.until),
            )
        case Reason.QUIET_HOURS if hold.until is not None:
            return _(
                "It is night where the person is. From %(moment)s they are not disturbed.",
                moment=instant(hold.until),
            )
        case Reason.OPTED_OUT:
            return _(
                "The person asked for no more messages. They can be answered again once they write START. "
                "Call them if the contact plan allows it."
            )
        case Reason.SHARED_PHONE:
            return _(
                "Others read what comes to this phone. Leave out the person's names and the name of our "
                "centre."
            )
        case reason:
            return str(REASONS[reason])


def _window_words(thread: Thread) -> str:
    closed_at = window_closes_at(thread)
    if closed_at is None:
        return _(
            "WhatsApp allows free answers only after the person has written. Begin with an approved wording, "
            "or call them."
        )
    return _(
        "WhatsApp allows free answers only within 24 hours of their last message; that was possible until "
        "%(moment)s. Call the person, or wait until they write again.",
        moment=instant(closed_at),
    )
