"""Identifying text, unreadable outside a running application.

AES-256-GCM with a random nonce. The associated data names table, column and row, so that a value moved to
another row or column does not open. Format: version byte 1, key version (2 bytes), nonce (12 bytes),
ciphertext with tag.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any, overload
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import inspect

from mrc.core.errors import SealBroken
from mrc.core.keyring import keyring

FORMAT = 1
HEADER = 3
NONCE = 12
INDEX_LENGTH = 16


def context_of(table: str, column: str, row_id: UUID | str) -> str:
    """The place of a value, which it is bound to."""
    return f"{table}.{column}:{row_id}"


def seal(plain: str | bytes, context: str) -> bytes:
    """Encrypt text or bytes for one place."""
    ring = keyring()
    header = bytes((FORMAT,)) + ring.current.to_bytes(2, "big")
    nonce = os.urandom(NONCE)
    content = plain.encode() if isinstance(plain, str) else plain
    return header + nonce + _cipher(ring.subkey("field")).encrypt(nonce, content, header + context.encode())


def unseal_bytes(data: bytes, context: str) -> bytes:
    """Decrypt what was sealed for this place. Raises SealBroken for anything else."""
    header, nonce, content = data[:HEADER], data[HEADER : HEADER + NONCE], data[HEADER + NONCE :]
    if len(header) < HEADER or header[0] != FORMAT:
        raise SealBroken("not a sealed value")
    key = keyring().subkey("field", int.from_bytes(header[1:], "big"))
    try:
        return _cipher(key).decrypt(nonce, content, header + context.encode())
    except (InvalidTag, ValueError):
        raise SealBroken("a sealed value does not open here") from None


def unseal(data: bytes, context: str) -> str:
    """Decrypt text that was sealed for this place. Raises SealBroken for anything else."""
    return unseal_bytes(data, context).decode()


def blind_index(field: str, value: str, scope: UUID | str) -> bytes:
    """A keyed hash of a value for exact look-up: 16 bytes, different in every field and every scope."""
    message = f"{field}\x00{scope}\x00{value}".encode()
    return hmac.digest(keyring().subkey("blind-index"), message, hashlib.sha256)[:INDEX_LENGTH]


@lru_cache(maxsize=64)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


class SealedJson:
    """A JSON value of a model, kept sealed in another attribute; opened when it is asked for, and only then.

    The row's id must be set first (`Identified` sees to it), because the value is bound to it.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    def __get__(self, row: Any, owner: type[Any] | None = None) -> Any:
        if row is None:
            return self
        data = getattr(row, self.column)
        if data is None:
            return None
        cache = row.__dict__.setdefault("_mrc_opened", {})
        known = cache.get(self.name)
        if known is None or known[0] is not data:
            known = cache[self.name] = (data, self._read(unseal(data, self._context(row))))
        return known[1]

    def __set__(self, row: Any, value: Any) -> None:
        setattr(row, self.column, None if value is None else seal(self._written(value), self._context(row)))

    def _context(self, row: Any) -> str:
        mapper = inspect(type(row))
        column = mapper.attrs[self.column].columns[0]
        return context_of(column.table.name, column.name, row.id)

    def _written(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def _read(self, text: str) -> Any:
        return json.loads(text)


class Sealed(SealedJson):
    """A text of a model, kept sealed in another attribute."""

    @overload
    def __get__(self, row: None, owner: type[Any]) -> Sealed: ...
    @overload
    def __get__(self, row: object, owner: type[Any] | None = None) -> str | None: ...
    def __get__(self, row: Any, owner: type[Any] | None = None) -> Any:
        return super().__get__(row, owner)

    def __set__(self, row: Any, value: str | None) -> None:
        super().__set__(row, value)

    def _written(self, value: str) -> str:
        return value

    def _read(self, text: str) -> str:
        return text
