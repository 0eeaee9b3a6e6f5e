"""Guessing is slow, and slows nobody but the guesser. The rules stand in the package's docstring."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from mrc.accounts.models import SignInCounter
from mrc.accounts.throttle import ACCOUNT, PLACE, Attempt, admit, forgive, network_of, welcome
from mrc.core import clock as the_clock
from mrc.core.db import db
from mrc.demo.world import DEMO_USERNAMES

COLLEAGUE = Attempt("counsellor-lahore", "203.0.113.7", "d" * 22)


def tries(attempt: Attempt, times: int) -> int:
    """How many of so many attempts at the same moment reach the hash; all of them fail."""
    return sum(admit(attempt) for _turn in range(times))


def counter(failures: int, *, age: timedelta) -> SignInCounter:
    return SignInCounter(failures=failures, counted_at=the_clock.now() - age)


@pytest.mark.parametrize(
    ("failures", "wait"), [(3, 10), (4, 20), (5, 40), (9, 640), (10, 900), (60, 900), (10_000, 900)]
)
def test_each_failure_from_one_place_doubles_the_wait_up_to_a_quarter_of_an_hour(
    clock: time_machine.Traveller, failures: int, wait: int
) -> None:
    now = the_clock.now()
    assert not PLACE.lets_through(counter(failures, age=timedelta(seconds=wait - 1)), now)
    assert PLACE.lets_through(counter(failures, age=timedelta(seconds=wait)), now)


def test_three_attempts_are_free_and_a_day_forgets(clock: time_machine.Traveller) -> None:
    now = the_clock.now()
    assert PLACE.lets_through(counter(2, age=timedelta(0)), now)
    assert PLACE.level(counter(50, age=timedelta(days=1, seconds=1)), now) == 0


def test_an_account_gets_six_attempts_from_strange_places_and_one_more_each_five_minutes(
    clock: time_machine.Traveller,
) -> None:
    now = the_clock.now()
    assert not ACCOUNT.lets_through(counter(6, age=timedelta(minutes=4, seconds=59)), now)
    assert ACCOUNT.lets_through(counter(6, age=timedelta(minutes=5)), now)
    assert ACCOUNT.level(counter(6, age=timedelta(hours=2)), now) == 0
    assert ACCOUNT.level(counter(2, age=timedelta(hours=-2)), now) == 2


def test_a_burst_from_one_place_reaches_the_hash_three_times(context: Flask) -> None:
    assert tries(Attempt("admin", "198.51.100.9"), 50) == 3


def test_ten_thousand_guesses_from_everywhere_reach_the_hash_at_most_six_times_a_minute(
    context: Flask, clock: time_machine.Traveller
) -> None:
    """Five minutes of guesses at one account, each from another network."""
    reached = []
    for minute in range(5):
        reached.append(sum(admit(Attempt("admin", f"10.{minute}.{number}.1")) for number in range(40)))
        clock.shift(timedelta(minutes=1))
    assert max(reached) <= 6
    assert sum(reached) <= 7


def test_one_network_cannot_try_every_name(context: Flask) -> None:
    assert sum(admit(Attempt(f"name{number}", "198.51.100.9")) for number in range(100)) == 30


def test_hammering_every_account_from_elsewhere_stops_no_colleague_on_a_known_device(
    context: Flask, clock: time_machine.Traveller
) -> None:
    for username in DEMO_USERNAMES:
        attempt = Attempt(username, "203.0.113.7", username.ljust(22, "x"))
        assert admit(attempt)
        welcome(attempt)
    for _hour in range(3):
        for network in range(20):
            for username in DEMO_USERNAMES:
                tries(Attempt(username, f"10.0.{network}.1", "made-up-by-the-guesser"), 3)
        clock.shift(timedelta(minutes=7))
        for username in DEMO_USERNAMES:
            elsewhere = Attempt(username, "192.0.2.200", username.ljust(22, "x"))
            assert admit(elsewhere), f"{username} is locked out on their own device"
            welcome(elsewhere)


def test_a_known_network_is_enough_when_the_cookies_were_cleared(context: Flask) -> None:
    assert admit(COLLEAGUE)
    welcome(COLLEAGUE)
    for network in range(20):
        tries(Attempt("counsellor-lahore", f"10.0.{network}.1"), 3)
    assert not admit(Attempt("counsellor-lahore", "10.0.99.1")), "the account's budget should be used up"
    assert admit(Attempt("counsellor-lahore", "203.0.113.250"))


def test_a_guesser_in_the_same_office_does_not_stop_the_owner_of_the_device(context: Flask) -> None:
    assert admit(COLLEAGUE)
    welcome(COLLEAGUE)
    tries(Attempt("counsellor-lahore", COLLEAGUE.address), 20)
    assert admit(COLLEAGUE)


def test_a_stolen_device_id_has_a_delay_of_its_own(context: Flask) -> None:
    welcome(COLLEAGUE)
    assert tries(Attempt("counsellor-lahore", "10.0.0.1", COLLEAGUE.device), 50) == 3


def test_a_device_is_known_for_the_account_that_signed_in_with_it(context: Flask) -> None:
    welcome(COLLEAGUE)
    for network in range(10):
        tries(Attempt("admin", f"10.0.{network}.1"), 3)
    assert not admit(Attempt("admin", "10.1.0.1", COLLEAGUE.device))


def test_a_place_is_forgotten_after_half_a_year(context: Flask, clock: time_machine.Traveller) -> None:
    welcome(COLLEAGUE)
    clock.shift(timedelta(days=181))
    for network in range(10):
        tries(Attempt("counsellor-lahore", f"10.0.{network}.1"), 3)
    assert not admit(COLLEAGUE)


def test_success_takes_the_charge_back(context: Flask) -> None:
    for number in range(100):
        newcomer = Attempt(f"trainee{number}", "203.0.113.7", f"{number:022}")
        assert admit(newcomer), "a training room behind one address signs in for the first time"
        welcome(newcomer)


def test_a_right_password_does_not_win_free_guesses_at_the_code(context: Flask) -> None:
    """Whoever knows the password may not reset the count by typing it again before each guess."""
    reached = 0
    for _turn in range(30):
        if admit(COLLEAGUE):
            forgive(COLLEAGUE)
        reached += admit(COLLEAGUE)
    assert reached == 3


def test_no_name_and_no_address_is_stored(context: Flask) -> None:
    admit(COLLEAGUE)
    db.session.flush()
    assert all(len(row.key) == 16 for row in db.session.query(SignInCounter))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2ff:3::1", "2001:db8:1:200::/56"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_network_is_what_one_persons_address_changes_within(address: str, network: str) -> None:
    assert network_of(address) == network
