"""Gregorian and Solar Hijri, and dates of which only a part is known.

What is stored is ISO and Gregorian; Solar Hijri with the Afghan month names is a way to type and to show.
Lunar Hijri (Umm al-Qura) is for display only: countries that sight the moon differ by a day or two.
"""

from __future__ import annotations

import calendar as gregorian
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import jdatetime
from flask_babel import lazy_gettext as _l
from hijridate import Gregorian

from mrc.core.errors import Refused
from mrc.core.text import ascii_digits

ISO = re.compile(r"(~?)(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
EARLIEST_YEAR, LATEST_YEAR = 1850, 2200
SOLAR_YEARS = range(1230, 1500)
"""Years that can only be meant as Solar Hijri (the last Gregorian of them lies five centuries back)."""

AFGHAN_MONTHS = {
    "fa_AF": ("حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"),
    "ps": ("وری", "غویی", "غبرگولی", "چنګاښ", "زمری", "وږی", "تله", "لړم", "لیندۍ", "مرغومی", "سلواغه", "کب"),
    "en": (
        "Hamal",
        "Sawr",
        "Jawza",
        "Saratan",
        "Asad",
        "Sunbula",
        "Mizan",
        "Aqrab",
        "Qaws",
        "Jadi",
        "Dalw",
        "Hut",
    ),
}
"""Month names of Afghanistan; those of Iran must not be used there."""


class CalendarKind(StrEnum):
    """A way to count days."""

    GREGORIAN = "gregorian"
    SOLAR_HIJRI = "solar_hijri"


class Precision(StrEnum):
    """How much of a date is known."""

    EXACT = "exact"
    MONTH = "month"
    YEAR = "year"
    ESTIMATED = "estimated"


@dataclass(frozen=True)
class PartialDate:
    """A Gregorian date of which only the year may be known, or guessed."""

    year: int
    month: int | None = None
    day: int | None = None
    is_estimated: bool = False

    @classmethod
    def from_iso(cls, text: str) -> PartialDate:
        """Read `1998`, `1998-04`, `1998-04-12` or `~1998`. Raises Refused for anything else."""
        found = ISO.fullmatch(text)
        if found is None:
            raise Refused(str(_l("This is not a date.")))
        estimated, year, month, day = found.groups()
        read = cls(int(year), int(month) if month else None, int(day) if day else None, bool(estimated))
        read.check()
        return read

    @property
    def iso(self) -> str:
        """The text that is stored."""
        parts = [f"{self.year:04}"] + [f"{part:02}" for part in (self.month, self.day) if part]
        return ("~" if self.is_estimated else "") + "-".join(parts)

    @property
    def precision(self) -> Precision:
        if self.is_estimated:
            return Precision.ESTIMATED
        return Precision.EXACT if self.day else Precision.MONTH if self.month else Precision.YEAR

    @property
    def earliest(self) -> date:
        """The first day that it may be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it may be."""
        month = self.month or 12
        return date(self.year, month, self.day or gregorian.monthrange(self.year, month)[1])

    def age_on(self, day: date) -> tuple[int, bool]:
        """The age in whole years on a day, and whether it is exact: the younger of the two that it may be."""
        youngest, oldest = _years(self.latest, day), _years(self.earliest, day)
        return youngest, youngest == oldest and not self.is_estimated

    def check(self) -> None:
        """Raise Refused when there is no such day, or a day without its month."""
        if self.day and not self.month:
            raise Refused(str(_l("Write the month too, or leave the day out.")))
        try:
            _ = self.earliest
        except ValueError:
            raise Refused(str(_l("There is no such day in the calendar."))) from None
        if not EARLIEST_YEAR <= self.year <= LATEST_YEAR:
            raise Refused(str(_l("Look at the year again.")))


def parse_partial_date(
    year: str, month: str, day: str, *, calendar: CalendarKind, estimated: bool = False
) -> PartialDate:
    """What was typed, in the digits of any script, as a Gregorian date of the same precision.

    Raises Refused for a day that does not exist, and for a Solar Hijri year typed as a Gregorian one.
    """
    numbers = [_number(text) for text in (year, month, day)]
    if numbers[0] is None:
        raise Refused(str(_l("Write the year, even if it is an estimate.")))
    if calendar is CalendarKind.SOLAR_HIJRI:
        return _from_solar(numbers[0], numbers[1], numbers[2], estimated=estimated)
    if numbers[0] in SOLAR_YEARS:
        raise Refused(str(_l("This looks like a Solar Hijri year. Choose that calendar beside it.")))
    typed = PartialDate(numbers[0], numbers[1], numbers[2], estimated)
    typed.check()
    return typed


def to_solar(day: date) -> tuple[int, int, int]:
    """Year, month and day in the Solar Hijri calendar."""
    solar = jdatetime.date.fromgregorian(date=day)
    return solar.year, solar.month, solar.day


def to_lunar(day: date) -> tuple[int, int, int]:
    """Year, month and day in the lunar Hijri calendar after Umm al-Qura: approximate, for display only."""
    lunar = Gregorian.fromdate(day).to_hijri()
    return lunar.year, lunar.month, lunar.day


def _from_solar(year: int, month: int | None, day: int | None, *, estimated: bool) -> PartialDate:
    if year not in SOLAR_YEARS:
        raise Refused(str(_l("Look at the year again: Solar Hijri years are like 1377.")))
    if day and not month:
        raise Refused(str(_l("Write the month too, or leave the day out.")))
    try:
        # Only a part known: the middle of it, so that the Gregorian year or month is the likelier one.
        at = jdatetime.date(year, month or 4, day or 15).togregorian()
    except ValueError:
        raise Refused(str(_l("There is no such day in the calendar."))) from None
    return PartialDate(at.year, at.month if month else None, at.day if day else None, estimated)


def _number(text: str) -> int | None:
    plain = ascii_digits(text).strip()
    if not plain:
        return None
    if not plain.isdecimal() or len(plain) > 4:
        raise Refused(str(_l("Write day, month and year as numbers.")))
    return int(plain)


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
