"""The keys of an installation, by version, kept outside the database.

One root key per version; what is needed for a purpose is derived from it (HKDF-SHA256, RFC 5869), so that a
field key says nothing of the audit key. New values use the current version, old ones are opened with theirs.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

from mrc.core.errors import SealBroken

LENGTH = 32


@dataclass(frozen=True)
class Keyring:
    """Root keys by version, and the version that new values use."""

    current: int
    keys: tuple[tuple[int, bytes], ...]

    @classmethod
    def from_json(cls, text: str) -> Keyring:
        """Read `{"current": 1, "keys": {"1": "<base64 of 32 bytes>"}}`. Raises ValueError when it is not
        that.
        """
        content = json.loads(text)
        keys = sorted((int(version), base64.b64decode(key)) for version, key in content["keys"].items())
        return cls(int(content["current"]), tuple(keys))

    @property
    def oldest(self) -> int:
        """The first version, which the embedded database file was made with."""
        return self.keys[0][0]

    def subkey(self, purpose: str, version: int | None = None) -> bytes:
        """The 32-byte key of one purpose. Raises SealBroken when the ring does not hold the version."""
        version = self.current if version is None else version
        root = dict(self.keys).get(version)
        if root is None:
            raise SealBroken(f"the keyring holds no version {version}")
        return _derived(root, purpose)


@lru_cache(maxsize=256)
def _derived(root: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), LENGTH, salt=None, info=f"mrc {purpose}".encode()).derive(root)


def init_keyring(app: Flask, text: str) -> None:
    """Give the application its keyring."""
    app.extensions["mrc_keyring"] = Keyring.from_json(text)


def keyring() -> Keyring:
    """The keyring of the running application."""
    ring: Keyring = current_app.extensions["mrc_keyring"]
    return ring
