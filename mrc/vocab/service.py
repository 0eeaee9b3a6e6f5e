"""Loading the shipped lists, and an administrator's changes to them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import Change, record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.vocab.models import Code
from mrc.vocab.queries import forget_lists

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class ShippedCode:
    """One code as a data file states it."""

    list_name: str
    code: str
    group: str
    country: str
    labels: Mapping[str, str]
    sort: int


def shipped() -> Iterator[ShippedCode]:
    """Every code of the data files, in order.

    A file is `{"groups": {code: labels}, "codes": [[code, labels, group, country], …]}`, the last two
    optional.
    """
    for path in sorted(DATA.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for sort, (code, labels) in enumerate(content.get("groups", {}).items()):
            yield ShippedCode(f"{path.stem}_groups", code, "", "", labels, sort)
        for sort, (code, labels, *rest) in enumerate(content["codes"]):
            group, country = [*rest, "", ""][:2]
            yield ShippedCode(path.stem, code, group, country, labels, sort)


def load_shipped() -> int:
    """Add and refresh the shipped codes; what was changed here stays. Returns how many rows were written."""
    known = {(row.list_name, row.code): row for row in db.session.scalars(select(Code))}
    written = 0
    for item in shipped():
        row = known.get((item.list_name, item.code))
        if row is None:
            row = Code(list_name=item.list_name, code=item.code)
            db.session.add(row)
        elif row.is_local or (row.labels, row.sort) == (dict(item.labels), item.sort):
            continue
        row.group_code, row.country = item.group, item.country
        row.labels, row.sort = dict(item.labels), item.sort
        written += 1
    db.session.flush()
    forget_lists()
    return written


def relabel(row: Code, labels: Mapping[str, str], *, by: Identity) -> None:
    """Change the words of a code; audited. English may not be empty."""
    _refuse_unless_allowed(by)
    if not labels.get("en", "").strip():
        raise Refused(fields={"en": _("The English words are needed: other languages fall back to them.")})
    changes = [
        Change(tag, row.labels.get(tag), words)
        for tag, words in labels.items()
        if row.labels.get(tag) != words
    ]
    row.labels, row.is_local = dict(labels), True
    _record(row, by, tuple(changes))


def retire_code(row: Code, *, by: Identity) -> None:
    """Stop offering a code from today on; records that name it keep its words. Audited, idempotent."""
    _refuse_unless_allowed(by)
    if row.retired_on is None:
        row.retired_on, row.is_local = clock.now().date(), True
        _record(row, by)


def add_code(list_name: str, code: str, labels: Mapping[str, str], *, by: Identity) -> Code:
    """Add a code of one's own at the end of a list; audited. Raises Refused when it is there already."""
    _refuse_unless_allowed(by)
    if db.session.scalar(select(Code.id).where(Code.list_name == list_name, Code.code == code)):
        raise Refused(fields={"code": _("This code exists already.")})
    row = Code(list_name=list_name, code=code, labels=dict(labels), sort=10_000, is_local=True)
    db.session.add(row)
    _record(row, by)
    return row


def _refuse_unless_allowed(by: Identity) -> None:
    if not by.can(Permission.VOCABULARY_MANAGE):
        raise Forbidden


def _record(row: Code, by: Identity, changes: tuple[Change, ...] = ()) -> None:
    details = {"list": row.list_name, "code": row.code}
    record(
        Event.CODE_CHANGED, by=by, centre_id=None, subject=("code", row.id), details=details, changes=changes
    )
    forget_lists()
