"""The parts that need no server: the setup, addresses, segments, the samples, the queue."""

from __future__ import annotations

import threading
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from mrc.core.segments import count_segments
from mrc.simulator.addresses import country_of, is_name, is_recipient
from mrc.simulator.calls import Call, Way
from mrc.simulator.people import presets
from mrc.simulator.samples import SAMPLES
from mrc.simulator.schedule import Schedule
from mrc.simulator.settings import DEFAULT_LINES, Line, Setup, SetupRefused, from_environment
from mrc.simulator.state import World
from mrc.simulator.twiml import NotTwiml, read_twiml

ACCOUNT = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"}


def test_the_account_is_enough_to_start():
    setup = from_environment(ACCOUNT)
    assert (setup.webhook, setup.public, setup.lines) == ("http://127.0.0.1:8000", "", DEFAULT_LINES)
    assert setup.message_url == "http://127.0.0.1:8000/twilio/message"


@pytest.mark.parametrize("missing", ACCOUNT)
def test_without_the_account_it_says_what_is_missing(missing):
    with pytest.raises(SetupRefused, match="TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set"):
        from_environment({name: value for name, value in ACCOUNT.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MRC_SIMULATOR_LINES", "Lahore"),
        ("MRC_SIMULATOR_LINES", '[{"name": "Lahore"}]'),
        ("MRC_SIMULATOR_LINES", "[1]"),
        ("MRC_SIMULATOR_TEMPLATES", "[]"),
        ("MRC_SIMULATOR_PACE", "slow"),
        ("MRC_SIMULATOR_SEED", "x"),
    ],
)
def test_what_cannot_be_read_is_refused(name, value):
    with pytest.raises(SetupRefused, match="cannot be read"):
        from_environment(ACCOUNT | {name: value})


def test_the_whole_environment_is_read():
    setup = from_environment(
        ACCOUNT
        | {
            "TWILIO_API_KEY": "SK1",
            "TWILIO_API_SECRET": "s",
            "MRC_SIMULATOR_WEBHOOK": "http://127.0.0.1:9000/",
            "MRC_SIMULATOR_PUBLIC": "https://centre.example/",
            "MRC_SIMULATOR_LINES": '[{"address": "whatsapp:+921", "name": "Lahore"}, {"address": "+921"},'
            ' {"address": "+922", "kind": "voice"}]',
            "MRC_SIMULATOR_TEMPLATES": '{"HX1": "Hello {{1}}"}',
            "MRC_SIMULATOR_PACE": "0",
            "MRC_SIMULATOR_SEED": "3",
        }
    )
    assert (setup.api_key, setup.api_secret, setup.pace, setup.seed) == ("SK1", "s", 0.0, 3)
    assert [(line.name, line.is_voice) for line in setup.lines] == [
        ("Lahore", False), ("+921", False), ("+922", True),
    ]  # fmt: skip
    assert setup.templates == {"HX1": "Hello {{1}}"}
    assert setup.message_url == "https://centre.example/twilio/message"
    assert setup.reachable("https://centre.example/status?m=1") == "http://127.0.0.1:9000/status?m=1"
    assert setup.reachable("https://centre.example.org/x") == "https://centre.example.org/x"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("+923005550101", True),
        ("whatsapp:+923005550101", True),
        ("whatsapp:PK.13491208655302741918", True),
        ("whatsapp:PK.ENT.a1", True),
        ("PK.1349", False),
        ("whatsapp:", False),
        ("whatsapp:+0300", False),
        ("+92300٥٥٥٠١٠١", False),
        ("+923005550101\n", False),
    ],
)
def test_what_can_be_sent_to(address, expected):
    assert is_recipient(address) is expected


def test_a_sender_name_is_short_and_has_a_letter():
    assert [is_name(text) for text in ("MRC", "MRC Lahore", "12345", "Twelve chars", "+92", "م")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_the_people_have_phones_of_their_own():
    people = presets()
    assert len({person.key for person in people}) == len(people)
    addresses = [address for person in people for address in (person.number, person.user_id) if address]
    assert len(set(addresses)) == len(addresses)
    assert {country_of(person.number) for person in people if person.number} == {"PK", "IQ", "AF"}
    assert {person.language for person in people} >= {"ur", "ps", "fa-AF", "ar", "ckb"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("ے" * 70, 1),
        ("ے" * 71, 2),
        ("ے" * 134, 2),
        ("ے" * 135, 3),
        ("a" * 70 + "’", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 66 + "😀" * 3, 2),
        ("ے" * 66 + "😀" + "ے" * 66, 3),
    ],
)
def test_segments_are_counted_as_networks_do(text, expected):
    assert count_segments(text) == expected


