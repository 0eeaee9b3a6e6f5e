"""Filling the places of a wording: what WhatsApp would refuse is refused here, in words (case 24)."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from mrc.core.errors import Refused
from mrc.messaging.answers import filled_answer, open_places
from mrc.messaging.wording import content_variables, filled

VERSION: Any = SimpleNamespace(
    body="See you on {{1}} at {{2}}, and again at {{2}}.",
    variables=[{"name": "date", "sample": "3 March"}, {"name": "time", "sample": "10:30"}],
    buttons=[],
)
GIVEN = {"date": '4 "March"', "time": "۱۰:۳۰"}


def test_the_reader_gets_the_words(context: Flask) -> None:
    assert filled(VERSION, GIVEN) == 'See you on 4 "March" at ۱۰:۳۰, and again at ۱۰:۳۰.'


def test_the_provider_gets_json_whatever_the_quotes(context: Flask) -> None:
    assert json.loads(content_variables(VERSION, GIVEN)) == {"1": '4 "March"', "2": "۱۰:۳۰"}


def test_a_wording_without_places_sends_none(context: Flask) -> None:
    plain: Any = SimpleNamespace(body="Call us, please.", variables=[], buttons=[])
    assert content_variables(plain, {}) == ""
    assert filled(plain, {}) == "Call us, please."


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "\u200b\u200f", "a\nb", "a\r\nb", "a\tb", "a     b", "x" * 1025, "\u202eabc",
        "a\u200fb", "\x00", "<b>x</b>", "{{1}}",
    ],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("render", [filled, content_variables])
def test_a_value_that_would_be_refused_never_leaves(context: Flask, render: Any, value: str) -> None:
    with pytest.raises(Refused) as refusal:
        render(VERSION, GIVEN | {"date": value})
    assert list(refusal.value.fields) == ["date"]
    assert refusal.value.fields["date"]


@pytest.mark.parametrize("value", ["x" * 1024, "a    b", "می‌آیم", "O’Neil & sons", "50% {x}"])
def test_what_whatsapp_takes_is_taken(context: Flask, value: str) -> None:
    assert value in filled(VERSION, GIVEN | {"date": value})


@pytest.mark.parametrize("given", [{}, {"date": "x"}, {"date": "x", "time": "y", "more": "z"}])
def test_another_count_of_places_is_refused(context: Flask, given: dict[str, str]) -> None:
    with pytest.raises(Refused):
        content_variables(VERSION, given)


def test_a_body_whose_places_are_not_its_variables_is_never_sent(context: Flask) -> None:
    broken: Any = SimpleNamespace(body="See you on {{1}} at {{3}}.", variables=VERSION.variables, buttons=[])
    with pytest.raises(Refused):
        filled(broken, GIVEN)


def test_a_value_is_not_read_for_places_again(context: Flask) -> None:
    assert filled_answer("Dear {name}, {date}", {"name": "{date}"}) == "Dear {date}, {date}"
    assert open_places("Dear {name}, {x} {date} {date}") == ["name", "date"]
