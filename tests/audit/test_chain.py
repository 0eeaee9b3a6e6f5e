"""The log is whole, or the first broken row is named; on both databases, by whoever owns them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from mrc.access.identity import Identity
from mrc.audit import chain
from mrc.audit.models import AuditEvent, AuditHead
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db, uuid7

MANY = 100_000
SYSTEM = Identity.system("audit tests")


@pytest.fixture
def owner(context: Flask) -> Iterator[None]:
    """The owner of the database, who can switch off its triggers, but has no key."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
    else:
        for name in ("audit_event_no_update", "audit_event_no_delete"):
            db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.commit()
    yield
    db.session.rollback()


def event(number: int) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "at": clock.now() + timedelta(seconds=number),
        "tag": Event.CASE_READ.value,
        "actor_id": None,
        "actor": "someone",
        "session_id": None,
        "request_id": "",
        "subject_kind": "case",
        "subject_id": uuid7(),
        "details": {"number": number},
        "changes": None,
    }


def write(count: int, name: str = "test") -> None:
    for start in range(0, count, 10_000):
        chain.append(
            db.session(), name, [event(number) for number in range(start, min(start + 10_000, count))]
        )
    db.session.commit()


def breaks(name: str = "test") -> list[chain.Break]:
    db.session.expire_all()
    return [found for found in chain.verify(db.session()) if found.chain == name]


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_bad_row_among_a_hundred_thousand_is_found(owner: None) -> None:
    write(MANY)
    assert breaks() == []
    seq = random.Random(7).randrange(2, MANY)
    _change(seq, actor="someone else")
    assert breaks() == [chain.Break("test", seq, "changed, inserted or moved")]
    _change(seq, actor="someone")
    assert breaks() == []
    db.session.execute(delete(AuditEvent).where(AuditEvent.chain == "test", AuditEvent.seq == seq))
    assert breaks() == [chain.Break("test", seq, "missing")]


@pytest.mark.parametrize("trial", range(5))
def test_reordered_rows_are_found(owner: None, trial: int) -> None:
    write(200)
    first, second = sorted(random.Random(trial).sample(range(1, 201), 2))
    _change(first, seq=10_000)
    _change(second, seq=first)
    _change(10_000, seq=second)
    assert breaks()[0].seq == first


def test_an_inserted_row_is_found(owner: None) -> None:
    write(20)
    for seq in range(20, 9, -1):
        _change(seq, seq=seq + 1)
    row = event(0) | {"chain": "test", "seq": 10, "key_version": 1, "mac": bytes(32)}
    db.session.execute(chain.EVENTS.insert(), row)
    assert breaks()[0].seq == 10


@pytest.mark.parametrize(
    "values",
    [
        {"tag": "cases:case:closed"},
        {"details": {"number": 1_000}},
        {"subject_id": uuid7()},
        {"at": clock.now()},
        {"changes": b"other"},
        {"session_id": uuid7()},
        {"request_id": "other"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_any_changed_column_is_found(owner: None, values: dict[str, Any]) -> None:
    write(5)
    _change(3, **values)
    assert breaks()[0].seq == 3


def test_a_cut_tail_is_found_through_the_head(owner: None) -> None:
    write(20)
    db.session.execute(delete(AuditEvent).where(AuditEvent.chain == "test", AuditEvent.seq > 15))
    assert breaks()[0].seq == 16


def test_a_cut_tail_with_a_rewritten_head_is_found_through_a_kept_one(owner: None) -> None:
    write(20)
    kept = chain.heads(db.session())
    db.session.execute(delete(AuditEvent).where(AuditEvent.chain == "test", AuditEvent.seq > 15))
    mac = db.session.scalar(select(AuditEvent.mac).where(AuditEvent.chain == "test", AuditEvent.seq == 15))
    db.session.execute(update(AuditHead).where(AuditHead.chain == "test").values(seq=15, mac=mac))
    assert breaks() == []
    assert next(found for found in chain.verify(db.session(), kept) if found.chain == "test").seq == 16


def test_a_rewritten_chain_needs_the_key(owner: None, app: Flask) -> None:
    """Whoever holds the database but not the keyring cannot make a chain that verifies."""
    write(5)
    rows = db.session.scalars(
        select(AuditEvent).where(AuditEvent.chain == "test").order_by(AuditEvent.seq)
    ).all()
    for row in rows:
        row.actor = "rewritten"
        row.mac = bytes(32)
    db.session.flush()
    assert breaks()[0].seq == 1


def test_the_database_refuses_to_change_or_delete(context: Flask) -> None:
    write(3)
    for statement in (
        update(AuditEvent).where(AuditEvent.chain == "test").values(actor="other"),
        delete(AuditEvent).where(AuditEvent.chain == "test"),
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(statement)
        db.session.rollback()


def test_an_act_that_is_rolled_back_leaves_no_event(context: Flask) -> None:
    db.session.execute(select(AuditHead))
    record(Event.CASE_READ, by=SYSTEM, centre_id=None)
    db.session.rollback()
    db.session.commit()
    assert db.session.scalar(select(AuditEvent).where(AuditEvent.actor == SYSTEM.name)) is None


def test_an_event_that_cannot_be_written_fails_the_act(context: Flask) -> None:
    record(Event.CASE_READ, by=SYSTEM, centre_id=None, details={"what": object()})  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        db.session.commit()
    db.session.rollback()


def test_centres_have_chains_of_their_own(context: Flask) -> None:
    first, second = uuid7(), uuid7()
    for centre_id in (first, second, first):
        record(Event.CASE_READ, by=SYSTEM, centre_id=centre_id)
        db.session.commit()
    heads = chain.heads(db.session())
    assert heads[str(first)][0] == 2
    assert heads[str(second)][0] == 1


def _change(place: int, /, **values: Any) -> None:
    changed = update(AuditEvent).where(AuditEvent.chain == "test", AuditEvent.seq == place)
    db.session.execute(changed.values(**values).execution_options(synchronize_session=False))
