"""Hashing, checking and judging passwords.

Argon2id with 64 MiB (`Settings.password_memory_kib`), at most two at once per process, so that a flood of
sign-ins cannot exhaust memory. A name that does not exist costs as much as one that does.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from mrc.core.settings import settings

SHORTEST, LONGEST = 12, 1_000
JUDGED = 72
"""zxcvbn's time grows fast with length; what follows only makes a password stronger."""
STRONG_ENOUGH = 3
DEMO_PASSWORD = "migrant-centre-demo"  # noqa: S105 - printed on the sign-in page of the demo
OWN_WORDS = ("migrant", "resource", "centre", "center", "counsellor", "hotline")
TURNS = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """The Argon2id hash to keep of a password."""
    with TURNS:
        return _hasher(settings().password_memory_kib).hash(_normal(password))


def password_fits(kept: str | None, password: str) -> bool:
    """True when the password has this hash. Without a hash the same work is done and the answer is False."""
    memory_kib = settings().password_memory_kib
    with TURNS:
        try:
            _hasher(memory_kib).verify(kept or _nobody(memory_kib), _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def needs_new_hash(kept: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return _hasher(settings().password_memory_kib).check_needs_rehash(kept)


def weakness_of(password: str, *, penalised: Iterable[str] = ()) -> str:
    """What is wrong with a new password, as a sentence; empty when it is good. `penalised` are easily guessed
    words.
    """
    password = _normal(password)
    if len(password) < SHORTEST:
        return _(
            "Take at least %(count)s characters. Four or five words in a row are easy to remember.",
            count=SHORTEST,
        )
    if len(password) > LONGEST:
        return _("This is too long.")
    if password.casefold() in _well_known():
        return _("This password is on every list of well-known passwords.")
    words = [word for text in penalised for word in (text, *text.replace(".", " ").replace("-", " ").split())]
    # Its word lists take 13 MB; only the process in which somebody chooses a password loads them.
    judged = import_module("zxcvbn").zxcvbn(password[:JUDGED], user_inputs=[*filter(None, words), *OWN_WORDS])
    if judged["score"] < STRONG_ENOUGH:
        return _("This is easy to guess. Add an uncommon word or two, and avoid names, years and repeats.")
    return ""


@lru_cache(maxsize=1)
def _well_known() -> frozenset[str]:
    lists = import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    return frozenset(lists["passwords"]) | {DEMO_PASSWORD}


def _normal(password: str) -> str:
    """The same characters whatever keyboard typed them."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=4)
def _hasher(memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=3, memory_cost=memory_kib, parallelism=1)


@lru_cache(maxsize=4)
def _nobody(memory_kib: int) -> str:
    return _hasher(memory_kib).hash(secrets.token_hex(16))
