"""What the alarms say, for the page and for the tasks that they make."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from mrc.messaging.states import AlarmKind

ALARM_WORDS: dict[AlarmKind, LazyString] = {
    AlarmKind.NO_INBOUND: _l(
        "Nothing has come in on this line for %(figure)s opening minutes, though it usually does. Write to "
        "it from a phone: does it arrive?"
    ),
    AlarmKind.QUEUE_STUCK: _l(
        "Messages wait to be sent; the oldest for %(figure)s minutes. Does the worker run?"
    ),
    AlarmKind.UNKNOWN_STUCK: _l("Of %(figure)s messages nobody knows whether they were sent."),
    AlarmKind.MANY_FAILURES: _l("Of a hundred messages of the last hour, %(figure)s failed."),
    AlarmKind.OUR_ACCOUNT: _l(
        "The provider refused %(figure)s messages of the last hour because of our account or line."
    ),
    AlarmKind.ORPHANS: _l("There are %(figure)s delivery reports about messages that nobody here sent."),
    AlarmKind.QUARANTINE: _l("There are %(figure)s messages to lines that we do not know."),
    AlarmKind.SLOW_WEBHOOKS: _l(
        "Of a thousand webhooks of the last hour, %(figure)s took over half a second."
    ),
    AlarmKind.TEXTS_KEPT: _l("The texts of %(figure)s messages still lie with the provider after two days."),
    AlarmKind.LINE_MISSING: _l("The provider does not know this line."),
    AlarmKind.LINE_OFFLINE: _l("WhatsApp says that this line is off."),
    AlarmKind.LINE_ASTRAY: _l("What comes to this line is not sent to our address."),
    AlarmKind.LINE_QUALITY: _l("People block or report what this line sends. WhatsApp may limit it."),
}


def words_of(kind: AlarmKind, figure: int) -> str:
    """The sentence of an alarm in the reader's language."""
    return str(ALARM_WORDS[kind]) % {"figure": figure}
