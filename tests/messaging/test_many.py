"""Many reports in any order, many deaths of the worker, and who goes first: `MANY` says how many.

Ten thousand take an hour. Each run of the tests does a small part, with other dice, named when it fails. The
worker dies at six places of the queue's own and, the seventh, between the provider's answer and our writing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.core import clock as time
from mrc.core.db import db
from mrc.jobs.leases import release_expired
from mrc.jobs.models import Job, JobState
from mrc.jobs.worker import run_one
from mrc.messaging import service
from mrc.messaging.models import Message, MessageReport, Thread
from mrc.messaging.service import Intent, outbound, receive_report
from mrc.messaging.service.handing import CARRYING
from mrc.messaging.service.outbox import send_by_house
from mrc.messaging.service.stranded import STRANDED_AFTER, pick_up
from mrc.messaging.states import Direction, MessageStatus, Purpose
from mrc.simulator.server import Server
from tests.messaging.house import LAHORE, House, form_of
from tests.messaging.wordings import make_wording

Clock = time_machine.Traveller
MANY = int(os.environ.get("MANY", "0"))
REPORTS, SENDS = MANY * 10 or 600, MANY or 24
WAYS = [
    ("queued", "sent", "delivered", "read"),
    ("queued", "sent", "delivered"),
    ("queued", "sent"),
    ("sent", "undelivered:30005"),
    ("failed:63013",),
    ("sent", "undelivered:30005", "delivered"),
]
MORNING_UTC, EVENING_UTC = 5, 13
"""Ten and eighteen o'clock in Lahore."""
RANKS = ["queued", "sent", "undelivered", "failed", "delivered", "read"]


class Death(BaseException):
    """The power is gone: nothing of ours may clean up after it."""


