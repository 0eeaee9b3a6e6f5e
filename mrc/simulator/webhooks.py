"""Requests to the application, signed as Twilio signs them, sent and repeated as Twilio would.

A message of a phone is posted to `/twilio/message` of the application, a receipt to the message's own
StatusCallback. Twilio repeats a request once when nobody takes the connection, and not at all when the answer
is an error or late; a fragment on the URL (`#ct=2000&rt=4000&rc=3&rp=all`) says otherwise. What is signed is
the public address without its fragment; what is connected to is the same place as this machine reaches it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

import requests
from twilio.request_validator import RequestValidator
from urllib3.exceptions import NewConnectionError

from mrc.simulator.settings import Setup
from mrc.simulator.state import Attempt, World

SIGNATURE = "X-Twilio-Signature"
IDEMPOTENCY_TOKEN = "I-Twilio-Idempotency-Token"  # noqa: S105 - the name of a header
USER_AGENT = "TwilioProxy/1.1"
FORGER = "somebody else's token"
FAILURES = {"ct": "nobody took the connection", "rt": "no answer in time", "broken": "the connection broke"}


@dataclass(frozen=True)
class Policy:
    """When to give up waiting, and what to try again (T:usage/webhooks/webhooks-connection-overrides)."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    retries: int = 1
    retried: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, fragment: str) -> Policy:
        """Read the policy from the fragment of a webhook's URL; what cannot be read stays as usual."""
        given = dict(parse_qsl(fragment))
        return cls(
            connect_seconds=_number(given.get("ct"), 5_000, 100, 10_000) / 1000,
            read_seconds=_number(given.get("rt"), 15_000, 100, 15_000) / 1000,
            retries=_number(given.get("rc"), 1, 0, 5),
            retried=frozenset(given.get("rp", "ct").split(",")),
        )

    def repeats(self, answer: int | None, failure: str) -> bool:
        """True when this outcome of a request is one to try again."""
        if answer is None:
            return bool(self.retried & {failure, "all"})
        return (answer >= 500 and bool(self.retried & {"5xx", "all"})) or (
            400 <= answer < 500 and bool(self.retried & {"4xx", "all"})
        )


@dataclass(frozen=True)
class Delivery:
    """One thing to tell the application."""

    subject: str
    sid: str
    url: str
    form: Mapping[str, str]
    is_forged: bool = False


def deliver(delivery: Delivery, world: World, setup: Setup) -> Attempt:
    """Post it, again if its URL's policy says so, and note each attempt. Returns the last one."""
    return ask(delivery, world, setup)[0]


def ask(delivery: Delivery, world: World, setup: Setup) -> tuple[Attempt, str]:
    """The same, with what was answered; without an answer that is empty."""
    url, fragment = urldefrag(delivery.url)
    policy = Policy.of(fragment)
    token = world.new_sid("")
    for trial in range(1, policy.retries + 2):
        answer, failure, milliseconds, said = _post(url, delivery, policy, setup, token)
        attempt = Attempt(
            at=world.now(),
            subject=delivery.subject,
            sid=delivery.sid,
            url=url,
            trial=trial,
            token=token,
            is_forged=delivery.is_forged,
            answer=answer,
            failure=FAILURES.get(failure, ""),
            milliseconds=milliseconds,
        )
        world.record_attempt(attempt)
        if not policy.repeats(answer, failure):
            break
    return attempt, said


def signature_of(url: str, form: Mapping[str, str], setup: Setup, *, is_forged: bool = False) -> str:
    """The value of X-Twilio-Signature for a form posted to a public address."""
    token = FORGER if is_forged else setup.auth_token
    return str(RequestValidator(token).compute_signature(url, form))


def _post(
    url: str, delivery: Delivery, policy: Policy, setup: Setup, token: str
) -> tuple[int | None, str, int, str]:
    """Returns the HTTP status or None, the kind of failure or nothing, how long it took, and the answer."""
    headers = {
        SIGNATURE: signature_of(url, delivery.form, setup, is_forged=delivery.is_forged),
        IDEMPOTENCY_TOKEN: token,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
    }
    answer, failure, said, started = None, "", "", time.perf_counter()
    with requests.Session() as session:
        session.trust_env = False  # A proxy of this machine's owner has no business between the two.
        try:
            response = session.post(
                setup.reachable(url),
                data=delivery.form,
                headers=headers,
                timeout=(policy.connect_seconds, policy.read_seconds),
                allow_redirects=False,  # Following one would lose the form.
            )
            answer, said = response.status_code, response.content.decode(errors="replace")
        except requests.ConnectTimeout:
            failure = "ct"
        except requests.Timeout:
            failure = "rt"
        except requests.RequestException as problem:
            failure = "ct" if _was_refused(problem) else "broken"
    return answer, failure, round((time.perf_counter() - started) * 1000), said


def fetch(url: str, setup: Setup) -> tuple[int | None, str]:
    """Get a file that the application names, signed; its HTTP status or None, and its content type.

    What lies elsewhere than with the application is not fetched: (None, "elsewhere").
    """
    if not setup.is_ours(url):
        return None, "elsewhere"
    headers = {SIGNATURE: signature_of(url, {}, setup), "User-Agent": USER_AGENT}
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = session.get(
                setup.reachable(url), headers=headers, timeout=(5, 15), allow_redirects=False
            )
        except requests.RequestException:
            return None, ""
        return response.status_code, response.headers.get("Content-Type", "")


def _was_refused(problem: requests.RequestException) -> bool:
    """True when there was no connection at all, so the application cannot have seen anything."""
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    return isinstance(reason, NewConnectionError)


def _number(text: str | None, usual: int, least: int, most: int) -> int:
    return min(max(int(text), least), most) if text and text.isdecimal() else usual
