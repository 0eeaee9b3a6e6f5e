"""Which language a reader gets, how values are shown in it, and what its catalogue must hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask, g
from flask_babel import gettext

from mrc.access.identity import Identity
from mrc.core import clock
from mrc.i18n import catalogues
from mrc.i18n.formats import ago, counted, day, instant, ltr, number
from mrc.i18n.locales import LOCALES
from tests.support.pages import PageClient


@pytest.mark.parametrize(
    ("cookie", "asked", "tag"),
    [
        ("", "", "en"),
        ("", "ur-PK,ur;q=0.9,en;q=0.5", "ur"),
        ("", "fa-AF", "fa_AF"),
        ("", "prs", "fa_AF"),
        ("", "de", "en"),
        ("ckb", "ur", "ckb"),
        ("nonsense", "ar", "ar"),
    ],
)
def test_a_stranger_gets_the_cookies_else_the_browsers_language(
    client: Callable[..., PageClient], cookie: str, asked: str, tag: str
) -> None:
    stranger = client()
    if cookie:
        stranger.http.set_cookie("mrc_language", cookie)
    page = stranger.get("/sign-in", headers={"Accept-Language": asked})
    root = page.find("html")[0]
    assert root.get("lang") == LOCALES[tag].html_lang
    assert root.get("dir") == ("ltr" if tag == "en" else "rtl")


def test_a_text_without_translation_is_english(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "ur"}):
        assert gettext("a sentence that nobody translated") == "a sentence that nobody translated"


@pytest.mark.parametrize(("digits", "shown"), [("latn", "12,345"), ("arabext", "۱۲,۳۴۵"), ("arab", "١٢,٣٤٥")])
def test_numbers_come_in_the_readers_digits(app: Flask, digits: str, shown: str) -> None:
    with app.test_request_context():
        g.identity = Identity(user_id=None, name="reader", digits=digits)
        assert number(12_345) == shown


def test_a_day_stands_in_both_calendars_where_the_reader_asks(app: Flask) -> None:
    with app.test_request_context():
        assert day(date(2026, 3, 21)) == "21 Mar 2026"
        g.identity = Identity(user_id=None, name="reader", calendar="solar_hijri")
        assert day(date(2026, 3, 21)) == "1 Hamal 1405 (21 Mar 2026)"


def test_an_instant_stands_in_the_time_of_the_centre(app: Flask) -> None:
    with app.test_request_context():
        g.time_zone = "Asia/Kabul"
        assert instant(datetime(2026, 3, 2, 20, 0, tzinfo=UTC)) == "3 Mar 2026, 00:30"


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-5), "5 hours ago"),
        (timedelta(days=-2), "2 days ago"),
        (timedelta(days=2, minutes=1), "in 2 days"),
        (timedelta(days=-30), "31 Jan 2026"),
    ],
)
def test_how_long_ago_is_said_for_a_week_and_the_day_beyond(app: Flask, apart: timedelta, said: str) -> None:
    with app.test_request_context():
        assert ago(clock.now() + apart) == said


def test_counts_stop_where_lists_stop_counting(app: Flask) -> None:
    with app.test_request_context():
        assert (counted(0), counted(99), counted(100), counted(5_000)) == ("0", "99", "99+", "99+")


def test_what_must_stand_left_to_right_does_and_is_escaped() -> None:
    assert str(ltr("LHE-1<b>")) == '<span dir="ltr">LHE-1&lt;b&gt;</span>'


def test_every_catalogue_matches_the_source() -> None:
    assert catalogues.problems() == []


def test_a_wrong_placeholder_would_be_found(tmp_path: Path) -> None:
    planted = tmp_path / "messages.po"
    planted.write_text('#, python-format\nmsgid "%(count)s days"\nmsgstr "%(number)s dias"\n')
    with planted.open("rb") as file:
        catalogue = read_po(file, locale="ar")
    assert [error for message in catalogue if message.id for error in message.check(catalogue)]
