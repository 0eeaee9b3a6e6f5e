"""Fields that understand what people in our centres type, and clean what machines send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.utils import unset_value
from wtforms.validators import Length, StopValidation, ValidationError
from wtforms.widgets import TextInput

from mrc.core.errors import Refused
from mrc.core.phones import Phone, parse_phone
from mrc.core.text import ascii_digits, clean
from mrc.i18n.calendars import CalendarKind, PartialDate, parse_partial_date

LONGEST_LINE = 200
LONGEST_TEXT = 20_000


def cleaned(value: str | None) -> str | None:
    """Text without control characters and direction overrides, without outer blanks."""
    return None if value is None else clean(value).strip()


class LineField(StringField):
    """One line of text, cleaned, at most 200 characters unless told otherwise."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **keywords: Any) -> None:
        filters = [cleaned, *keywords.pop("filters", ())]
        longest = keywords.pop("longest", LONGEST_LINE)
        super().__init__(label, [*validators, Length(max=longest)], filters=filters, **keywords)


class TextField(TextAreaField):
    """Several lines of text, cleaned, at most 20,000 characters."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **keywords: Any) -> None:
        filters = [cleaned, *keywords.pop("filters", ())]
        super().__init__(label, [*validators, Length(max=LONGEST_TEXT)], filters=filters, **keywords)


class NumberField(StringField):
    """A whole number in the digits of any script, between `least` and `most`; `data` is an int or None."""

    def __init__(
        self, label: Any = None, validators: Sequence[Any] = (), *, least: int, most: int, **keywords: Any
    ) -> None:
        super().__init__(label, list(validators), **keywords)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = ascii_digits(clean(valuelist[0])).strip() if valuelist else ""
        self.data: Any = None
        if not text:
            return
        if not text.isdecimal() or not self.least <= int(text[:9]) <= self.most or len(text) > 9:
            self.data = None
            raise ValueError(
                self.gettext("Write a whole number from %(least)s to %(most)s.")
                % {"least": self.least, "most": self.most}
            )
        self.data = int(text)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


class PhoneField(StringField):
    """A telephone number in any spelling and digits; `data` is the text, `phone` what was understood."""

    def __init__(
        self, label: Any = None, validators: Sequence[Any] = (), *, region: str = "PK", **keywords: Any
    ) -> None:
        super().__init__(label, list(validators), filters=[cleaned], **keywords)
        self.region = region
        self.phone: Phone | None = None

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        self.phone = parse_phone(self.data, self.region)
        if self.phone is None:
            raise StopValidation(
                str(_l("This is not a telephone number that we understand. Example: 0300 1234567."))
            )


class BlankIsAnAnswer:
    """Nothing chosen is the blank choice where the list has one: a browser sends nothing for untouched
    chips.
    """

    data: Any

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = str(valuelist[0]) if valuelist else ""


class CodeField(BlankIsAnAnswer, SelectField):
    """One code of a vocabulary list. The form's maker sets `choices` to (code, label) pairs, blank first."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **keywords: Any) -> None:
        choices = keywords.pop("choices", [])
        super().__init__(label, list(validators), **keywords)
        # Given later, pairs need no wrapping in WTForms' own class.
        self.choices = choices


class ChipField(BlankIsAnAnswer, RadioField):
    """One code of a short list, shown as chips."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **keywords: Any) -> None:
        keywords.setdefault("validate_choice", True)
        choices = keywords.pop("choices", [])
        super().__init__(label, list(validators), **keywords)
        # Given later, pairs need no wrapping in WTForms' own class.
        self.choices = choices


class CheckField(BooleanField):
    """A tick. The texts of the conflict page are understood too."""

    false_values = (False, "false", "False", "")


class ChipsField(SelectMultipleField):
    """Several codes of a list, shown as chips; also understood joined by commas, as the conflict page sends
    them.
    """

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([code for text in valuelist for code in text.split(",") if code])

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **keywords: Any) -> None:
        choices = keywords.pop("choices", [])
        super().__init__(label, list(validators), **keywords)
        # Given later, pairs need no wrapping in WTForms' own class.
        self.choices = choices


class ClockField(StringField):
    """A time of day, such as 14:30, in the digits of any script; `data` is minutes after midnight or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = ascii_digits(clean(valuelist[0])).strip() if valuelist else ""
        self.data: Any = None
        if not text:
            return
        hour, colon, minute = text.partition(":")
        if not (hour.isdecimal() and minute.isdecimal() and len(text) <= 5 and colon):
            raise ValueError(self.gettext("Write the time like 14:30."))
        if int(hour) > 23 or int(minute) > 59:
            raise ValueError(self.gettext("Write the time like 14:30."))
        self.data = int(hour) * 60 + int(minute)

    @staticmethod
    def as_typed(text: str) -> str:
        """Minutes after midnight as a time of day."""
        return f"{int(text) // 60:02}:{int(text) % 60:02}" if text else ""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.as_typed(str(self.data))


