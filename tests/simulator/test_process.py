"""The simulator as a process of its own, and what it leaves in its log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.simulator.centre import SID, TOKEN
from tests.support.processes import answers, free_port, start, stop, wait_until

ROOT = Path(__file__).parent.parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("MRC_", "TWILIO_"))}
ACCOUNT = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN}


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "mrc.simulator", "--port", str(port)]


@pytest.mark.slow
def test_it_serves_logs_nothing_private_and_ends_when_told(tmp_path):
    port, log = free_port(), tmp_path / "log"
    process = start(command(port), log=log, cwd=ROOT, environment=ENVIRONMENT | ACCOUNT)
    try:
        wait_until(lambda: answers(port), process, log)
        address = f"http://127.0.0.1:{port}"
        written = requests.post(
            f"{address}/control/phones/bilal/messages", json={"body": "راز کی بات"}, timeout=5
        )
        assert written.status_code == 201
        assert "راز کی بات" in requests.get(address, timeout=5).text
        requests.get(f"{address}/2010-04-01/Accounts/{SID}/Messages.json?To=%2B923005550101", timeout=5)
        requests.get(f"{address}/nothing?To=%2B923005550101", timeout=5)
        process.terminate()
        assert process.wait(10) == 0
    finally:
        stop(process.pid)
    told = log.read_text()
    assert "simulator started" in told
    assert "923005550101" not in told
    assert "راز" not in told
    assert "Traceback" not in told


def end_of(port: int, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run it to its end, which is soon when it cannot start."""
    return subprocess.run(
        command(port), check=False, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60
    )


@pytest.mark.slow
def test_without_an_account_it_says_so_and_ends():
    done = end_of(free_port(), ENVIRONMENT)
    assert done.returncode == 2
    assert done.stderr.startswith("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set")


@pytest.mark.slow
def test_a_taken_port_is_named_and_is_an_error(simulator):
    taken = int(simulator.url.rpartition(":")[2])
    done = end_of(taken, ENVIRONMENT | ACCOUNT)
    assert done.returncode == 1
    assert f"Port {taken} is in use" in done.stderr
    assert "Traceback" not in done.stderr
