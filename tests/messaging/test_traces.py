"""What messaging leaves behind outside the records: no number, no words, no key, whatever goes wrong."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask

from mrc.audit.models import AuditEvent
from mrc.jobs.models import Job
from mrc.messaging.models import Message
from mrc.simulator.samples import SAMPLES
from tests.messaging.house import BILAL, LAHORE, PREVIOUS, STATUS, TOKEN, House, form_of
from tests.simulator.controls import Control
from tests.support import databases
from tests.support.pages import PageClient
from tests.support.services import Services

Clock = time_machine.Traveller
STRANGER, UNKNOWN_LINE = "+923335550777", "whatsapp:+923009990999"
HEARD, ANSWERED, NOTED = "my brother is held in Quetta", "the lawyer comes on Friday", "he fears his uncle"
NAME = "Gul Bashra Mandokhel"
SECRETS = (BILAL, STRANGER, UNKNOWN_LINE, TOKEN, PREVIOUS, HEARD, ANSWERED, NOTED, NAME)
FAULTS = (
    ("server_error", 500), ("problem", 503), ("too_many", 1), ("reset", 0), ("accept_then_drop", 0),
    ("refuse", 21211), ("refuse", 21610), ("failed", 63024), ("undelivered", 30005),
)  # fmt: skip
"""Each happens to one answer."""


def traces(secret: str) -> set[str]:
    """In which forms it would be found: as it is, without the plus, in an address, escaped."""
    bare = secret.removeprefix("whatsapp:").lstrip("+")
    return {bare, bare.replace(" ", "+"), bare.replace(" ", "%20")}


def play(house: House, control: Control, clock: Clock, client: Callable[..., PageClient]) -> None:
    """Everything that messaging does, with everything that can go wrong on the way."""
    thread = f"/inbox/{house.written_to(HEARD, ProfileName=NAME).id}"
    house.hear(form_of(HEARD, From=f"whatsapp:{STRANGER}", ProfileName=NAME, To=UNKNOWN_LINE))
    house.hear(form_of(HEARD, From="<script>", ProfileName=NAME, NumMedia="many"))
    house.hear(form_of(HEARD, ProfileName=NAME), token="a token of nobody")
    house.hear(form_of(HEARD, ProfileName=NAME), token=PREVIOUS)
    house.post("/twilio/message", f"Body={HEARD}&From=%{BILAL}".encode(), None)
    photo = {"content_type": "image/png", "base64": b64encode(SAMPLES["photo"][1]).decode()}
    control.write(body=HEARD, media=[photo])
    house.work()
    counsellor = client("counsellor-lahore")
    for kind, value in FAULTS:
        control.arm(kind, value=value)
        counsellor.post(thread, {"body": ANSWERED}, form=f"{thread}/reply")
        for _ in range(4):
            house.work()
            clock.shift(timedelta(minutes=2))
    counsellor.post(f"{thread}/notes/new", {"body": NOTED})
    counsellor.get(f"{thread}?q=brother")
    counsellor.http.get(f"/inbox?q={BILAL}")
    orphan = {"MessageSid": "SM" + "e" * 32, "MessageStatus": "failed", "To": f"whatsapp:{BILAL}"}
    house.hear(orphan, f"{STATUS}?m=1")
    house.hear(form_of("STOP"))
    house.sweep()


def test_no_log_job_or_audit_line_tells_who_or_what(
    house: House, control: Control, clock: Clock, client: Callable[..., PageClient],
    log_stream: io.StringIO,
) -> None:  # fmt: skip
    play(house, control, clock, client)
    answers = [each for each in house.rows(Message) if each.body == ANSWERED]
    assert len({each.status for each in answers}) > 2, "what was to go wrong went right"
    assert len(answers) == len(FAULTS)
    lines = log_stream.getvalue().splitlines()
    assert len(lines) > 40, "little was logged: what is looked through?"
    kept = [json.dumps([job.payload, job.last_error]) for job in house.rows(Job)]
    audited = [json.dumps([event.details, event.actor]) for event in house.rows(AuditEvent)]
    for text in (*lines, *kept, *audited):
        for secret in SECRETS:
            assert not any(trace in text for trace in traces(secret)), (secret, text)


def test_what_the_database_refused_is_logged_without_its_values(
    house: House, app: Flask, services: Services, log_stream: io.StringIO
) -> None:
    with databases.away(app, services):
        assert house.hear(form_of(HEARD, ProfileName=NAME)) == 200
    text = log_stream.getvalue()
    assert "Operational" in text or "spool" in text
    for secret in (*SECRETS, LAHORE):
        assert not any(trace in text for trace in traces(secret)), secret
