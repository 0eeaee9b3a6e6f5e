"""The demo's three processes, web, worker and phone simulator: started together, ended together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from mrc.core.settings import Settings
from mrc.demo.world import DEMO_LINES, DEMO_PASSWORD, DEMO_USERNAMES

PATIENCE_SECONDS = 15
POLL_SECONDS = 0.2


def demo_environment(environment: Mapping[str, str], *, port: int, sim_port: int) -> dict[str, str]:
    """The environment of the demo: its mode, its addresses, and the simulator as the carrier."""
    here = {
        "MRC_MODE": "demo",
        "MRC_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MRC_TWILIO_BASE": f"http://127.0.0.1:{sim_port}",
        "MRC_SIMULATOR_URL": f"http://127.0.0.1:{sim_port}",
    }
    given = {name: value for name, value in environment.items() if name != "MRC_TWILIO_BASE" or value}
    if given.get("TWILIO_ACCOUNT_SID"):
        # With a real account in the environment the same code talks to the carrier itself.
        here.pop("MRC_TWILIO_BASE")
    return here | given


def run(settings: Settings, environment: Mapping[str, str], *, port: int, sim_port: int) -> int:
    """Run all three until one ends or we are told to stop; the exit code is that of the one
    that ended first.
    """
    processes = {
        name: subprocess.Popen(command, env=environment_of(settings, environment, port))  # noqa: S603 - our own commands
        for name, command in commands(port, sim_port).items()
    }

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    print(_welcome(port, sim_port), flush=True)
    code = 0
    try:
        while all(process.poll() is None for process in processes.values()):
            time.sleep(POLL_SECONDS)
        code = next(process.returncode for process in processes.values() if process.poll() is not None) or 1
    except KeyboardInterrupt:
        print("Stopping …", flush=True)
    finally:
        _end(processes)
    return code


def commands(port: int, sim_port: int) -> dict[str, list[str]]:
    """How each of the three is started, by its name: web, worker, simulator."""
    python = sys.executable
    return {
        "web": [python, "-m", "mrc.cli", "serve", "--port", str(port)],
        "worker": [python, "-m", "mrc.cli", "work"],
        "simulator": [python, "-m", "mrc.simulator", "--port", str(sim_port)],
    }


def environment_of(settings: Settings, environment: Mapping[str, str], port: int) -> dict[str, str]:
    """What all three are told: the demo's environment and the account that carrier and application share."""
    return dict(environment) | {
        "PYTHONPATH": str(Path(__file__).parent.parent.parent)
        + os.pathsep
        + environment.get("PYTHONPATH", ""),
        "TWILIO_ACCOUNT_SID": settings.twilio.account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio.auth_token,
        "MRC_SIMULATOR_WEBHOOK": f"http://127.0.0.1:{port}",
        "MRC_SIMULATOR_PUBLIC": settings.public_url,
        "MRC_SIMULATOR_LINES": json.dumps(
            [{"address": line.address, "name": line.label, "kind": line.kind} for line in DEMO_LINES]
        ),
    }


def _end(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _welcome(port: int, sim_port: int) -> str:
    people = "\n".join(f"    {username}" for username in DEMO_USERNAMES)
    return f"""
  MRC is running with demo data. Nobody in it is real.

    Pages      http://127.0.0.1:{port}/sign-in
    Phones     http://127.0.0.1:{sim_port}/

  Sign in as one of these with the password {DEMO_PASSWORD}:
{people}

  Ctrl-C ends everything.
"""
