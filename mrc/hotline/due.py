"""The working clock of a centre: minutes count only while it is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from mrc.centres.models import Centre

LOOKED_AHEAD_DAYS = 60
"""A centre that does not open within this time has no hours; then the plain clock counts."""


def add_open_minutes(centre: Centre, since: datetime, minutes: int) -> datetime:
    """The instant at which a centre was open for so many minutes since an instant, UTC.

    A centre without opening hours counts every minute. Loads its hours and holidays.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in _stretches(centre, since):
        start = max(opens, since)
        if start + left <= closes:
            return start + left
        left -= closes - start
    return since + timedelta(minutes=minutes)


def _stretches(centre: Centre, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When the centre is open from an instant on, each stretch as two instants in UTC."""
    zone, utc = ZoneInfo(centre.time_zone), ZoneInfo("UTC")
    holidays = {holiday.day for holiday in centre.holidays}
    first = since.astimezone(zone).date()
    for day in (first + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD_DAYS)):
        if day in holidays:
            continue
        midnight = datetime.combine(day, time(), zone)
        for stretch in centre.hours:
            if stretch.weekday == day.weekday():
                opens, closes = (
                    (midnight + timedelta(minutes=minute)).astimezone(utc)
                    for minute in (stretch.opens, stretch.closes)
                )
                if closes > since:
                    yield opens, closes
