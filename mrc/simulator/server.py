"""Serving the simulator: a thread for each connection, in this process, because its world is in memory."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from mrc.simulator.app import create_simulator
from mrc.simulator.carrier import Carrier
from mrc.simulator.settings import Setup

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

POLL_SECONDS = 0.05
"""How often a serving thread looks whether it is to end."""


class Handler(WSGIRequestHandler):
    # Without this, Nagle's algorithm and delayed acknowledgements add 40 ms to every request of a client.
    disable_nagle_algorithm = True

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Wait for no further request on a connection that was broken, by the other side or by us."""
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: addresses of requests hold telephone numbers."""


class Server:
    """A simulator that answers on an address. In a `with` it serves from a thread and ends cleanly."""

    def __init__(self, setup: Setup, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = create_simulator(setup)
        self.carrier: Carrier = self.app.extensions["simulator"]
        self._server: BaseWSGIServer = make_server(
            host, port, self.app, threaded=True, request_handler=Handler
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self._server.host}:{self._server.port}"

    def serve(self) -> None:
        """Serve from this thread until interrupted."""
        try:
            self._server.serve_forever()
        finally:
            self._server.server_close()
            self.carrier.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.carrier.close()
