"""The hours in which nobody is disturbed who did not write just now, by country and in the reader's own zone.

Beginning and end of the day as the networks of each country advise (reference: Twilio's and carriers' SMS
guides for PK, IQ and AF, 2025; check before launch). A contact plan with hours of its own says more and wins.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = {"PK": (time(9), time(21)), "IQ": (time(9), time(20)), "AF": (time(8), time(20))}
USUAL_DAY = (time(9), time(20))
AWAKE_FOR = timedelta(hours=1)
"""Who wrote so lately is awake and waits."""


def is_quiet_at(instant: datetime, time_zone: str, country: str) -> bool:
    """True when people in a zone of a country sleep or pray at an instant (aware)."""
    begins, ends = DAYS.get(country, USUAL_DAY)
    return not begins <= instant.astimezone(ZoneInfo(time_zone)).time() < ends


def next_morning(instant: datetime, time_zone: str, country: str) -> datetime:
    """When the day next begins after an instant."""
    zone, begins = ZoneInfo(time_zone), DAYS.get(country, USUAL_DAY)[0]
    today = instant.astimezone(zone).date()
    mornings = (datetime.combine(today + timedelta(days=ahead), begins, zone) for ahead in (0, 1))
    return next(morning for morning in mornings if morning > instant)
