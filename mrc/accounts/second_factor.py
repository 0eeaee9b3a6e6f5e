"""The second factor: six digits every thirty seconds (RFC 6238), and ten recovery codes for a lost phone."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
import segno

from mrc.core.sealed import blind_index
from mrc.core.text import ascii_digits

STEP_SECONDS = 30
TOLERATED_STEPS = (0, -1, 1)
"""Phones and servers disagree by some seconds; one step to each side, never twice the same step."""
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
RECOVERY_LENGTH = 10
ISSUER = "MRC"


def new_secret() -> str:
    """A fresh 160-bit secret in base32."""
    return pyotp.random_base32()


def picture_of(secret: str, username: str) -> str:
    """A QR code of the secret for an authenticator app, as an SVG data URI."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, border=3, light="#fff"))


def step_of(secret: str, code: str, at: datetime, last_step: int | None) -> int | None:
    """The time step that a code belongs to, or None when it is wrong or of a step already used (replay)."""
    typed = plain(code)
    present = int(at.timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(secret)
    for step in (present + offset for offset in TOLERATED_STEPS):
        fits = hmac.compare_digest(generator.at(step * STEP_SECONDS).encode(), typed.encode())
        if fits and (last_step is None or step > last_step):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes of 49 bits, written in two groups, without letters that look alike."""
    return [f"{_letters()}-{_letters()}" for _turn in range(RECOVERY_CODES)]


def recovery_hash(user_id: UUID, code: str) -> str:
    """What is kept of a recovery code: a keyed hash, as hex."""
    return blind_index("recovery_code", plain(code).upper(), user_id).hex()


def plain(code: str) -> str:
    """A typed code without blanks and dashes, its digits of any script as ASCII."""
    return "".join(letter for letter in ascii_digits(code) if letter.isalnum())


def _letters() -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _turn in range(RECOVERY_LENGTH // 2))
