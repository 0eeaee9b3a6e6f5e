"""ClamAV, where an operator runs it: `MRC_CLAMD` names its socket, a path or `host:port`.

clamd's protocol: the command `zINSTREAM`, then chunks with their length in four bytes, a length of nought at
the end; the answer is `stream: OK`, `stream: <name> FOUND` or a line that ends in `ERROR`.
"""

from __future__ import annotations

import re
import socket
import struct

CHUNK = 64 * 1024
MOST_SECONDS = 30
LONGEST_ANSWER = 4_096
FOUND = re.compile(r"stream: (.+) FOUND")


class ScannerSilent(Exception):
    """The scanner cannot be reached, or does not say what it found."""


def find_virus(data: bytes, address: str) -> str | None:
    """The name of what the scanner found in a file, None when it found nothing. Raises ScannerSilent."""
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            for at in range(0, len(data), CHUNK):
                chunk = data[at : at + CHUNK]
                connection.sendall(struct.pack("!I", len(chunk)) + chunk)
            connection.sendall(struct.pack("!I", 0))
            answer = _answer(connection)
    except OSError:
        raise ScannerSilent from None
    if answer == "stream: OK":
        return None
    if found := FOUND.fullmatch(answer):
        return found[1][:100]
    raise ScannerSilent


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(MOST_SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=MOST_SECONDS)


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        if not (more := connection.recv(LONGEST_ANSWER)):
            break
        answer += more
    return answer.rstrip(b"\0\n").decode(errors="replace")
