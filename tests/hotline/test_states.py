"""A call's state follows from its events, in whatever order and however often they come."""

from __future__ import annotations

import random

import pytest

from mrc.hotline.states import CallDirection, CallState, derive

IN, OUT = CallDirection.IN, CallDirection.OUT
SERVED = [
    ("incoming", 0), ("menu", 0), ("language", 1), ("ring", 1), ("rang.no-answer", 1), ("wait", 1),
    ("queue.leave", 1), ("ring", 2), ("accepted", 2), ("rang.completed", 2), ("status.completed", 7),
]  # fmt: skip
MISSED = [("incoming", 0), ("menu", 0), ("language", 1), ("ring", 1), ("rang.no-answer", 1),
          ("queue.hangup", 1), ("status.in-progress", 1), ("status.completed", 2)]  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), [(SERVED, CallState.SERVED), (MISSED, CallState.MISSED)])
def test_any_order_and_any_number_end_alike(events: list[tuple[str, int]], expected: CallState) -> None:
    chance = random.Random(3)
    for _try in range(2_000):
        shuffled = [*events, *chance.choices(events, k=4)]
        chance.shuffle(shuffled)
        assert derive(shuffled, IN, has_voicemail=False).state is expected


@pytest.mark.parametrize(
    ("events", "state", "is_served"),
    [
        ([("incoming", 0)], CallState.RINGING, False),
        ([("incoming", 0), ("menu", 0)], CallState.MENU, False),
        ([("ring", 1), ("accepted", 1)], CallState.TALKING, False),
        ([("ring", 1), ("accepted", 1), ("status.completed", 2)], CallState.SERVED, True),
        ([("accepted", 1), ("rang.no-answer", 1), ("status.completed", 2)], CallState.MISSED, False),
        ([("queue.bridged", 1)], CallState.SERVED, True),
        ([("status.completed", 1)], CallState.MISSED, False),
        ([("status.busy", 0)], CallState.MISSED, False),
        ([("recording", 0), ("recorded", 0)], CallState.RECORDING, False),
    ],
)
def test_what_events_amount_to(events: list[tuple[str, int]], state: CallState, is_served: bool) -> None:
    derived = derive(events, IN, has_voicemail=False)
    assert (derived.state, derived.is_served) == (state, is_served)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([("answered", 0)], CallState.DIALLING),
        ([("accepted", 0)], CallState.TALKING),
        ([("accepted", 0), ("rang.completed", 0)], CallState.SERVED),
        ([("accepted", 0), ("rang.busy", 0), ("status.completed", 3)], CallState.NOT_REACHED),
        ([("status.no-answer", 1)], CallState.NOT_REACHED),
    ],
)
def test_what_events_of_our_calls_amount_to(events: list[tuple[str, int]], state: CallState) -> None:
    assert derive(events, OUT, has_voicemail=False).state is state


def test_a_message_is_no_service() -> None:
    derived = derive([("recorded", 0), ("status.completed", 1)], IN, has_voicemail=True)
    assert (derived.state, derived.is_served, derived.is_ended) == (CallState.VOICEMAIL, False, True)
