"""The chain: how a row's HMAC is made, how rows are appended, and how a broken row is found.

Each HMAC covers the previous one, so editing, deleting, inserting or reordering any row breaks the chain at
the first row concerned. Cutting the tail is found through the head, and rewriting the head through copies of
the heads kept elsewhere (`mrc audit heads`, `mrc audit verify --against`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, select
from sqlalchemy.orm import Session

from mrc.audit.models import AuditEvent, AuditHead
from mrc.core.db.upsert import insert_if_absent
from mrc.core.keyring import keyring

HOUSE = "house"
"""The chain of what belongs to no centre, such as sign-ins and vocabulary."""
START = bytes(32)
EVENTS = cast(Table, AuditEvent.__table__)
HEADS = cast(Table, AuditHead.__table__)
OWN_HEAD = select(HEADS.c.seq, HEADS.c.mac).where(HEADS.c.chain == bindparam("own")).with_for_update()
APPEND = EVENTS.insert()
ADVANCE = HEADS.update().where(HEADS.c.chain == bindparam("own"))
ADVANCE = ADVANCE.values(seq=bindparam("last"), mac=bindparam("its_mac"))
"""Made once: every page that shows content appends to a chain."""
BATCH = 5_000

COVERED = (
    "id", "chain", "seq", "at", "tag", "actor_id", "actor", "session_id", "request_id", "subject_kind",
    "subject_id", "details", "changes", "key_version",
)  # fmt: skip


@dataclass(frozen=True)
class Break:
    """The first row of a chain that is not as it was written."""

    chain: str
    seq: int
    reason: str


def mac_of(values: Mapping[str, Any], previous: bytes) -> bytes:
    """HMAC-SHA256 over the previous HMAC and every column of a row, in a fixed order."""
    content = [_plain(values[name]) for name in COVERED]
    message = (
        previous + json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    return hmac.digest(keyring().subkey("audit", values["key_version"]), message, hashlib.sha256)


def append(session: Session, chain: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows at the end of one chain, holding its head until the transaction ends.

    `rows` hold every covered column but chain, seq and key_version. Call it last in a transaction.
    """
    head = session.execute(OWN_HEAD, {"own": chain}).first()
    if head is None:
        insert_if_absent(session, HEADS, {"chain": chain, "seq": 0, "mac": START}, key=["chain"])
        head = session.execute(OWN_HEAD, {"own": chain}).one()
    key_version = keyring().current
    seq, mac = head
    written = []
    for row in rows:
        seq += 1
        values = row | {"chain": chain, "seq": seq, "key_version": key_version}
        mac = mac_of(values, mac)
        written.append(values | {"mac": mac})
    session.execute(APPEND, written)
    session.execute(ADVANCE, {"own": chain, "last": seq, "its_mac": mac})


def verify(session: Session, heads: Mapping[str, tuple[int, str]] | None = None) -> Iterator[Break]:
    """Yield the first break of every chain; nothing when the log is whole.

    `heads` are kept copies of earlier heads, chain → (seq, mac as hex); each must still be in the log.
    """
    known = {head.chain: head for head in session.scalars(select(AuditHead))}
    written = set(session.scalars(select(AuditEvent.chain).distinct()))
    for chain in sorted(written | set(known) | set(heads or {})):
        if broken := _first_break(session, chain, known.get(chain), (heads or {}).get(chain)):
            yield broken


def _first_break(
    session: Session, chain: str, head: AuditHead | None, kept: tuple[int, str] | None
) -> Break | None:
    seq, mac = 0, START
    for row in _rows(session, chain):
        if row.seq != seq + 1:
            return Break(chain, seq + 1, "missing")
        mac = mac_of(row._asdict(), mac)
        seq = row.seq
        if not hmac.compare_digest(mac, row.mac):
            return Break(chain, seq, "changed, inserted or moved")
        if kept is not None and kept[0] == seq and not hmac.compare_digest(mac.hex(), kept[1]):
            return Break(chain, seq, "rewritten since the kept head")
    if head is None or (head.seq, head.mac) != (seq, mac):
        return Break(chain, seq + 1, "cut off: the head names another last row")
    if kept is not None and kept[0] > seq:
        return Break(chain, seq + 1, "cut off since the kept head")
    return None


def _rows(session: Session, chain: str) -> Iterator[Row[Any]]:
    columns = EVENTS.c
    last = 0
    while batch := session.execute(
        select(*columns).where(columns.chain == chain, columns.seq > last).order_by(columns.seq).limit(BATCH)
    ).all():
        yield from batch
        last = batch[-1].seq


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, int | str | dict) else str(value)


def heads(session: Session) -> dict[str, tuple[int, str]]:
    """Where every chain ends: chain → (seq, mac as hex), to be kept away from this database."""
    return {head.chain: (head.seq, head.mac.hex()) for head in session.scalars(select(AuditHead))}
