"""A scanner that speaks clamd's protocol on this machine. It finds the test virus."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.attachments.corpus import EICAR


@contextmanager
def scanner(path: Path | None = None, *, says: bytes | None = None) -> Iterator[str]:
    """Its address: a socket in the file system, or a port."""
    listening = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listening.bind(str(path) if path else ("127.0.0.1", 0))
    listening.listen()
    thread = threading.Thread(target=_serve, args=(listening, says), daemon=True)
    thread.start()
    yield str(path) if path else f"127.0.0.1:{listening.getsockname()[1]}"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


def _serve(listening: socket.socket, says: bytes | None) -> None:
    while True:
        try:
            connection, _from = listening.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            data = b""
            while length := struct.unpack("!I", stream.read(4))[0]:
                data += stream.read(length)
            found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
            connection.sendall(found if says is None else says)