def test_the_samples_are_what_they_say():
    photo, voice, document = (SAMPLES[name] for name in ("photo", "voice", "document"))
    assert photo[1].startswith(b"\x89PNG\r\n\x1a\n")
    start = photo[1].index(b"IDAT") + 4
    assert len(zlib.decompress(photo[1][start : photo[1].index(b"IEND") - 8])) == 160 * (1 + 240 * 3)
    assert len(voice[1]) == 77 * 417
    place = int(document[1].rsplit(b"startxref\n", 1)[1].split()[0])
    assert document[1][place:].startswith(b"xref")


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


def test_the_queue_keeps_the_order_of_due_times():
    hand, done, ready = Hand(), [], threading.Event()
    schedule = Schedule(hand)
    schedule.after(20, lambda: (done.append("late"), ready.set()))
    schedule.after(10, lambda: done.append("early"))
    assert schedule.pending == 2
    hand.time += timedelta(seconds=15)
    schedule.wake()
    while schedule.pending == 2:
        pass
    hand.time += timedelta(seconds=15)
    schedule.wake()
    assert ready.wait(5)
    schedule.close()
    assert done == ["early", "late"]


def test_a_broken_task_is_logged_and_stops_nothing():
    def broken() -> None:
        raise ValueError("something private")

    schedule, ready = Schedule(Hand()), threading.Event()
    with structlog.testing.capture_logs() as logs:
        schedule.after(0, broken)
        schedule.after(0, ready.set)
        assert ready.wait(5)
        schedule.close()
    assert [line["event"] for line in logs] == ["simulator task failed"]


def test_sids_have_twilios_shape_and_follow_the_seed():
    first, second, other = (World(Setup("AC1", "t", seed=seed)).new_sid("SM") for seed in (4, 4, 5))
    assert first == second != other
    assert (first[:2], len(first)) == ("SM", 34)


def test_a_voice_line_is_called_and_not_written_to():
    world = World(Setup("AC1", "t", lines=(Line("+921", "SMS"), Line("+921", "Voice", is_voice=True))))
    assert [line.name for line in world.lines.values()] == ["SMS"]
    assert [line.name for line in world.hotlines.values()] == ["Voice"]


def test_the_addresses_of_voice_lines_follow_the_public_address_and_the_fragment():
    setup = Setup("AC1", "t", webhook="http://127.0.0.1:9#rc=3", public="https://centre.example")
    assert setup.call_url == "https://centre.example/twilio/voice/incoming#rc=3"
    assert setup.call_status_url == "https://centre.example/twilio/voice/status#rc=3"
    assert setup.call_fallback_url == "https://centre.example/twilio/voice/fallback#rc=3"
    assert (
        replace(setup, voice_fallback="https://other.example/f").call_fallback_url
        == "https://other.example/f"
    )
    assert replace(setup, voice_fallback="-").call_fallback_url == ""
    ours = [setup.is_ours(url) for url in ("https://centre.example/a", "http://127.0.0.1:9/a", "https://x/a")]
    assert ours == [True, True, False]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<Response><Fly/></Response>", 12200),
        ("<Response><Gather><Dial/></Gather></Response>", 12200),
        ("<Response><Dial><Say>x</Say></Dial></Response>", 12200),
        ("<Reply/>", 12100),
        ("Response", 12100),
        ("<!DOCTYPE x><Response/>", 11750),
        (f"<Response><Say>{'x' * 70_000}</Say></Response>", 11750),
    ],
)
def test_a_document_that_cannot_be_carried_out_is_named_by_number(text, code):
    with pytest.raises(NotTwiml) as refused:
        read_twiml(text, "https://centre.example/a")
    assert refused.value.code == code


def test_addresses_in_a_document_are_counted_from_its_own():
    document = read_twiml(
        '<Response><Gather action="b?c=1&amp;d=2"/></Response>', "https://centre.example/x/a"
    )
    assert document.verbs[0].address("action") == "https://centre.example/x/b?c=1&d=2"
    assert read_twiml(" ", "https://centre.example").verbs == ()


def test_a_call_costs_each_minute_that_was_begun():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    call = Call("CA1", Way.INBOUND, "bilal", "+1", "+2", "+1", now, now)
    assert call.price is None
    call.status, call.answered_at, call.ended_at = "completed", now, now + timedelta(seconds=61)
    assert (call.seconds, call.price) == (61, "-0.01700")
    call.answered_at = None
    assert (call.seconds, call.price) == (0, "0.00000")
