"""Texts, numbers and case numbers as people and machines give them."""

from __future__ import annotations

import pytest

from mrc.core.nameparts import name_keys
from mrc.core.phones import is_user_id, parse_phone
from mrc.core.refs import case_number, parse_case_number
from mrc.core.text import clean, fold


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x00b", "ab"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\u2066left\u2069", "left"),
        ("\ud800broken", "broken"),
        ("two\nlines\tand tab", "two\nlines\tand tab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_is_cleaned_of_what_harms_and_keeps_what_reads(given: str, kept: str) -> None:
    assert clean(given).replace("\ufffd", "") == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("يوسف", "یوسف"),
        ("كريم", "کریم"),
        ("مُحَمَّد", "محمد"),
        ("محمـــد", "محمد"),
        ("أحمد", "احمد"),
        ("فاطمة", "فاطمه"),
        ("۱۲۳", "123"),
        ("ALI", "ali"),
    ],
)
def test_spellings_of_one_script_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed Yousef", "محمد یوسف"),
        ("Muhammad", "Mohammad"),
        ("حسین", "Hussain"),
        ("Fatima", "فاطمه"),
        ("Khurshid", "خورشید"),
    ],
)
def test_spellings_of_two_scripts_share_their_keys(one: str, other: str) -> None:
    assert set(name_keys(one)) & set(name_keys(other))


def test_other_names_share_no_key() -> None:
    assert not set(name_keys("Zarmina")) & set(name_keys("Bilal"))


@pytest.mark.parametrize(
    "given", ["0300 1234567", "+92-300-1234567", "0092 300 1234567", "۰۳۰۰۱۲۳۴۵۶۷", "(0300) 1234567"]
)
def test_a_number_is_read_as_people_write_it(given: str) -> None:
    phone = parse_phone(given, "PK")
    assert phone is not None
    assert phone.e164 == "+923001234567"


@pytest.mark.parametrize("given", ["", "12", "hello", "0" * 60, "+92 300", "1;DROP TABLE"])
def test_what_is_no_number_is_none(given: str) -> None:
    assert parse_phone(given, "PK") is None


@pytest.mark.parametrize(
    ("given", "is_one"), [("PK.1349", True), ("PK.ENT.1349", True), ("+92300", False), ("pk.1", False)]
)
def test_a_user_id_is_known_from_a_number(given: str, is_one: bool) -> None:
    assert is_user_id(given) is is_one


def test_a_case_number_is_read_back_in_any_writing() -> None:
    number = case_number("LHE", 2026, 123)
    assert number.startswith("LHE-2026-000123-")
    for given in (number, number.lower(), number.replace("-", " "), f"  {number} "):
        assert parse_case_number(given) == number


def test_one_wrong_character_or_two_swapped_are_noticed() -> None:
    number = case_number("LHE", 2026, 120_934)
    digits = [place for place, character in enumerate(number) if character.isdigit()]
    for place in digits:
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert parse_case_number(wrong) is None, wrong
    for place in digits[:-1]:
        first, second = number[place : place + 2]
        if second.isdigit() and first != second:
            swapped = number[:place] + second + first + number[place + 2 :]
            assert parse_case_number(swapped) is None, swapped
