"""Telephone numbers as people write them, in any digits and spelling, and as the carrier wants them.

A number says nothing about a person: phones are shared, and WhatsApp users may have an id instead of a
number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from mrc.core.text import ascii_digits, clean

USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
"""A WhatsApp user id without a number: country, a dot, letters and digits."""
LONGEST = 40


@dataclass(frozen=True)
class Phone:
    """A number that was understood: E.164, and as people of its country write it."""

    e164: str
    national: str
    region: str


def parse_phone(text: str, region: str) -> Phone | None:
    """The number in a text, read as someone in `region` (ISO 3166-1) would; None when it is none."""
    text = ascii_digits(clean(text)).strip()
    if not text or len(text) > LONGEST:
        return None
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        return None
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        national=phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
        region=phonenumbers.region_code_for_number(number) or region,
    )


def format_phone(value: str) -> str:
    """An E.164 number spaced for reading; anything else as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(value, None), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return value


def country_of(address: str) -> str:
    """The country of an E.164 number or of a WhatsApp user id, ISO 3166-1; empty when it tells none."""
    if is_user_id(address):
        return address[:2]
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(address, None)) or ""
    except NumberParseException:
        return ""


def is_user_id(address: str) -> bool:
    """True for a WhatsApp user id, which no phone parser may touch."""
    return USER_ID.fullmatch(address) is not None
