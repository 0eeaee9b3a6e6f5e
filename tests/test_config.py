"""An installation refuses to start with a missing or weak secret, and says which."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import Mode, SettingsRefused, from_environment, new_keyring

STRONG = "Zk3v9Qw1Lx7Pb5Nd2Hs8Tf4Yc6Rm0Ga!"
MRC = Path(sys.executable).parent / "mrc"


def production(**changes: str) -> dict[str, str]:
    """An environment that production accepts, with changes."""
    sound = {
        "MRC_MODE": "production",
        "MRC_SECRET_KEY": STRONG,
        "MRC_KEYRING": new_keyring(),
        "MRC_PUBLIC_URL": "https://mrc.example.org",
    }
    return sound | changes


def keyring(**changes: object) -> str:
    return json.dumps(json.loads(new_keyring()) | changes)


def test_a_sound_environment_starts() -> None:
    settings = from_environment(production())
    assert (settings.mode, settings.is_embedded) == (Mode.PRODUCTION, True)


def test_files_have_a_limit_and_a_scanner_where_one_is_named() -> None:
    settings = from_environment(production())
    assert (settings.largest_file, settings.clamd) == (20 * 1024 * 1024, "")
    for address in ("/run/clamav/clamd.ctl", "127.0.0.1:3310"):
        settings = from_environment(production(MRC_CLAMD=address, MRC_LARGEST_FILE_MB="5"))
        assert (settings.largest_file, settings.clamd) == (5 * 1024 * 1024, address)


def test_without_a_mode_it_is_production() -> None:
    with pytest.raises(SettingsRefused) as refused:
        from_environment({})
    said = "\n".join(refused.value.problems)
    assert all(
        name in said for name in ("MRC_SECRET_KEY is missing", "MRC_KEYRING is missing", "MRC_PUBLIC_URL")
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"MRC_MODE": "live"}, "MRC_MODE must be one of"),
        ({"MRC_SECRET_KEY": ""}, "MRC_SECRET_KEY is missing"),
        ({"MRC_SECRET_KEY": STRONG[:31]}, "MRC_SECRET_KEY is weak: it has 31 characters"),
        ({"MRC_SECRET_KEY": "ab" * 30}, "MRC_SECRET_KEY is weak: it repeats"),
        ({"MRC_SECRET_KEY": "changeme-" + STRONG}, "MRC_SECRET_KEY is weak: it contains a well-known word"),
        ({"MRC_KEYRING": ""}, "MRC_KEYRING is missing"),
        ({"MRC_KEYRING": "{"}, "MRC_KEYRING cannot be read"),
        ({"MRC_KEYRING": "/nowhere/keys"}, "MRC_KEYRING cannot be read"),
        ({"MRC_KEYRING": keyring(current=2)}, "MRC_KEYRING names a current version that it does not hold"),
        (
            {"MRC_KEYRING": keyring(keys={"1": base64.b64encode(b"a" * 32).decode()})},
            "MRC_KEYRING is weak",
        ),
        ({"MRC_KEYRING": keyring(keys={"1": "c2hvcnQ="})}, "MRC_KEYRING is weak"),
        ({"MRC_PUBLIC_URL": "http://mrc.example.org"}, "MRC_PUBLIC_URL must be the https address"),
        ({"MRC_PUBLIC_URL": ""}, "MRC_PUBLIC_URL must be the https address"),
        ({"MRC_TWILIO_BASE": "http://127.0.0.1:8001"}, "MRC_TWILIO_BASE points at a simulator"),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set together"),
        ({"MRC_METRICS_TOKEN": "short"}, "MRC_METRICS_TOKEN is weak"),
        ({"MRC_CRASH_AT": "anywhere"}, "MRC_CRASH_AT kills the process"),
        ({"MRC_CLAMD": "clamd"}, "MRC_CLAMD must be the path of a socket, or host:port"),
        ({"MRC_CLAMD": "/"}, "MRC_CLAMD must be the path of a socket, or host:port"),
        ({"MRC_LARGEST_FILE_MB": "0"}, "MRC_LARGEST_FILE_MB must be a whole number"),
        ({"MRC_LARGEST_FILE_MB": "101"}, "MRC_LARGEST_FILE_MB must be a whole number"),
        ({"MRC_LARGEST_FILE_MB": "1.5"}, "MRC_LARGEST_FILE_MB must be a whole number"),
        ({"MRC_PASSWORD_MEMORY_KIB": "1024"}, "MRC_PASSWORD_MEMORY_KIB must be at least"),
    ],
)
def test_each_weakness_is_refused_by_the_name_of_its_variable(changes: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        from_environment(production(**changes))
    assert len(refused.value.problems) == 1
    assert refused.value.problems[0].startswith(said)


def test_a_secret_is_never_quoted() -> None:
    with pytest.raises(SettingsRefused) as refused:
        from_environment(production(MRC_SECRET_KEY="changeme-" + STRONG))
    assert STRONG not in str(refused.value)


def test_the_demo_makes_its_secrets_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    told = {"MRC_MODE": "demo", "MRC_HOME": str(tmp_path / "home")}
    first, again = from_environment(told), from_environment(told)
    assert (first.secret_key, first.keyring) == (again.secret_key, again.keyring)
    other = from_environment(told | {"MRC_HOME": str(tmp_path / "other")})
    assert other.secret_key != first.secret_key
    for name in ("secret-key", "keyring.json"):
        assert stat.S_IMODE((first.home / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(first.home.stat().st_mode) == 0o700


@pytest.mark.parametrize("command", [["serve"], ["work"], ["migrate"], ["doctor"]])
def test_a_command_says_it_in_clear_lines_and_fails(command: list[str], tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MRC_", "TWILIO_"))
    }
    done = subprocess.run(
        [MRC, *command],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "MRC_SECRET_KEY is missing."
    assert "Traceback" not in done.stderr
