"""Sealed values open where they were sealed, with the right key, unchanged, and nowhere else."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask

from mrc.core.errors import SealBroken
from mrc.core.keyring import Keyring, keyring
from mrc.core.sealed import blind_index, context_of, seal, unseal


@pytest.fixture
def ring(context: Flask) -> Iterator[Keyring]:
    before = keyring()
    yield before
    context.extensions["mrc_keyring"] = before


def test_a_value_opens_where_it_was_sealed(context: Flask) -> None:
    place = context_of("person", "name", uuid4())
    assert unseal(seal("زرمینه", place), place) == "زرمینه"


@pytest.mark.parametrize("moved", [("person", "latin_name"), ("case", "name")])
def test_a_value_moved_to_another_column_or_table_does_not_open(
    context: Flask, moved: tuple[str, str]
) -> None:
    row = uuid4()
    sealed = seal("Ali", context_of("person", "name", row))
    with pytest.raises(SealBroken):
        unseal(sealed, context_of(*moved, row))


def test_a_value_moved_to_another_row_does_not_open(context: Flask) -> None:
    sealed = seal("Ali", context_of("person", "name", uuid4()))
    with pytest.raises(SealBroken):
        unseal(sealed, context_of("person", "name", uuid4()))


def test_every_changed_byte_is_noticed(context: Flask) -> None:
    sealed = seal("Ali", "here")
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(bytes(broken), "here")


@pytest.mark.parametrize("nonsense", [b"", b"\x01", b"not sealed at all, only long enough to try"])
def test_what_is_no_sealed_value_is_said_to_be_none(context: Flask, nonsense: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(nonsense, "here")


def test_the_same_text_never_looks_the_same(context: Flask) -> None:
    assert seal("Ali", "here") != seal("Ali", "here")


def test_old_values_open_after_a_new_key_and_new_ones_use_it(context: Flask, ring: Keyring) -> None:
    old = seal("before", "here")
    keys = {str(version): base64.b64encode(key).decode() for version, key in ring.keys}
    fresh = ring.current + 1
    keys[str(fresh)] = base64.b64encode(secrets.token_bytes(32)).decode()
    context.extensions["mrc_keyring"] = Keyring.from_json(json.dumps({"current": fresh, "keys": keys}))
    new = seal("after", "here")
    assert (unseal(old, "here"), unseal(new, "here")) == ("before", "after")
    context.extensions["mrc_keyring"] = ring
    with pytest.raises(SealBroken):
        unseal(new, "here")


def test_an_index_finds_the_same_value_in_one_centre_and_tells_nothing_of_another(context: Flask) -> None:
    here, there = uuid4(), uuid4()
    assert blind_index("address", "+923001234567", here) == blind_index("address", "+923001234567", here)
    assert blind_index("address", "+923001234567", here) != blind_index("address", "+923001234567", there)
    assert blind_index("address", "+923001234567", here) != blind_index("document", "+923001234567", here)
