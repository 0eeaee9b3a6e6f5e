"""When an address may be used: windows of weekdays and minutes in the person's own time zone.

A window whose end lies before its beginning runs past midnight and belongs to the day on which it begins. A
plan without windows allows every hour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mrc.core.text import ascii_digits

Window = Mapping[str, Any]
"""`{"days": [0, 1], "from": 1080, "until": 1320}`: Mondays and Tuesdays, 18:00 to 22:00."""
MINUTES_OF_DAY = 24 * 60
CLOCK = re.compile(r"(\d{1,2})[:.٫](\d{2})")


def is_safe_at(windows: Sequence[Window] | None, at: datetime, time_zone: str) -> bool:
    """True when an instant lies in one of the windows, or when there are none."""
    if not windows:
        return True
    local = at.astimezone(ZoneInfo(time_zone))
    minute, today = local.hour * 60 + local.minute, local.weekday()
    return any(_holds(window, today, minute) for window in windows)


def next_safe_at(windows: Sequence[Window], at: datetime, time_zone: str) -> datetime | None:
    """The next beginning of a window after an instant, None when no window has a day."""
    zone = ZoneInfo(time_zone)
    today = at.astimezone(zone).date()
    starts = [
        datetime.combine(day, time(window["from"] // 60, window["from"] % 60), zone)
        for ahead in range(8)
        for day in [today + timedelta(days=ahead)]
        for window in windows
        if day.weekday() in window["days"]
    ]
    return min((start for start in starts if start > at), default=None)


def minutes_of(text: str) -> int | None:
    """Minutes since midnight of a time such as 18:30, in any digits; None when it is none."""
    found = CLOCK.fullmatch(ascii_digits(text).strip())
    if found is None:
        return None
    hours, minutes = int(found.group(1)), int(found.group(2))
    if minutes > 59 or hours * 60 + minutes > MINUTES_OF_DAY:
        return None
    return (hours * 60 + minutes) % MINUTES_OF_DAY


def clock_text(minutes: int) -> str:
    """Minutes since midnight as 18:30."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _holds(window: Window, today: int, minute: int) -> bool:
    start, end = window["from"], window["until"]
    if start < end:
        return today in window["days"] and start <= minute < end
    # Past midnight: the evening of its own day, or the morning after it.
    began_today = today in window["days"] and minute >= start
    return began_today or ((today - 1) % 7 in window["days"] and minute < end)
