"""Template filters: instants, days, numbers and what must stand left to right in any script.

The one reviewed module that makes Markup; everything it puts into it is escaped.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, g
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from mrc.core import clock
from mrc.core.errors import Refused
from mrc.core.paging import COUNTED_UP_TO
from mrc.core.phones import format_phone
from mrc.i18n.calendars import AFGHAN_MONTHS, PartialDate, to_solar
from mrc.i18n.locales import DIGITS, locale_of

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Reader:
    """How somebody reads dates and numbers."""

    tag: str
    zone: ZoneInfo
    shows_solar: bool
    digits: str


def init_formats(app: Flask) -> None:
    """Register the filters."""
    for shown in (
        day, local_day, instant, ago, number, counted, ltr, phone, birth, minutes, direction, time_of_day,
    ):  # fmt: skip
        app.jinja_env.filters[shown.__name__] = shown


def ltr(value: object) -> Markup:
    """Numbers of cases, usernames, codes: left to right whatever stands around them."""
    return Markup('<span dir="ltr">{}</span>').format(escape(str(value)))


def phone(value: str | None) -> Markup:
    """A telephone number, spaced for reading, left to right."""
    return ltr(format_phone(value or ""))


def direction(value: object) -> str:
    """`ltr` or `rtl` by the first letter of a text: for papers, whose maker does not know `dir="auto"`."""
    kinds = (unicodedata.bidirectional(letter) for letter in str(value))
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"


def number(value: float | None) -> str:
    """A number in the reader's digits."""
    text = "" if value is None else f"{value:,}"
    digits = _reader().digits
    return text if digits == DIGITS["latn"] else text.translate(str.maketrans(DIGITS["latn"], digits))


def counted(value: int) -> str:
    """A count of which lists count no more than a hundred: "99+" from there on."""
    return number(value) if value < COUNTED_UP_TO else f"{number(COUNTED_UP_TO - 1)}+"


def minutes(value: int) -> str:
    """A duration in minutes, in words."""
    return ngettext("%(count)s minute", "%(count)s minutes", value, count=number(value))


def day(value: date | None) -> str:
    """A day in the reader's calendar; with Solar Hijri the Gregorian one stands behind it."""
    if value is None:
        return ""
    reader = _reader()
    plain = _plain_day(value, reader.tag)
    return f"{_solar(value)} ({plain})" if reader.shows_solar else plain


def local_day(value: datetime) -> str:
    """The day of an instant where the reader is."""
    return day(value.astimezone(_reader().zone).date())


def instant(value: datetime | None) -> str:
    """Day and time in the reader's time zone."""
    if value is None:
        return ""
    local = value.astimezone(_reader().zone)
    return f"{day(local.date())}, {local:%H:%M}"


def moment_told(value: datetime, zone: ZoneInfo, *, shows_solar: bool) -> str:
    """Day and time where something takes place, in the forced language: for people who get a message."""
    local = value.astimezone(zone)
    plain = _plain_day(local.date(), locale_of(str(get_locale())).tag)
    shown = f"{_solar(local.date())} ({plain})" if shows_solar else plain
    return f"{shown}, {local:%H:%M}"


def time_of_day(value: datetime, zone: ZoneInfo) -> Markup:
    """The time where something takes place, whatever the reader's own zone is."""
    return ltr(f"{value.astimezone(zone):%H:%M}")


def ago(value: datetime | None) -> str:
    """How long ago or ahead, up to seven days; the day itself beyond that."""
    if value is None:
        return ""
    apart = value - clock.now()
    if abs(apart) > SOON:
        return day(value.astimezone(_reader().zone).date())
    return _ahead(apart) if apart > timedelta() else _behind(-apart)


def birth(value: str | None) -> str:
    """A stored birth date as far as it is known."""
    if not value:
        return ""
    try:
        known = PartialDate.from_iso(value)
    except Refused:
        return value
    if known.is_estimated:
        return _("about %(year)s", year=known.year)
    if known.day:
        return day(known.earliest)
    if known.month:
        return str(format_date(known.earliest, "MMM y", locale=_reader().tag))
    return str(known.year)


@lru_cache(maxsize=4_000)
def _plain_day(value: date, tag: str) -> str:
    """A Gregorian day; lists show the same few days again and again."""
    return str(format_date(value, "d MMM y", locale=tag))


def _behind(apart: timedelta) -> str:
    count, unit = _counted(apart)
    if unit == "now":
        return _("just now")
    if unit == "minutes":
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", count, count=number(count))
    if unit == "hours":
        return ngettext("%(count)s hour ago", "%(count)s hours ago", count, count=number(count))
    return ngettext("%(count)s day ago", "%(count)s days ago", count, count=number(count))


def _ahead(apart: timedelta) -> str:
    count, unit = _counted(apart)
    if unit in {"now", "minutes"}:
        return ngettext(
            "in %(count)s minute", "in %(count)s minutes", max(count, 1), count=number(max(count, 1))
        )
    if unit == "hours":
        return ngettext("in %(count)s hour", "in %(count)s hours", count, count=number(count))
    return ngettext("in %(count)s day", "in %(count)s days", count, count=number(count))


def _counted(apart: timedelta) -> tuple[int, str]:
    seconds = int(apart.total_seconds())
    if seconds < 60:
        return 0, "now"
    if seconds < 3_600:
        return seconds // 60, "minutes"
    if seconds < 86_400:
        return seconds // 3_600, "hours"
    return seconds // 86_400, "days"


def _solar(value: date) -> str:
    year, month, day_of_month = to_solar(value)
    months = AFGHAN_MONTHS.get(str(get_locale()), AFGHAN_MONTHS["en"])
    return f"{number(day_of_month)} {months[month - 1]} {number(year).replace(',', '')}"


def _reader() -> Reader:
    """For whom the page is, found once: a list shows a hundred dates."""
    locale, identity, zone = get_locale(), g.get("identity"), g.get("time_zone", "UTC")
    known: tuple[object, object, str, Reader] | None = g.get("mrc_reader")
    if known is not None and known[0] is locale and known[1] is identity and known[2] == zone:
        return known[3]
    reader = Reader(
        tag=locale_of(str(locale)).tag,
        zone=ZoneInfo(zone),
        shows_solar=getattr(identity, "calendar", "") == "solar_hijri",
        digits=DIGITS[getattr(identity, "digits", "") or "latn"],
    )
    g.mrc_reader = (locale, identity, zone, reader)
    return reader