def test_reports_shuffled_doubled_and_late_end_where_an_oracle_says(house: House, clock: Clock) -> None:
    dice = Random()
    seed = dice.randrange(10**9)
    dice.seed(seed)
    expected, posts = {}, []
    for number in range(max(1, REPORTS // 6)):
        message_id, way = _sent(house, number), dice.choice(WAYS)
        sid = f"SM{number:032x}"
        expected[message_id] = max((step.partition(":")[0] for step in way), key=RANKS.index)
        posts += [(message_id, sid, step) for step in way for _copy in range(dice.choice((1, 1, 2, 3)))]
    db.session.commit()
    dice.shuffle(posts)
    for place, (message_id, sid, step) in enumerate(posts):
        word, _colon, code = step.partition(":")
        known = message_id if dice.random() < 0.7 else None
        receive_report({"MessageSid": sid, "MessageStatus": word, "ErrorCode": code}, known)
        if place % 50 == 0:
            db.session.commit()
            db.session.expunge_all()
    # What came under an id that nobody knew yet is counted once the job learns it.
    for message_id, sid, _step in posts:
        message = db.session.get_one(Message, message_id)
        if message.provider_sid is None:
            outbound.adopt_sid(message, sid)
    db.session.commit()
    words = {"queued": "accepted"}
    for message_id, word in expected.items():
        message = db.session.get_one(Message, message_id)
        assert message.status.value == words.get(word, word), (seed, message_id)
    kept = len(db.session.scalars(select(MessageReport.id)).all())
    assert kept == len({(sid, step) for _message, sid, step in posts}), seed
    db.session.rollback()


def test_a_worker_that_dies_again_and_again_sends_nothing_twice_and_loses_nothing(
    house: House, clock: Clock, simulator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = Random()
    seed = dice.randrange(10**9)
    dice.seed(seed)
    deaths: Counter[str] = Counter()
    by = house.identity("counsellor-lahore")
    store = outbound.store_outcome

    def die(point: str) -> None:
        if dice.random() < 0.12:
            deaths[point] += 1
            raise Death

    def store_or_die(message_id: UUID, outcome: object) -> object:
        die("after_call")
        return store(message_id, outcome)  # type: ignore[arg-type]

    monkeypatch.setattr("mrc.jobs.worker.crash_at", die)
    monkeypatch.setattr(outbound, "store_outcome", store_or_die)
    bodies = []
    numbers = [f"+9230071{place:05}" for place in range(8)]
    for number in numbers:
        house.control.ask("POST", "phones", number=number, name=number)
    for batch in range(0, SENDS, 8):
        db.session.rollback()
        _begin_by_day(clock)
        for number in numbers[: SENDS - batch]:
            house.control.ask("POST", "conversations", phone=number, line=LAHORE, window="open")
            house.hear(form_of("salam", From=f"whatsapp:{number}", ProfileName=None))
        for thread in db.session.scalars(select(Thread).order_by(Thread.id)).all():
            bodies.append(f"{batch} {thread.id}")
            service.reply(thread, bodies[-1], compose_id=uuid4(), by=by)
        db.session.commit()
        for _tick in _until_quiet(house, clock, deaths):
            pass
    shown = Counter(message.shown for message in simulator.carrier.world.messages.values())
    assert {body: shown[body] for body in bodies} == dict.fromkeys(bodies, 1), (seed, deaths)
    ours = [each for each in house.rows(Message) if each.direction is Direction.OUT]
    assert {each.status for each in ours} <= {MessageStatus.READ, MessageStatus.DELIVERED, MessageStatus.SENT,
                                              MessageStatus.ACCEPTED}, (seed, deaths)  # fmt: skip
    assert sum(deaths.values()) > SENDS // 4, "the dice were kind"


def test_an_answer_overtakes_what_many_get(house: House, clock: Clock, simulator: Server) -> None:
    version = make_wording("for_all", "News.", purpose=Purpose.BROADCAST)
    for place in range(30):
        house.hear(form_of("salam", From=f"whatsapp:+9230072{place:05}", ProfileName=None))
    threads = db.session.scalars(select(Thread).order_by(Thread.id)).all()
    for thread in threads:
        intent = Intent(Purpose.NUDGE, f"You have an answer {thread.id}.", version)
        send_by_house(thread, intent, compose_id=uuid4(), by=Identity.system("many"))
    db.session.commit()
    house.hear(form_of("salam"))
    mine = next(each for each in db.session.scalars(select(Thread)) if each.id not in {t.id for t in threads})
    service.reply(mine, "first", compose_id=uuid4(), by=house.identity("counsellor-lahore"))
    db.session.commit()
    assert run_one(house.app)
    assert house.on_screen() == ["first"]


def _sent(house: House, number: int) -> UUID:
    """A message that was handed over; its id at the provider is not written down yet."""
    if number == 0:
        house.written_to()
    thread = db.session.scalars(select(Thread)).one()
    message = Message(
        thread_id=thread.id, direction=Direction.OUT, at=thread.last_message_at, attempts=9,
        status=MessageStatus.SENDING, status_at=thread.last_message_at, purpose=Purpose.REPLY,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    return message.id


def _begin_by_day(clock: Clock) -> None:
    """At night messages wait for the morning: what happens then is tested elsewhere."""
    now = time.now()
    if now.hour >= EVENING_UTC:
        clock.move_to((now + timedelta(days=1)).replace(hour=MORNING_UTC))


def _until_quiet(house: House, clock: Clock, deaths: Counter[str]) -> Iterator[None]:
    """Work, die and begin again until no job is left."""
    for _round in range(4_000):
        try:
            while run_one(house.app):
                yield
        except Death:
            db.session.rollback()
            db.session.remove()
        house.control.settle()
        is_left = db.session.scalar(
            select(Job.id)
            .where(Job.kind.in_(CARRYING))
            .where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
            .limit(1)
        )
        db.session.rollback()
        if is_left is None:
            # What died too often is parked; the house finds it a quarter of an hour later.
            clock.shift(STRANDED_AFTER + timedelta(seconds=1))
            if not pick_up():
                return
            db.session.commit()
        clock.shift(timedelta(seconds=31))
        release_expired()
        db.session.commit()
    raise AssertionError(f"the queue never came to rest: {deaths}")
