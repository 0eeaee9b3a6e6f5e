"""When the database is away, what comes in is kept in a file, sealed and flushed to the disk, and filed
later.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from mrc.core.db import uuid7
from mrc.core.sealed import seal, unseal
from mrc.core.settings import settings

CONTEXT = "spool.form"


def keep(kind: str, form: Mapping[str, str]) -> None:
    """Write one form to disk and wait until it is there. Raises OSError when that is not possible."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    name = folder / f"{uuid7().hex}.{kind}"
    descriptor = os.open(name.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seal(json.dumps(dict(form), ensure_ascii=False), CONTEXT))
        file.flush()
        os.fsync(file.fileno())
    name.with_suffix(".part").rename(name)
    directory = os.open(folder, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def waiting() -> list[Path]:
    """The kept forms, the oldest first."""
    return sorted(path for path in _folder().glob("*.*") if path.suffix != ".part")


def opened(path: Path) -> tuple[str, dict[str, str]]:
    """The kind and the form of a kept file."""
    form: dict[str, str] = json.loads(unseal(path.read_bytes(), CONTEXT))
    return path.suffix.removeprefix("."), form


def _folder() -> Path:
    return settings().home / "spool"


def each() -> Iterator[tuple[Path, str, dict[str, str]]]:
    """Every kept form with its kind, the oldest first."""
    for path in waiting():
        kind, form = opened(path)
        yield path, kind, form
