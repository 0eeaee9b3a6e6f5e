"""The one place that asks what time it is. Tests freeze it with time-machine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today_in(time_zone: str) -> date:
    """The calendar day that it is now in an IANA time zone such as `Asia/Kabul`."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def minutes_ago(minutes: int) -> datetime:
    """The instant that many minutes before now, in UTC."""
    return now() - timedelta(minutes=minutes)
