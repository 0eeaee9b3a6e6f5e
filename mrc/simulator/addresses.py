"""The three forms of an address on the wire: a number, a WhatsApp user id, and a sender name."""

from __future__ import annotations

import re
from enum import StrEnum

PREFIX = "whatsapp:"
NUMBER = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
# WhatsApp gives people who hide their number an id: country, a dot, up to 128 letters and digits.
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}", re.ASCII)
NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", re.ASCII)
COUNTRIES = {"+92": "PK", "+964": "IQ", "+93": "AF"}


class Channel(StrEnum):
    WHATSAPP = "whatsapp"
    SMS = "sms"


def channel_of(address: str) -> Channel:
    return Channel.WHATSAPP if address.startswith(PREFIX) else Channel.SMS


def bare(address: str) -> str:
    """The address without its channel."""
    return address.removeprefix(PREFIX)


def is_recipient(address: str) -> bool:
    """True for what a message can be sent to: a number, or a user id on WhatsApp."""
    if NUMBER.fullmatch(bare(address)):
        return True
    return channel_of(address) is Channel.WHATSAPP and is_user_id(bare(address))


def is_user_id(text: str) -> bool:
    return USER_ID.fullmatch(text) is not None


def is_name(address: str) -> bool:
    """True for an alphanumeric sender, which people see but cannot answer."""
    return NAME.fullmatch(address) is not None


def country_of(number: str) -> str:
    """The ISO code of a number's country, as far as the centres' own countries go; otherwise empty."""
    return next((code for prefix, code in COUNTRIES.items() if number.startswith(prefix)), "")
