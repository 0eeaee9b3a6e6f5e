"""Dates in two calendars and any digits, as far as they are known."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from mrc.core.errors import Refused
from mrc.i18n.calendars import CalendarKind, PartialDate, Precision, parse_partial_date, to_lunar, to_solar

KNOWN = [
    (date(2026, 3, 21), (1405, 1, 1)),
    (date(2025, 3, 20), (1403, 12, 30)),
    (date(2025, 3, 21), (1404, 1, 1)),
    (date(1979, 2, 11), (1357, 11, 22)),
    (date(2001, 9, 9), (1380, 6, 18)),
]
"""Days whose Solar Hijri date is in every almanac; 1403 was a leap year."""


@pytest.mark.parametrize(("gregorian", "solar"), KNOWN)
def test_a_day_is_the_same_in_both_calendars(gregorian: date, solar: tuple[int, int, int]) -> None:
    assert to_solar(gregorian) == solar
    typed = parse_partial_date(*map(str, solar), calendar=CalendarKind.SOLAR_HIJRI)
    assert typed is not None
    assert (typed.iso, typed.precision) == (gregorian.isoformat(), Precision.EXACT)


def test_the_lunar_calendar_is_shown() -> None:
    assert to_lunar(date(2026, 2, 18)) == (1447, 9, 1)


def test_other_digits_are_understood(context: Flask) -> None:
    typed = parse_partial_date("۱۴۰۵", "۱", "۱", calendar=CalendarKind.SOLAR_HIJRI)
    assert typed is not None
    assert typed.iso == "2026-03-21"


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("1990-05-17", Precision.EXACT),
        ("1990-05", Precision.MONTH),
        ("1990", Precision.YEAR),
        ("~1990", Precision.ESTIMATED),
    ],
)
def test_a_date_says_how_much_of_it_is_known(text: str, precision: Precision) -> None:
    known = PartialDate.from_iso(text)
    assert (known.iso, known.precision) == (text, precision)


@pytest.mark.parametrize(
    "text", ["", "90", "1990-13", "1990-02-30", "1990-5-1", "tomorrow", "1990-01-01T00:00"]
)
def test_what_is_no_date_is_refused(context: Flask, text: str) -> None:
    with pytest.raises(Refused):
        PartialDate.from_iso(text)


@pytest.mark.parametrize(
    ("day", "month", "year", "calendar"),
    [
        ("1", "1", "1405", CalendarKind.GREGORIAN),
        ("1", "1", "2026", CalendarKind.SOLAR_HIJRI),
        ("31", "8", "1405", CalendarKind.SOLAR_HIJRI),
        ("30", "12", "1404", CalendarKind.SOLAR_HIJRI),
        ("30", "2", "1990", CalendarKind.GREGORIAN),
        ("5", "", "1990", CalendarKind.GREGORIAN),
        ("x", "1", "1990", CalendarKind.GREGORIAN),
    ],
)
def test_a_day_that_does_not_exist_or_a_year_of_the_other_calendar_is_refused(
    context: Flask, day: str, month: str, year: str, calendar: CalendarKind
) -> None:
    with pytest.raises(Refused):
        parse_partial_date(year, month, day, calendar=calendar)


def test_a_date_without_a_year_is_refused(context: Flask) -> None:
    with pytest.raises(Refused, match="year"):
        parse_partial_date("", "5", "", calendar=CalendarKind.GREGORIAN)


@pytest.mark.parametrize(
    ("text", "age", "is_exact"), [("1990-05-17", 35, True), ("1990", 35, False), ("~1990", 35, False)]
)
def test_an_age_is_as_exact_as_the_date(text: str, age: int, is_exact: bool) -> None:
    found, certain = PartialDate.from_iso(text).age_on(date(2026, 3, 2))
    assert abs(found - age) <= 1
    assert certain is is_exact
