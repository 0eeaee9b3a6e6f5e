"""No test speaks to the outside: sockets connect to this machine or not at all."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

connect = socket.socket.connect
connect_ex = socket.socket.connect_ex


class OutsideWorldTouched(Exception):
    """A test tried to reach another machine."""


def stay_on_this_machine() -> None:
    """Let Python's sockets connect to loopback addresses and Unix sockets only, from now on."""
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign, assignment]


def refuse_outside(family: int, address: Any) -> None:
    """Raise OutsideWorldTouched for an address that is not on this machine."""
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = str(address[0])
    try:
        is_here = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        is_here = host == "localhost"
    if not is_here:
        raise OutsideWorldTouched(f"a test tried to connect to {address!r}")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    refuse_outside(self.family, address)
    connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    refuse_outside(self.family, address)
    return connect_ex(self, address)
