"""The provider as far as calls and recordings go, over HTTP: lists, sounds, deletions, calls to be made."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from mrc.core import clock

ROOT = re.compile(r"/2010-04-01/Accounts/AC\w+/")


@dataclass
class Carrier:
    """What the provider knows, and how it answers."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    recordings: list[dict[str, Any]] = field(default_factory=list)
    sounds: dict[str, bytes] = field(default_factory=dict)
    made: list[dict[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    authorised: list[bool] = field(default_factory=list)
    refuses_deletions: int = 0
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """What is said to the next calls to be made, instead of making them."""
    redirects_to: str = ""
    url: str = ""

    def heard(self, call_sid: str, from_: str, to: str, status: str = "completed") -> None:
        """A call came in, whether we heard of it or not."""
        now = format_datetime(clock.now())
        self.calls.append({
            "sid": call_sid, "from": from_, "to": to, "status": status, "direction": "inbound",
            "start_time": now, "date_created": now,
        })  # fmt: skip

    def recorded(self, sid: str, call_sid: str, sound: bytes, seconds: int) -> None:
        """A caller left something."""
        self.sounds[sid] = sound
        self.recordings.append({
            "sid": sid, "call_sid": call_sid, "duration": str(seconds), "status": "completed",
            "date_created": format_datetime(clock.now()),
        })  # fmt: skip


class Served:
    """The provider on a port of its own."""

    def __init__(self) -> None:
        self.carrier = Carrier()
        served = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                carrier, path = served.carrier, ROOT.sub("", urlsplit(self.path).path)
                carrier.authorised.append("Authorization" in self.headers)
                if path == "Calls.json":
                    to = parse_qs(urlsplit(self.path).query).get("To", [""])[0]
                    self.send({"calls": [each for each in carrier.calls if each["to"] == to]})
                elif path == "Recordings.json":
                    self.send({"recordings": carrier.recordings})
                elif carrier.redirects_to:
                    self.send({}, 307, {"Location": carrier.redirects_to})
                elif sound := carrier.sounds.get(path.removeprefix("Recordings/").removesuffix(".wav")):
                    self.send_bytes(sound)
                else:
                    self.send({"code": 20404, "message": "not found", "status": 404}, 404)

            def do_DELETE(self) -> None:
                carrier = served.carrier
                sid = ROOT.sub("", self.path).removeprefix("Recordings/").removesuffix(".json")
                if carrier.refuses_deletions:
                    carrier.refuses_deletions -= 1
                    self.send({"code": 20009, "message": "not yet", "status": 409}, 409)
                    return
                carrier.deleted.append(sid)
                carrier.recordings = [each for each in carrier.recordings if each["sid"] != sid]
                self.send({}, 204 if carrier.sounds.pop(sid, None) else 404)

            def do_POST(self) -> None:
                carrier = served.carrier
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                if carrier.answers:
                    status, answer = carrier.answers.pop(0)
                    self.send(answer, status)
                    return
                carrier.made.append({name: values[0] for name, values in form.items()})
                self.send({"sid": f"CA{uuid4().hex}", "status": "queued"}, 201)

            def send(self, answer: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
                self.send_bytes(json.dumps(answer).encode(), status, headers)

            def send_bytes(
                self, content: bytes, status: int = 200, headers: dict[str, str] | None = None
            ) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(content)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def renew(self) -> Carrier:
        self.carrier = Carrier(url=self.url)
        return self.carrier

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
