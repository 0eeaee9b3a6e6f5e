"""Inserting a row unless its key is there."""

from __future__ import annotations

from typing import cast

from flask import Flask
from sqlalchemy import Table

from mrc.audit.models import AuditHead
from mrc.core.db import db
from mrc.core.db.upsert import insert_if_absent

HEADS = cast(Table, AuditHead.__table__)


def test_the_first_is_written_and_the_second_is_told_that_it_is_not(context: Flask) -> None:
    values = {"chain": "test", "seq": 1, "mac": bytes(32)}
    assert insert_if_absent(db.session(), HEADS, values, key=["chain"])
    assert not insert_if_absent(db.session(), HEADS, values | {"seq": 2}, key=["chain"])
    assert db.session.get_one(AuditHead, "test").seq == 1
