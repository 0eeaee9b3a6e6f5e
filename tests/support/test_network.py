"""Tests reach this machine and nothing else."""

from __future__ import annotations

import socket

import pytest

from tests.support.network import OutsideWorldTouched


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_another_machine_is_out_of_reach(host: str):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outside:
        with pytest.raises(OutsideWorldTouched):
            outside.connect((host, 80))
        with pytest.raises(OutsideWorldTouched):
            outside.connect_ex((host, 80))


def test_this_machine_is_in_reach():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()
