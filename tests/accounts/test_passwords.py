"""Which passwords are good enough, and how they are kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from mrc.accounts import passwords
from mrc.accounts.passwords import (
    DEMO_PASSWORD,
    hash_password,
    needs_new_hash,
    password_fits,
    weakness_of,
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "short-one",
        "passwordpassword",
        "123456789012345",
        "qwertyuiop[]",
        DEMO_PASSWORD,
        "counsellor-lahore",
        "Sadia Anwar 1",
        "aaaaaaaaaaaaaaaaaaaaaa",
        "long" * 300,
    ],
)
def test_what_is_easy_to_guess_is_refused(context: Flask, weak: str) -> None:
    assert weakness_of(weak, penalised=("counsellor-lahore", "Sadia Anwar"))


@pytest.mark.parametrize(
    "good",
    ["river tin umbrella forty", "کتاب دریا چراغ باران کوه", "xK9#mvT2qLw!", "river tin umbrella forty" * 30],
)
def test_a_few_uncommon_words_are_enough(context: Flask, good: str) -> None:
    assert weakness_of(good) == ""


def test_a_password_fits_its_hash_alone(context: Flask) -> None:
    kept = hash_password("river tin umbrella forty")
    assert kept.startswith("$argon2id$")
    assert password_fits(kept, "river tin umbrella forty")
    assert not password_fits(kept, "river tin umbrella fifty")
    assert not password_fits(None, "river tin umbrella forty")
    assert not password_fits("not a hash", "river tin umbrella forty")


def test_the_same_characters_fit_whatever_keyboard_typed_them(context: Flask) -> None:
    assert password_fits(hash_password("café río tin umbrella"), "cafe\u0301 ri\u0301o tin umbrella")


def test_a_hash_of_weaker_parameters_is_renewed(context: Flask) -> None:
    kept = hash_password("river tin umbrella forty")
    assert not needs_new_hash(kept)
    assert needs_new_hash(kept.replace("t=3", "t=1"))


def test_nobody_costs_as_much_as_somebody(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Counting:
        def verify(self, kept: str, _password: str) -> bool:
            verified.append(kept)
            return True

    somebody = hash_password("river tin umbrella forty")
    nobody = passwords._nobody(64)
    monkeypatch.setattr(passwords, "_hasher", lambda _memory: Counting())
    assert password_fits(somebody, "x")
    assert not password_fits(None, "x")
    assert verified == [somebody, nobody]
    assert somebody.split("$")[2:4] == nobody.split("$")[2:4]


def test_at_most_two_are_hashed_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()
    step = threading.Event()

    class Slow:
        def hash(self, _password: str) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            step.wait(0.02)
            with lock:
                running -= 1
            return ""

    def one(_number: int) -> None:
        with app.app_context():
            hash_password("x")

    monkeypatch.setattr(passwords, "_hasher", lambda _memory: Slow())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert most == 2
