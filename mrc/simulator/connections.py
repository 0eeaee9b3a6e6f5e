"""Breaking the connection under a request: what the other side sees when a carrier or the network fails."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BROKEN = "simulator.broken"


def break_connection(*, with_reset: bool) -> Response:
    """Answer nothing: with a reset as when a machine dies, without one as when a proxy gives up."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    if with_reset:
        # A linger time of 0 makes the kernel send RST; detached, the socket waits for no file of the server.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
    else:
        connection.shutdown(socket.SHUT_RDWR)
    request.environ[BROKEN] = True
    return Response()


class Breakable:
    """Around the application: a request whose connection was broken is not answered."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.application(environ, start_response)
        if environ.get(BROKEN):
            # The server treats this like a client that went away, and says nothing about it.
            raise ConnectionAbortedError
        return answer
