"""Forms of the centres' administration."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import InputRequired

from mrc.centres.service import Stretch
from mrc.core.text import ascii_digits
from mrc.i18n.calendars import PartialDate
from mrc.vocab.forms import options
from mrc.web.fields import (
    CheckField,
    ChipField,
    ChipsField,
    CodeField,
    LineField,
    NumberField,
    PartialDateField,
    PhoneField,
)
from mrc.web.forms import Form

STRETCH = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


def weekday_names() -> list[str]:
    """Monday to Sunday, in words."""
    return [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]


MINUTES_NEEDED = _l("Write how many minutes.")


class CentreForm(Form):
    """What a centre is called, where it sits, what is spoken, which days are off."""

    name = LineField(_l("Name"), [InputRequired(_l("Write the name of the centre."))], longest=120)
    host = LineField(_l("Host"), longest=200, description=_l("The ministry or office that houses it."))
    languages = ChipsField(_l("Languages spoken"))
    time_zone = CodeField(_l("Time zone"))
    weekend = ChipsField(_l("Days off"))
    closure_needs_approval = CheckField(_l("A manager approves that a case is closed"))

    first_response = NumberField(
        _l("Minutes to the first answer"), [InputRequired(MINUTES_NEEDED)], least=1, most=6_000,
        description=_l("Counted only while the centre is open; so are the two below."),
    )  # fmt: skip
    next_response = NumberField(
        _l("Minutes to every later answer"),
        [InputRequired(MINUTES_NEEDED)],
        least=1,
        most=6_000,
    )
    resolution = NumberField(
        _l("Minutes until a conversation is done"), [InputRequired(_l("Write how many minutes."))],
        least=1, most=60_000,
    )  # fmt: skip
    message_budget = NumberField(
        _l("US dollars a day for messages that nobody asked for"),
        [InputRequired(_l("Write an amount in whole US dollars."))],
        least=0,
        most=10_000,
        description=_l(
            "Reminders and messages to many wait for the next day when it is spent; answers never."
        ),
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.languages.choices = options("languages")
        self.time_zone.choices = [
            (name, name) for name in sorted(available_timezones()) if name.startswith("Asia/")
        ]
        self.weekend.choices = [(str(number), name) for number, name in enumerate(weekday_names())]


class HoursForm(Form):
    """Opening hours, one line a weekday: `09:00-13:00, 14:00-17:00`, empty for closed."""

    monday = LineField(_l("Monday"))
    tuesday = LineField(_l("Tuesday"))
    wednesday = LineField(_l("Wednesday"))
    thursday = LineField(_l("Thursday"))
    friday = LineField(_l("Friday"))
    saturday = LineField(_l("Saturday"))
    sunday = LineField(_l("Sunday"))

    def stretches(self) -> list[Stretch]:
        """Every stretch that was typed."""
        return [
            stretch
            for weekday, field in enumerate(self.own_fields.values())
            for stretch in _read(weekday, field.data)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Name the day whose hours cannot be read."""
        is_valid: bool = super().validate(extra_validators)
        for weekday, field in enumerate(self.own_fields.values()):
            try:
                _read(weekday, field.data)
            except ValidationError as error:
                field.errors = [str(error)]
                is_valid = False
        return is_valid


class HolidayForm(Form):
    """A day on which the centre is closed."""

    day = PartialDateField(_l("Day"))
    name = LineField(_l("What is celebrated"), [InputRequired(_l("Write what is celebrated."))], longest=120)

    def validate_day(self, field: PartialDateField) -> None:
        """A holiday needs a whole date."""
        known: PartialDate | None = field.data
        if known is None or known.day is None:
            raise ValidationError(_("Write day, month and year."))


class LineForm(Form):
    """A new line."""

    kind = ChipField(
        _l("Kind"),
        [InputRequired()],
        choices=[("whatsapp", _l("WhatsApp")), ("sms", _l("SMS")), ("voice", _l("Hotline"))],
        default="whatsapp",
    )
    number = PhoneField(_l("Number"), [InputRequired(_l("Write the number."))])
    label = LineField(_l("Name of the line"), [InputRequired(_l("Write how staff call it."))], longest=80)


class ActionForm(Form):
    """A single button."""


def shown_hours(stretches: list[tuple[int, int]]) -> str:
    """Stretches of a day as they are typed."""
    return ", ".join(
        f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}" for opens, closes in stretches
    )


def _read(weekday: int, text: str | None) -> list[Stretch]:
    stretches = []
    for part in filter(
        None, (part.strip() for part in ascii_digits(text or "").replace("،", ",").split(","))
    ):
        found = STRETCH.fullmatch(part)
        if found is None:
            raise ValidationError(_("Write hours like 09:00-13:00, 14:00-17:00."))
        numbers = [int(number) for number in found.groups()]
        opens, closes = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
        if not opens < closes <= 24 * 60 or max(numbers[1], numbers[3]) > 59:
            raise ValidationError(_("The closing time must lie after the opening time."))
        stretches.append(Stretch(weekday, opens, closes))
    return stretches
