"""Slowing down whoever guesses, without giving anybody the power to lock the staff out.

Every attempt is charged before its password is hashed, so that a burst of parallel guesses is counted too.
From where an attempt comes decides which brakes it meets; the numbers and why are in the package's docstring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Protocol

from mrc.accounts.models import SignInCounter
from mrc.accounts.queries import lock_counters
from mrc.core import clock
from mrc.core.sealed import blind_index

PLACE_IS_KNOWN_FOR = timedelta(days=180)
FORGOTTEN_AFTER = timedelta(days=1)
NETWORK_BITS = {4: 24, 6: 56}


class Brake(Protocol):
    """A rule that says from a counter whether one more attempt may reach the hash."""

    def level(self, counter: SignInCounter, at: datetime) -> int: ...
    def lets_through(self, counter: SignInCounter, at: datetime) -> bool: ...


@dataclass(frozen=True)
class Delay:
    """Some free attempts, then a wait that doubles each time; a day without attempts forgets them."""

    free: int
    first: timedelta
    longest: timedelta

    def level(self, counter: SignInCounter, at: datetime) -> int:
        return 0 if at - counter.counted_at > FORGOTTEN_AFTER else counter.failures

    def lets_through(self, counter: SignInCounter, at: datetime) -> bool:
        beyond = self.level(counter, at) - self.free
        # Ten doublings are beyond any longest wait; more would overflow.
        return beyond < 0 or at >= counter.counted_at + min(self.longest, self.first * 2 ** min(beyond, 10))


@dataclass(frozen=True)
class Budget:
    """A bucket of attempts that leaks: so many at once, then one per `leak`."""

    size: int
    leak: timedelta

    def level(self, counter: SignInCounter, at: datetime) -> int:
        return max(0, counter.failures - max(0, (at - counter.counted_at) // self.leak))

    def lets_through(self, counter: SignInCounter, at: datetime) -> bool:
        return self.level(counter, at) < self.size


PLACE = Delay(free=3, first=timedelta(seconds=10), longest=timedelta(minutes=15))
ACCOUNT = Budget(size=6, leak=timedelta(minutes=5))
NETWORK = Budget(size=30, leak=timedelta(seconds=10))


@dataclass(frozen=True)
class Attempt:
    """A try at one account from one place. `device` is the browser's long-lived random id, None for a new
    one.
    """

    username: str
    address: str
    device: str | None = None

    @property
    def device_key(self) -> bytes | None:
        return _key("device", self.username, self.device) if self.device else None

    @property
    def place_key(self) -> bytes:
        return _key("place", self.username, network_of(self.address))

    @property
    def account_key(self) -> bytes:
        return _key("account", self.username)

    @property
    def network_key(self) -> bytes:
        return _key("network", network_of(self.address))


def network_of(address: str) -> str:
    """The network of a client, /24 or /56: one person's address changes within it."""
    try:
        version = ip_address(address).version
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{NETWORK_BITS[version]}", strict=False))


def admit(attempt: Attempt) -> bool:
    """True when the attempt may reach the hash; it is charged as a failure until it is forgiven. Does not
    commit.
    """
    now = clock.now()
    charged = _brakes(attempt)
    if not all(brake.lets_through(counter, now) for counter, brake in charged):
        return False
    for counter, brake in charged:
        counter.failures, counter.counted_at = brake.level(counter, now) + 1, now
    return True


def forgive(attempt: Attempt) -> None:
    """Take back the charge of an attempt whose password was right while the second factor is
    still asked for.
    """
    for counter, _brake in _brakes(attempt):
        counter.failures = max(0, counter.failures - 1)


def welcome(attempt: Attempt) -> None:
    """After a complete sign-in: take back the charges and know device and network from now on."""
    forgive(attempt)
    keys = [key for key in (attempt.device_key, attempt.place_key) if key]
    for counter in lock_counters(keys).values():
        counter.failures, counter.succeeded_at, counter.counted_at = 0, clock.now(), clock.now()


def _brakes(attempt: Attempt) -> Sequence[tuple[SignInCounter, Brake]]:
    """The counters of an attempt with their rules: a known place answers for itself alone."""
    keys = [attempt.place_key, attempt.account_key, attempt.network_key]
    counters = lock_counters([*keys, *([attempt.device_key] if attempt.device_key else [])])
    if attempt.device_key and _is_known(counters[attempt.device_key]):
        return [(counters[attempt.device_key], PLACE)]
    place, account, network = (counters[key] for key in keys)
    if _is_known(place):
        return [(place, PLACE)]
    return [(place, PLACE), (account, ACCOUNT), (network, NETWORK)]


def _is_known(counter: SignInCounter) -> bool:
    return counter.succeeded_at is not None and clock.now() - counter.succeeded_at <= PLACE_IS_KNOWN_FOR


def _key(kind: str, *parts: str) -> bytes:
    return blind_index(f"sign_in.{kind}", "\x00".join(parts), "")
