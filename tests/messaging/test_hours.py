"""Whatever the hour at which somebody writes, nothing leaves outside the hours safe for the reader."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from mrc.messaging.hours import DAYS, is_quiet_at, next_morning
from mrc.persons.hours import is_safe_at, next_safe_at

ZONES = {"PK": "Asia/Karachi", "IQ": "Asia/Baghdad", "AF": "Asia/Kabul"}
RUNS = 10_000


def test_ten_thousand_times_over_three_zones_are_never_outside_safe_hours() -> None:
    """Moved on as the sender moves them, by the plan's hours and then by the night, all end in safe hours."""
    chance = Random(4)
    for _ in range(RUNS):
        country = chance.choice(sorted(ZONES))
        zone, windows = ZONES[country], _windows(chance)
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(400 * 24 * 60))
        for _try in range(20):
            if not is_safe_at(windows, at, zone):
                following = next_safe_at(windows, at, zone)
                assert following is not None
                assert following > at
                at = following
            elif not windows and is_quiet_at(at, zone, country):
                assert next_morning(at, zone, country) > at
                at = next_morning(at, zone, country)
            else:
                break
        local = at.astimezone(ZoneInfo(zone))
        if windows:
            assert _is_inside(windows, local), (local, windows)
        else:
            begins, ends = DAYS[country]
            assert begins <= local.time() < ends, local


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ("2026-03-02T08:59:00+05:00", True),
        ("2026-03-02T09:00:00+05:00", False),
        ("2026-03-02T20:59:59+05:00", False),
        ("2026-03-02T21:00:00+05:00", True),
        ("2026-03-02T00:00:00+05:00", True),
    ],
)
def test_the_day_begins_and_ends(at: str, quiet: bool) -> None:
    assert is_quiet_at(datetime.fromisoformat(at), "Asia/Karachi", "PK") is quiet


def _windows(chance: Random) -> list[dict[str, object]]:
    """None for half of the people; otherwise one or two, some past midnight."""
    count = chance.choice((0, 0, 1, 2))
    made = []
    for _ in range(count):
        days = sorted(chance.sample(range(7), chance.randrange(1, 8)))
        start = chance.randrange(24 * 60)
        until = (start + chance.randrange(30, 600)) % (24 * 60)
        made.append({"days": days, "from": start, "until": until})
    return made


def _is_inside(windows: list[dict[str, object]], local: datetime) -> bool:
    """An oracle that counts minute by minute from the beginning of each window."""
    for window in windows:
        length = (int(str(window["until"])) - int(str(window["from"]))) % (24 * 60)
        for back in (0, 1):
            day = local.date() - timedelta(days=back)
            if day.weekday() not in window["days"]:  # type: ignore[operator]
                continue
            begins = datetime.combine(day, time()) + timedelta(minutes=int(str(window["from"])))
            since = (local.replace(tzinfo=None) - begins).total_seconds() / 60
            if 0 <= since < length:
                return True
    return False
