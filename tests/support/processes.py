"""Programs that the tests start for themselves: on free loopback ports, in own folders, ended by pid."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 10.0
_started: list[subprocess.Popen[bytes]] = []
"""Kept, because Python warns of a process that outlives its object; ours are ended by pid."""


class DidNotStart(Exception):
    """A program ended or stayed silent; the message ends with what it wrote."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """True when something accepts connections on a loopback port."""
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def unprivileged_user(*names: str) -> str | None:
    """The first existing account to hand a server to when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in (*names, "nobody") if name in known), None)


def own_folder(folder: Path, user: str | None) -> Path:
    """Make a folder that only its user may enter, if it is not there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if user:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> None:
    """Run a command to its end. Raises DidNotStart with its output when it fails."""
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        **_as(user),
    )
    if done.returncode:
        raise DidNotStart(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, writing to a log file."""
    with log.open("ab") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=environment,
            start_new_session=True,
            **_as(user),
        )
    _started.append(process)
    return process


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a started program is ready. Raises DidNotStart with the end of its log otherwise."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if ready():
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    stop(process.pid)
    raise DidNotStart(f"{process.args!r} did not start:\n{log.read_text(errors='replace')[-3000:]}")


def stop(pid: int, *, first: int = signal.SIGTERM) -> None:
    """End a process group by its leader's pid: politely, then surely. Returns when it is gone."""
    for signal_number in (first, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(pid, signal_number)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while time.monotonic() < deadline:
            if _is_gone(pid):
                return
            time.sleep(0.02)


def _is_gone(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """A child of another worker that has ended and is not yet collected counts as gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False


def _as(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
