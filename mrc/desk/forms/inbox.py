"""The forms around a conversation: the composer, a note, labels, putting off, and the case of a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import InputRequired

from mrc.cases.models import Case
from mrc.centres.models import Centre
from mrc.centres.queries import opening_around
from mrc.core import clock
from mrc.core.errors import Refused
from mrc.messaging.service import When
from mrc.vocab.forms import options
from mrc.web.fields import ChipField, ChipsField, ClockField, DayField, LineField, TextField
from mrc.web.forms import Form

NOW, ALLOWED, AT = "now", "allowed", "at"
AN_HOUR, TOMORROW = "hour", "tomorrow"
LONGEST_REASON = 200


class ReplyForm(Form):
    """The composer of a thread."""

    compose_id = HiddenField()
    seen = HiddenField()
    sure = HiddenField()
    body = TextField(_l("Reply"), [InputRequired(_l("Write the reply."))])
    when = ChipField(_l("When"), default=NOW)
    send_on = DayField(_l("On"))
    send_time = ClockField(_l("At"))
    urgent = LineField(
        _l("Urgent, because"),
        longest=LONGEST_REASON,
        description=_l(
            "Lets it go out at night. The reason is kept in the log; never against the contact plan."
        ),
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.when.choices = [(NOW, _("Now")), (ALLOWED, _("As soon as it is allowed")), (AT, _("At a time"))]

    def timing(self, centre: Centre) -> When:
        """When it is to go out. Raises Refused, with fields, for a time that is not whole."""
        urgent = self.urgent.data or ""
        if self.when.data != AT:
            return When(may_wait=self.when.data == ALLOWED, urgent_reason=urgent)
        return When(send_at=_moment(self.send_on, self.send_time, centre), urgent_reason=urgent)

    @property
    def seen_id(self) -> UUID | None:
        """The newest message that was on the page."""
        try:
            return UUID(self.seen.data or "")
        except ValueError:
            return None


class NoteForm(Form):
    """A note among colleagues."""

    body = TextField(_l("Note for colleagues"), [InputRequired(_l("Write the note."))])


class VoidNoteForm(Form):
    """Why a note is struck out."""

    reason = LineField(_l("Why"), [InputRequired(_l("Write why."))])


class LabelsForm(Form):
    """What a conversation is about."""

    labels = ChipsField(_l("What it is about"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.labels.choices = options("thread_labels")


class SnoozeForm(Form):
    """Until when a conversation is put off."""

    until = ChipField(_l("Until"), [InputRequired(_l("Choose until when."))])
    on = DayField(_l("On"))
    at = ClockField(_l("At"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.until.choices = [
            (AN_HOUR, _("In an hour")),
            (TOMORROW, _("When the centre next opens")),
            (AT, _("At a time")),
        ]

    def moment(self, centre: Centre) -> datetime:
        """Until when. Raises Refused, with fields, for a time that is not whole."""
        now = clock.now()
        if self.until.data == AN_HOUR:
            return now + timedelta(hours=1)
        if self.until.data == TOMORROW:
            _closed, opens_at = opening_around(centre, now)
            return opens_at or now + timedelta(days=1)
        return _moment(self.on, self.at, centre)


class MessageCaseForm(Form):
    """To which case a message belongs."""

    case = ChipField(_l("Case"), [InputRequired(_l("Choose the case."))])

    def __init__(self, cases: Sequence[Case], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.case.choices = [(str(case.id), case.number) for case in cases]


def _moment(day: DayField, minute: ClockField, centre: Centre) -> datetime:
    faults = {}
    if day.day is None:
        faults[day.short_name] = _("Write day, month and year.")
    if minute.data is None:
        faults[minute.short_name] = _("Write the time like 14:30.")
    if faults or day.day is None:
        raise Refused(fields=faults)
    at = datetime.combine(day.day, time(), ZoneInfo(centre.time_zone))
    return at + timedelta(minutes=minute.data)
