"""The intake: signed messages posted at a fixed pace, whatever the answers take, and counted afterwards."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import urlencode

from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from mrc.core.db import db
from mrc.messaging.models import InboundEvent, Message
from tests.bench.house import House

PER_SECOND, SECONDS = 205, 60
SENDERS = 3_000
CONNECTIONS = 32
PATH = "/twilio/message"


@dataclass(frozen=True)
class Intake:
    """What became of the burst."""

    sent: int
    stored: int
    messages: int
    seconds: float
    milliseconds: Sequence[float]
    refused: int

    @property
    def rate(self) -> float:
        """Messages stored for good a second; zero when one was lost, because then the rest does not count."""
        return self.stored / self.seconds if self.stored == self.messages == self.sent else 0.0


def flood(house: House, line: str) -> Intake:
    """Post so many messages a second for so many seconds."""
    run = token_hex(4)
    posts = [_of_burst(house, line, run, number) for number in range(PER_SECOND * SECONDS)]
    # Handing twelve thousand posts to the senders takes a second by itself, which is not the intake's.
    begun = time.perf_counter() + 3
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = list(pool.map(lambda each: _post(house.port, begun, *each), enumerate(posts)))
    seconds = max(float(SECONDS), *(at for _status, _took, at in answers))
    stored, messages = _count(house, run)
    took = [elapsed for _status, elapsed, _at in answers]
    refused = sum(status != 200 for status, _took, _at in answers)
    return Intake(len(posts), stored, messages, seconds, took, refused)


def post_signed(port: int, body: str, signature: str) -> int:
    """Post a form as the provider does; the status, zero when nobody answered."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", PATH, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return 0
    finally:
        connection.close()


def signed(house: House, sid: str, sender: str, line: str, text: str) -> tuple[str, str]:
    """A message to a line, as a form and its signature."""
    form = {
        "MessageSid": sid, "AccountSid": house.settings.twilio.account_sid, "From": sender, "To": line,
        "Body": text, "NumMedia": "0", "ProfileName": f"Caller {sender[-4:]}",
    }  # fmt: skip
    validator = RequestValidator(house.settings.twilio.auth_token)
    return urlencode(form), validator.compute_signature(house.settings.public_url + PATH, form)


def _of_burst(house: House, line: str, run: str, number: int) -> tuple[str, str]:
    sender = f"whatsapp:+92399{number % SENDERS:07}"
    text = f"السلام علیکم، مجھے ویزا کے بارے میں پوچھنا ہے {number}"
    return signed(house, f"SM{run}{number:024x}", sender, line, text)


def _post(port: int, begun: float, number: int, post: tuple[str, str]) -> tuple[int, float, float]:
    """Post one form when it is due: status, milliseconds since it was due, seconds since the beginning."""
    due = begun + number / PER_SECOND
    time.sleep(max(0.0, due - time.perf_counter()))
    status = post_signed(port, *post)
    now = time.perf_counter()
    return status, (now - due) * 1000, now - begun


def _count(house: House, run: str) -> tuple[int, int]:
    with house.app().app_context():
        stored, messages = (
            db.session.scalar(select(func.count()).where(column.startswith(f"SM{run}"))) or 0
            for column in (InboundEvent.provider_sid, Message.provider_sid)
        )
        return stored, messages
