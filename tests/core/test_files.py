"""Files on the disk: sealed, whole or not there, and gone when they are to be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from mrc.core import clock
from mrc.core.db import uuid7
from mrc.core.errors import SealBroken, Unavailable
from mrc.core.files import (
    begun_at,
    delete_file,
    delete_leavings,
    list_files,
    new_key,
    read_file,
    write_file,
)
from mrc.core.settings import settings

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def on_disk() -> list[Path]:
    return [path for path in (settings().home / "files").rglob("*") if path.is_file()]


def test_bytes_come_back_with_their_key_alone(context: Flask) -> None:
    file_id, key = uuid7(), new_key()
    write_file(file_id, "content", b"of a person", key)
    assert read_file(file_id, "content", key) == b"of a person"
    with pytest.raises(SealBroken):
        read_file(file_id, "content", new_key())
    (path,) = on_disk()
    assert b"person" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    for folder in (path.parent, path.parent.parent):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_file_does_not_open_in_the_place_of_another_or_changed(context: Flask) -> None:
    one, other, key = uuid7(), uuid7(), new_key()
    write_file(one, "content", b"one", key)
    write_file(other, "content", b"other", key)
    paths = {path.stem: path for path in on_disk()}
    paths[other.hex].write_bytes(paths[one.hex].read_bytes())
    with pytest.raises(SealBroken):
        read_file(other, "content", key)
    data = bytearray(paths[one.hex].read_bytes())
    data[-1] ^= 1
    paths[one.hex].write_bytes(data)
    with pytest.raises(SealBroken):
        read_file(one, "content", key)
    paths[one.hex].write_bytes(b"")
    with pytest.raises(SealBroken):
        read_file(one, "content", key)


def test_a_deleted_file_has_no_part_left(context: Flask) -> None:
    file_id, key = uuid7(), new_key()
    for part in ("content", "preview"):
        write_file(file_id, part, b"x", key)
    delete_file(file_id)
    delete_file(file_id)
    assert on_disk() == []
    with pytest.raises(Unavailable):
        read_file(file_id, "content", key)


def test_files_are_listed_by_when_they_were_begun(context: Flask) -> None:
    file_id = uuid7()
    write_file(file_id, "content", b"x", new_key())
    write_file(file_id, "preview", b"x", new_key())
    assert begun_at(file_id) == clock.now()
    assert list(list_files(clock.now())) == []
    assert list(list_files(clock.now() + timedelta(seconds=1))) == [file_id]


def test_what_a_crash_left_half_written_goes(context: Flask) -> None:
    write_file(uuid7(), "content", b"x", new_key())
    (whole,) = on_disk()
    half = whole.parent / ".tmphalf"
    half.write_bytes(b"x")
    delete_leavings(clock.now() + timedelta(days=3_650))
    assert on_disk() == [whole]
