"""The centre's end for the tests: a tiny server that takes webhooks, checks their signature and answers as
told.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

SID, TOKEN = "AC" + "5" * 32, "token of the tests"
PUBLIC = "https://centre.example"
LAHORE, LAHORE_SMS, SENDER_NAME = "whatsapp:+923000000101", "+923000000101", "MRC"
BILAL = "whatsapp:+923005550101"


@dataclass(frozen=True)
class Heard:
    """One request that came to the centre."""

    path: str
    query: str
    form: dict[str, str]
    headers: dict[str, str]
    is_genuine: bool


class Centre:
    """Listens on a port of its own; `answers` are the statuses of the next requests, then 200."""

    def __init__(self, port: int = 0) -> None:
        self.heard: list[Heard] = []
        self.answers: list[int] = []
        self.silence = 0.0
        self.says: dict[str, list[str]] = {}
        """TwiML by path below /twilio/voice/, one after the other; the last one again and again."""
        self.sounds: dict[str, str] = {}
        """Content type by path of what can be played."""
        self.fetched: list[tuple[str, bool]] = []
        """Paths of sounds that were asked for, and whether the request was signed."""
        centre = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                centre.hear(self.path, body, dict(self.headers))
                time.sleep(centre.silence)
                said = centre.reply(self.path).encode()
                self.send_response(centre.answers.pop(0) if centre.answers else 200)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                with suppress(BrokenPipeError):  # Whoever asked may have given up.
                    self.wfile.write(said)

            def do_GET(self) -> None:
                kind = centre.sounds.get(self.path)
                centre.fetched.append((self.path, centre.verifies(self.path, {}, dict(self.headers))))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_values: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def hear(self, path: str, body: str, headers: dict[str, str]) -> None:
        form = dict(parse_qsl(body, keep_blank_values=True))
        parts = urlsplit(path)
        is_genuine = self.verifies(path, form, headers)
        self.heard.append(Heard(parts.path, parts.query, form, headers, is_genuine))

    def verifies(self, path: str, form: dict[str, str], headers: dict[str, str]) -> bool:
        signature = headers.get("X-Twilio-Signature", "")
        return bool(RequestValidator(TOKEN).validate(PUBLIC + path, form, signature))

    def reply(self, path: str) -> str:
        waiting = self.says.get(urlsplit(path).path.removeprefix("/twilio/voice/"), [])
        said = waiting.pop(0) if len(waiting) > 1 else next(iter(waiting), "")
        return f"<Response>{said}</Response>" if said and not said.startswith("<?") else said

    def asked(self, name: str) -> list[Heard]:
        """What came to an address below /twilio/voice/."""
        return [heard for heard in self.heard if heard.path == f"/twilio/voice/{name}"]

    @property
    def messages(self) -> Sequence[Heard]:
        return [heard for heard in self.heard if heard.path == "/twilio/message"]

    @property
    def statuses(self) -> Sequence[str]:
        return [heard.form["MessageStatus"] for heard in self.heard if heard.path == "/twilio/status"]

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Rewriting(TwilioHttpClient):
    """Sends what is meant for any host of Twilio to the simulator, as the application does."""

    def __init__(self, base: str, timeout: float = 5) -> None:
        super().__init__(timeout=timeout)
        self.base = base

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        asked = urlsplit(url)
        address = self.base + asked.path + (f"?{asked.query}" if asked.query else "")
        return super().request(method, address, *args, **options)


def client_of(base: str, user: str = SID, word: str = TOKEN, timeout: float = 5) -> Client:
    return Client(user, word, SID, http_client=Rewriting(base, timeout))