class PartialDateField(Field):
    """A date of any precision in either calendar, typed as three inputs; `data` is a PartialDate or None.

    Posts `name-year`, `name-month`, `name-day`, `name-calendar` and `name-estimated`; the ISO text under
    `name` alone is understood too, as the conflict page sends it.
    """

    widget = TextInput()
    parts = ("year", "month", "day", "calendar", "estimated")

    def __init__(
        self, label: Any = None, validators: Sequence[Any] = (), *, latest: Any = None, **keywords: Any
    ) -> None:
        super().__init__(label, list(validators), **keywords)
        self.latest = latest
        self.typed: dict[str, str] = {}
        self.data: PartialDate | None = None

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        if formdata is None or not (self.name in formdata or f"{self.name}-year" in formdata):
            self.data = None if data is unset_value else data
            return
        if self.name in formdata:
            # What a validator looks at to know whether anything was typed.
            self.raw_data = [cleaned(formdata[self.name]) or ""]
            self._process_iso(self.raw_data[0])
            return
        self.typed = {part: cleaned(formdata.get(f"{self.name}-{part}", "")) or "" for part in self.parts}
        self.raw_data = ["-".join(filter(None, (self.typed[part] for part in ("year", "month", "day"))))]
        try:
            self.data = self._parsed()
        except (Refused, ValueError) as refusal:
            self.data = None
            self.process_errors = [str(refusal)]

    def _process_iso(self, text: str) -> None:
        try:
            self.data = PartialDate.from_iso(text) if text else None
        except (Refused, ValueError) as refusal:
            self.process_errors = [str(refusal)]

    def _parsed(self) -> PartialDate | None:
        if not any(self.typed[part] for part in ("year", "month", "day")):
            return None
        parsed = parse_partial_date(
            self.typed["year"],
            self.typed["month"],
            self.typed["day"],
            calendar=CalendarKind(self.typed["calendar"] or CalendarKind.GREGORIAN),
            estimated=bool(self.typed["estimated"]),
        )
        latest: date | None = self.latest() if callable(self.latest) else self.latest
        if latest is not None and parsed.earliest > latest:
            raise Refused(str(_l("This date lies in the future.")))
        return parsed

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise ValidationError(self.process_errors[0])


class DayField(PartialDateField):
    """A whole day in either calendar; `data` is a PartialDate, `day` the date that it names."""

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.data is not None and self.day is None:
            raise ValidationError(str(_l("Write day, month and year.")))

    @property
    def day(self) -> date | None:
        """The date, None while a part of it is missing."""
        known = self.data
        return known.earliest if known is not None and known.day else None


class NumbersField(Field):
    """Several whole numbers from 0 to `most`, one for each of `keys`, in the digits of any script.

    Posts `name-key`; `data` is a dict of the keys with a number above 0. The form's maker sets `keys` to
    (key, label) pairs. A template draws the inputs; `typed` holds their texts.
    """

    widget = TextInput()

    def __init__(
        self, label: Any = None, validators: Sequence[Any] = (), *, most: int, **keywords: Any
    ) -> None:
        super().__init__(label, list(validators), **keywords)
        self.most = most
        self.keys: Sequence[tuple[str, str]] = ()
        self.data: dict[str, int] = {}
        self.typed: dict[str, str] = {}

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        if formdata is None:
            self.data = {} if data is unset_value or data is None else dict(data)
            return
        head = f"{self.name}-"
        texts = {name.removeprefix(head): formdata[name] for name in formdata if name.startswith(head)}
        self.typed = {key: ascii_digits(clean(text)).strip() for key, text in texts.items()}
        numbers = {key: text for key, text in self.typed.items() if text}
        if any(not text.isdecimal() or len(text) > 6 or int(text) > self.most for text in numbers.values()):
            self.data = {}
            self.process_errors = [
                self.gettext("Write whole numbers from 0 to %(most)s.") % {"most": self.most}
            ]
            return
        self.data = {key: int(text) for key, text in numbers.items() if int(text)}

    def text_of(self, key: str) -> str:
        """What stands in the input of a key: what was typed, else the number."""
        return self.typed.get(key) or str(self.data.get(key) or "")

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise ValidationError(self.process_errors[0])
        if set(self.data) - {key for key, _label in self.keys}:
            raise ValidationError(self.gettext("Not a valid choice."))
