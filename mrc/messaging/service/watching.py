"""Looking after messaging itself: what is wrong becomes an alarm, and ends when it is found no more.

An alarm about one line is also a task of its centre: whoever stands beside the telephone finds out fastest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, update

from mrc.access.identity import Identity
from mrc.centres.models import PhoneLine
from mrc.centres.queries import is_open_at
from mrc.centres.workingtime import open_minutes_between
from mrc.core import clock
from mrc.core.db import db
from mrc.core.settings import settings
from mrc.messaging.account import ProviderLine
from mrc.messaging.alarms import words_of
from mrc.messaging.models import LineStanding, Message, MessagingAlarm, WebhookPace
from mrc.messaging.pace import Minute
from mrc.messaging.queries import health
from mrc.messaging.states import AlarmKind
from mrc.tasks.service import NewTask, create_task

HOUSE = Identity.system("looking after messaging")
HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=10)
LOOKED_BACK = timedelta(days=14)
"""From so many days comes what is usual on a line."""
MISSED_MESSAGES = 15
"""A line is quiet when so many would have come at its usual pace; people write several at a time."""
SHORTEST_QUIET = 30
FEWEST, FAILED_PERCENT = 20, 5
FEWEST_WEBHOOKS, SLOW_PER_MILLE = 100, 10
TEXTS_KEPT = timedelta(days=2)
ORPHANS_FOR = timedelta(days=1)
KEPT = timedelta(days=90)
ONLINE, LOW = "ONLINE", "LOW"
log = structlog.get_logger("mrc.messaging")


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong now."""

    kind: AlarmKind
    figure: int
    line: PhoneLine | None = None

    @property
    def key(self) -> tuple[AlarmKind, UUID | None]:
        return self.kind, self.line.id if self.line else None


def watch() -> None:
    """Look at everything once; begin, renew and end alarms. Audits nothing: nobody's record is touched."""
    now = clock.now()
    found = {trouble.key: trouble for trouble in troubles()}
    for alarm in health.list_open_alarms():
        trouble = found.pop((alarm.kind, alarm.line_id), None)
        if trouble is None:
            alarm.ended_at = now
            log.info("alarm ended", name=alarm.kind.value)
        else:
            alarm.seen_at, alarm.figure = now, trouble.figure
    for trouble in found.values():
        _begin(trouble)


def troubles() -> Iterator[Trouble]:
    """What is wrong now."""
    yield from _of_messages()
    lines = health.list_lines_in_use()
    yield from _quiet(lines)
    standings = health.list_standings()
    for line in lines:
        if (standing := standings.get(line.id)) is not None:
            yield from _of_line(line, standing)


def store_standings(told: Sequence[ProviderLine]) -> None:
    """Write down what the provider tells of our lines."""
    by_address = {each.address: each for each in told}
    standings = health.list_standings()
    for line in health.list_lines_in_use():
        standing = standings.get(line.id) or LineStanding(line_id=line.id)
        found = by_address.get(line.address)
        standing.asked_at = clock.now()
        standing.is_known = found is not None
        standing.points_here = found is None or points_here(line, found)
        standing.status = found.status[:40] if found else ""
        standing.quality = found.quality[:20] if found else ""
        standing.daily_limit = found.limit[:60] if found else ""
        db.session.add(standing)


def points_here(line: PhoneLine, told: ProviderLine) -> bool:
    """Whether the provider sends what comes to a line to our address; a fragment only says how often it
    tries.
    """
    is_voice = line.kind == "voice"
    wanted = settings().public_url + ("/twilio/voice/incoming" if is_voice else "/twilio/message")
    given = told.call_url if is_voice else told.message_url
    return given.partition("#")[0] == wanted


def note_pace(minutes: Sequence[Minute]) -> None:
    """Write down how fast this process answered the provider."""
    for minute in minutes:
        db.session.add(
            WebhookPace(
                at=minute.at,
                count=minute.count,
                slow_count=minute.slow_count,
                longest_ms=minute.longest_ms,
            )
        )


