"""Files too large for a column, each sealed under a key of its own, in `MRC_HOME/files`.

The key stands sealed in the row of the file. Whoever destroys the key has destroyed the file, wherever else
its bytes may lie. A file may have several parts, such as its content and a small picture of it. On the disk
stand neither names nor kinds: `files/3f/<id>.<part>`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mrc.core.errors import SealBroken, Unavailable
from mrc.core.settings import settings

NONCE = 12
KEY_BITS = 256


def new_key() -> str:
    """A random key for one file, as text for a sealed column."""
    return AESGCM.generate_key(KEY_BITS).hex()


def write_file(file_id: UUID, part: str, content: bytes, key: str) -> None:
    """Seal a part and lay it down whole: after a crash it is there completely or not at all."""
    nonce = secrets.token_bytes(NONCE)
    sealed = nonce + AESGCM(bytes.fromhex(key)).encrypt(nonce, content, _place(file_id, part))
    path = _path(file_id, part)
    # Each by itself: the mode counts for the last folder only.
    for folder in (_root(), path.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    _sync(path.parent)


def read_file(file_id: UUID, part: str, key: str) -> bytes:
    """Open a part. Raises SealBroken for a wrong key or bytes that were changed, Unavailable where it is not
    on the disk.
    """
    try:
        sealed = _path(file_id, part).read_bytes()
    except OSError:
        raise Unavailable from None
    try:
        cipher = AESGCM(bytes.fromhex(key))
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _place(file_id, part))
    except (InvalidTag, ValueError):
        raise SealBroken("a file does not open with its key") from None


def has_file(file_id: UUID, part: str) -> bool:
    """True while a part is on the disk."""
    return _path(file_id, part).is_file()


def delete_file(file_id: UUID) -> None:
    """Take every part of a file off the disk; nothing happens when it is gone already."""
    for path in _folder(file_id).glob(f"{file_id.hex}.*"):
        path.unlink(missing_ok=True)


def list_files(before: datetime) -> Iterator[UUID]:
    """The files on the disk that were begun before an instant, each once."""
    for folder in sorted(_root().glob("??")):
        for file_id in sorted({UUID(path.stem) for path in folder.glob(f"{'[0-9a-f]' * 32}.*")}):
            if begun_at(file_id) < before:
                yield file_id


def delete_leavings(before: datetime) -> None:
    """Take off the disk what a crash left of files that were never finished."""
    for path in _root().glob("??/.*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)


def begun_at(file_id: UUID) -> datetime:
    """When the key of a row was made: a UUIDv7 begins with the milliseconds."""
    return datetime.fromtimestamp((file_id.int >> 80) / 1000, UTC)


def _root() -> Path:
    return settings().home / "files"


def _folder(file_id: UUID) -> Path:
    # The end of a UUIDv7 is random, so the folders fill evenly.
    return _root() / file_id.hex[-2:]


def _path(file_id: UUID, part: str) -> Path:
    return _folder(file_id) / f"{file_id.hex}.{part}"


def _place(file_id: UUID, part: str) -> bytes:
    return f"files.{part}:{file_id}".encode()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
