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


def open_minutes_between(centre: Centre, start: datetime, end: datetime) -> int:
    """How many whole minutes a centre was open between two instants; without opening hours all of them."""
    if end <= start:
        return 0
    if not centre.hours:
        return int((end - start).total_seconds() // 60)
    total = timedelta()
    for opens, closes in _stretches(centre, start, until=end):
        total += max(min(closes, end) - max(opens, start), timedelta())
    return int(total.total_seconds() // 60)


def _stretches(
    centre: Centre, since: datetime, *, until: datetime | None = None
) -> Iterator[tuple[datetime, datetime]]:
    """When the centre is open from an instant on, each stretch as two instants in UTC."""
    zone, utc = ZoneInfo(centre.time_zone), ZoneInfo("UTC")
    holidays = {holiday.day for holiday in centre.holidays}
    first = since.astimezone(zone).date()
    days = LOOKED_AHEAD_DAYS if until is None else (until.astimezone(zone).date() - first).days + 1
    for day in (first + timedelta(days=ahead) for ahead in range(days)):
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