def note_cleared(message_id: UUID) -> None:
    """Write down that the provider's copy of a text is empty."""
    db.session.execute(
        update(Message).where(Message.id == message_id).values(cleared_at_provider_at=clock.now())
    )


def forget_old() -> None:
    """Forget the pace and the ended alarms of which nobody asks any more."""
    before = clock.now() - KEPT
    db.session.execute(delete(WebhookPace).where(WebhookPace.at < before))
    db.session.execute(delete(MessagingAlarm).where(MessagingAlarm.ended_at < before))


def _begin(trouble: Trouble) -> None:
    now, line = clock.now(), trouble.line
    alarm = MessagingAlarm(
        kind=trouble.kind,
        centre_id=line.centre_id if line else None,
        line_id=line.id if line else None,
        since=now,
        seen_at=now,
        figure=trouble.figure,
    )
    db.session.add(alarm)
    db.session.flush()
    log.error("alarm", name=alarm.kind.value, count=alarm.figure)
    if line is not None:
        new = NewTask(
            "other",
            now,
            title=f"{line.label}: {words_of(trouble.kind, trouble.figure)}",
            is_urgent=True,
            dedupe_key=f"alarm:{alarm.id}",
        )
        create_task(new, centre_id=line.centre_id, by=HOUSE)


def _of_messages() -> Iterator[Trouble]:
    now = clock.now()
    queue = health.queue(now - MINUTES)
    if queue.oldest_at is not None and now - queue.oldest_at > MINUTES:
        yield Trouble(AlarmKind.QUEUE_STUCK, int((now - queue.oldest_at).total_seconds() // 60))
    sent, failed = health.count_left(now - HOUR)
    percent = round(100 * failed / sent) if sent >= FEWEST else 0
    webhooks = health.webhooks(now - HOUR)
    slow = round(1000 * webhooks.slow / webhooks.count) if webhooks.count >= FEWEST_WEBHOOKS else 0
    counted: Mapping[AlarmKind, tuple[int, int]] = {
        AlarmKind.UNKNOWN_STUCK: (queue.stuck, 1),
        AlarmKind.MANY_FAILURES: (percent, FAILED_PERCENT),
        AlarmKind.OUR_ACCOUNT: (health.count_config_errors(now - HOUR), 1),
        AlarmKind.ORPHANS: (health.count_orphans(now - ORPHANS_FOR, now - HOUR), 1),
        AlarmKind.QUARANTINE: (health.count_quarantined(now - MINUTES), 1),
        AlarmKind.SLOW_WEBHOOKS: (slow, SLOW_PER_MILLE),
        AlarmKind.TEXTS_KEPT: (health.count_uncleared(now - TEXTS_KEPT), 1),
    }
    for kind, (figure, least) in counted.items():
        if figure >= least:
            yield Trouble(kind, figure)


def _quiet(lines: Sequence[PhoneLine]) -> Iterator[Trouble]:
    """Lines on which nothing comes though the centre is open and something usually does."""
    now = clock.now()
    since = now - LOOKED_BACK
    usual = health.figures_by_line(since)
    for line in lines:
        figures = usual.get(line.id)
        if (
            figures is None
            or figures.last_received_at is None
            or line.kind == "voice"
            or not is_open_at(line.centre, now)
        ):
            continue
        usually = open_minutes_between(line.centre, since, now)
        quiet = open_minutes_between(line.centre, figures.last_received_at, now)
        missed = figures.received * quiet / max(usually, 1)
        if quiet >= SHORTEST_QUIET and missed >= MISSED_MESSAGES:
            yield Trouble(AlarmKind.NO_INBOUND, quiet, line)


def _of_line(line: PhoneLine, standing: LineStanding) -> Iterator[Trouble]:
    if not standing.is_known:
        yield Trouble(AlarmKind.LINE_MISSING, 0, line)
        return
    if standing.status and standing.status != ONLINE:
        yield Trouble(AlarmKind.LINE_OFFLINE, 0, line)
    if standing.quality == LOW:
        yield Trouble(AlarmKind.LINE_QUALITY, 0, line)
    if not standing.points_here:
        yield Trouble(AlarmKind.LINE_ASTRAY, 0, line)
