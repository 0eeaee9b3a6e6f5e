"""Booking an appointment, and cancelling one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, InputRequired

from mrc.cases.service import AppointmentDetails
from mrc.i18n.calendars import PartialDate
from mrc.vocab.forms import options
from mrc.web.fields import CheckField, ClockField, CodeField, DayField, LineField, NumberField, TextField
from mrc.web.forms import Form


class AppointmentForm(Form):
    """When, with whom, where, and in which language."""

    day = DayField(_l("Day"), [DataRequired(_l("Write the day."))])
    time = ClockField(_l("Time"), [InputRequired(_l("Write the time like 14:30."))])
    minutes = NumberField(
        _l("How long, in minutes"), [InputRequired(_l("Write how long."))], least=5, most=480
    )
    counsellor = CodeField(_l("With whom"), [InputRequired(_l("Choose a counsellor."))])
    room = LineField(_l("Room"), longest=40)
    language = CodeField(_l("Language"))
    note = TextField(_l("What it is for"))
    on_closed_day = CheckField(_l("Also on a day on which the centre is closed"))

    def __init__(
        self, people: Sequence[tuple[UUID, str]], country: str, *arguments: Any, **keywords: Any
    ) -> None:
        super().__init__(*arguments, **keywords)
        self.counsellor.choices = [("", _("Choose…")), *((str(key), name) for key, name in people)]
        self.language.choices = [("", _("Not asked")), *options("languages", country)]

    def details(self, texts: dict[str, str], zone: str) -> AppointmentDetails:
        """What the merged texts of the form say, in a centre of this time zone."""
        midnight = datetime.combine(PartialDate.from_iso(texts["day"]).earliest, time.min, ZoneInfo(zone))
        return AppointmentDetails(
            counsellor_id=UUID(texts["counsellor"]),
            starts_at=midnight + timedelta(minutes=int(texts["time"])),
            minutes=int(texts["minutes"]),
            room=texts["room"],
            language=texts["language"] or None,
            note=texts["note"],
            on_closed_day=self.on_closed_day.data,
        )


class CancelAppointmentForm(Form):
    """Why an appointment is cancelled."""

    reason = TextField(_l("Why"), [InputRequired(_l("Write why it is cancelled."))])
