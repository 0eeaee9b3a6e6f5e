"""The virus scanner: what it finds, and what happens when it does not answer."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from mrc.attachments import scanner as ours
from mrc.attachments.scanner import ScannerSilent, find_virus
from tests.attachments.clamd import scanner
from tests.attachments.corpus import EICAR


def test_what_is_clean_passes_and_what_is_not_is_named(tmp_path: Path) -> None:
    for path in (None, tmp_path / "clamd"):
        with scanner(path) as address:
            assert find_virus(b"x" * 200_000, address) is None
            assert find_virus(b"x" * 200_000 + EICAR, address) == "Eicar-Test-Signature"


@pytest.mark.parametrize(
    "says", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK but\0", b"x" * 9_000]
)
def test_an_answer_that_says_nothing_is_no_answer(says: bytes) -> None:
    with scanner(says=says) as address, pytest.raises(ScannerSilent):
        find_virus(b"x", address)


def test_a_scanner_that_is_not_there_or_hangs_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in (str(tmp_path / "nothing"), "127.0.0.1:9"):
        with pytest.raises(ScannerSilent):
            find_virus(b"x", address)
    monkeypatch.setattr(ours, "MOST_SECONDS", 0.2)
    with scanner(says=b"stream: OK") as address:
        assert find_virus(b"x", address) is None
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(ScannerSilent):
        find_virus(b"x", f"127.0.0.1:{deaf.getsockname()[1]}")
