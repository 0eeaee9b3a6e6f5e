"""The programs that the tests need are found, or named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.machine import Need, ProgramMissing, program


def test_the_newest_version_is_taken(tmp_path: Path):
    for version in ("9", "15", "10"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "initdb").touch()
    need = Need("postgresql", (f"{tmp_path}/nowhere/initdb", f"{tmp_path}/*/initdb"))
    assert program(need) == tmp_path / "15" / "initdb"


def test_a_missing_program_is_named(tmp_path: Path):
    with pytest.raises(ProgramMissing, match="redis-server is not installed"):
        program(Need("redis-server", (f"{tmp_path}/redis-server",)))
