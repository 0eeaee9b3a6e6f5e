"""What came in while the database was away: sealed files, flushed to the disk, filed later in the order
they came.

They lie in `MRC_HOME/spool`, which web and worker share; forms of calls in `MRC_HOME/spool-voice`. A file
that cannot be filed is set aside as `*.bad`, so that it holds nothing up; a person must look at it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from mrc.core.db import db, uuid7
from mrc.core.errors import SealBroken
from mrc.core.sealed import context_of, seal, unseal
from mrc.core.settings import settings

HALF_WRITTEN, SET_ASIDE = ".part", ".bad"
MESSAGES = "spool"
log = structlog.get_logger("mrc.messaging")


@dataclass(frozen=True)
class Kept:
    """One form as it came: which webhook it was for, when, and our id from its address."""

    kind: str
    at: datetime
    message_id: str
    form: dict[str, str]


def keep(kept: Kept, folder_name: str = MESSAGES) -> None:
    """Write one form to disk and wait until it is there. Raises OSError when that is not possible."""
    folder = _folder(folder_name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = folder / f"{time.time_ns():020}-{uuid7().hex}.{kept.kind}"
    content = {"at": kept.at.isoformat(), "message_id": kept.message_id, "form": dict(kept.form)}
    unfinished = name.with_suffix(HALF_WRITTEN)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seal(json.dumps(content, ensure_ascii=False), _place(name)))
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(name)
    _flush(folder)


def list_waiting(folder_name: str = MESSAGES) -> list[Path]:
    """The kept files, the oldest first."""
    kept = _folder(folder_name).glob("*.*")
    return sorted(path for path in kept if path.suffix not in {HALF_WRITTEN, SET_ASIDE})


def count_set_aside(folder_name: str = MESSAGES) -> int:
    """How many kept files cannot be filed and wait for a person."""
    return sum(1 for _path in _folder(folder_name).glob(f"*{SET_ASIDE}"))


def file_all(file: Callable[[Kept], None], folder_name: str = MESSAGES) -> Iterator[None]:
    """File each kept form, the oldest first; the job commits at each `yield`, then the file goes."""
    for path in list_waiting(folder_name):
        try:
            kept = read(path)
        except (SealBroken, ValueError, KeyError):
            log.exception("a kept form cannot be read", name=path.name)
            set_aside(path)
            continue
        try:
            file(kept)
            db.session.flush()
        except (DataError, IntegrityError):
            # The database will never take this one; the others must not wait behind it.
            log.exception("a kept form cannot be filed", name=path.name)
            db.session.rollback()
            set_aside(path)
            continue
        yield
        path.unlink()


def read(path: Path) -> Kept:
    """Open a kept file. Raises SealBroken or ValueError when it is not what we wrote."""
    content: Mapping[str, object] = json.loads(unseal(path.read_bytes(), _place(path)))
    form = content["form"]
    if not isinstance(form, dict):
        raise ValueError("a kept form is a mapping")
    at = datetime.fromisoformat(str(content["at"]))
    return Kept(path.suffix.removeprefix("."), at, str(content["message_id"]), form)


def set_aside(path: Path) -> None:
    """Keep a file that cannot be filed out of the way of the others."""
    path.rename(path.with_name(path.name + SET_ASIDE))


def _folder(name: str) -> Path:
    return settings().home / name


def _place(path: Path) -> str:
    return context_of("spool", "form", path.stem)


def _flush(folder: Path) -> None:
    """Make the new name as durable as the content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
