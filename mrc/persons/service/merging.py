"""Putting two files of one person together, and taking them apart again at any later time.

Every row of the whole schema that points to the merged file is pointed to the kept one, and remembered. A row
that the kept file has already (the same address, the same team member) stays with the merged one, so nothing
is deleted. The merged file stays too, out of sight; whoever asks for it is led to the kept one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Column, CursorResult, and_, delete, exists, select, update

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import Change, record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.persons.models import MergedRow, NameKey, Person, PersonAddress, PersonMerge, PersonPair
from mrc.persons.queries import Child, find_pair, list_children, list_merged_rows
from mrc.persons.service.registering import details_from, index_names, readable, write_details
from mrc.persons.states import PairStatus

AfterMerge = Callable[[Person], None]
"""What a higher package does for a person whose file was merged or taken apart, such as levels."""
AFTER_MERGE = "mrc_after_merge"
SWITCHES_SAFER_OFF = ("may_call", "may_message", "may_leave_voicemail")
SWITCHES_SAFER_ON = ("never_contact", "needs_voice")
WINDOWS = "safe_windows"
READERS = "read_by"
PLAN_PARTS = (*SWITCHES_SAFER_OFF, *SWITCHES_SAFER_ON, WINDOWS, READERS)


def merge_persons(kept: Person, merged: Person, choices: Mapping[str, str], *, by: Identity) -> PersonMerge:
    """Put `merged` into `kept`; audited on both files.

    `choices` names the fields (those of `readable`) whose value is taken from "merged". Where both know one
    address, the safer of the two contact plans holds. Raises Forbidden, or Refused when they cannot be one.
    """
    _refuse_unless_mergeable(kept, merged, by)
    before = readable(kept)
    theirs = readable(merged)
    chosen = {
        name: theirs[name] if choices.get(name) == "merged" else value for name, value in before.items()
    }
    merge = PersonMerge(
        centre_id=kept.centre_id,
        kept_id=kept.id,
        merged_id=merged.id,
        merged_at=clock.now(),
        merged_by_id=by.user_id,
    )
    db.session.add(merge)
    plans = _safer_plans(kept, merged)
    write_details(kept, details_from(_texts(chosen)))
    kept.confidentiality = max(kept.confidentiality, merged.confidentiality)
    merged.merged_into_id = kept.id
    db.session.flush()
    moved = [row for child in list_children() for row in _move(child, merged.id, kept.id)]
    for position, row in enumerate(moved):
        db.session.add(MergedRow(merge_id=merge.id, position=position, **row))
    merge.before = {"fields": before, "after": chosen, "plans": plans}
    db.session.execute(delete(NameKey).where(NameKey.person_id == merged.id))
    judge(kept, merged, PairStatus.MERGED, by=by)
    _settle(kept)
    changes = [Change(name, before[name], text) for name, text in chosen.items() if before[name] != text]
    details = {"merge": str(merge.id), "kept": str(kept.id), "merged": str(merged.id), "rows": len(moved)}
    for person in (kept, merged):
        record(
            Event.PERSON_MERGED,
            by=by,
            centre_id=kept.centre_id,
            subject=("person", person.id),
            details=details,
            changes=changes if person is kept else (),
        )
    return merge


def undo_merge(merge: PersonMerge, *, by: Identity) -> int:
    """Take two files apart again; audited on both. Returns how many rows went back.

    What was added since stays with the kept file; a field that was changed since keeps its newer value.
    Raises Refused when it was undone before or one of the files went into a third one meanwhile.
    """
    kept, merged = db.session.get_one(Person, merge.kept_id), db.session.get_one(Person, merge.merged_id)
    if not by.can(Permission.PERSON_MERGE, merge.centre_id):
        raise Forbidden
    if merge.undone_at is not None or merged.merged_into_id != kept.id:
        raise Refused(_("This merge was undone already."))
    if kept.merged_into_id is not None:
        raise Refused(_("The kept file went into a third one since. Undo that merge first."))
    went_back = sum(_move_back(row, kept.id, merged.id) for row in list_merged_rows(merge))
    kept_values = readable(kept)
    content = merge.before
    restored = {
        name: content["fields"].get(name, value) if value == content["after"].get(name) else value
        for name, value in kept_values.items()
    }
    write_details(kept, details_from(_texts(restored)))
    _restore_plans(content["plans"])
    merged.merged_into_id = None
    merge.undone_at, merge.undone_by_id = clock.now(), by.user_id
    judge(kept, merged, PairStatus.SUSPECTED, by=by)
    db.session.flush()
    db.session.expire_all()
    for person in (kept, merged):
        _settle(person)
        record(
            Event.PERSON_MERGE_UNDONE,
            by=by,
            centre_id=merge.centre_id,
            subject=("person", person.id),
            details={"merge": str(merge.id), "rows": went_back},
        )
    return went_back


def tell_apart(one: Person, other: Person, *, by: Identity) -> None:
    """Remember that two files are of two persons, so that nobody is asked again; audited, idempotent."""
    if not by.can(Permission.PERSON_MERGE, one.centre_id):
        raise Forbidden
    pair = find_pair(one.id, other.id)
    if pair is not None and pair.status is PairStatus.DISTINCT:
        return
    judge(one, other, PairStatus.DISTINCT, by=by)
    details = {"other": str(other.id)}
    record(
        Event.PERSONS_TOLD_APART,
        by=by,
        centre_id=one.centre_id,
        subject=("person", one.id),
        details=details,
    )


def judge(one: Person, other: Person, status: PairStatus, *, by: Identity) -> None:
    """Write down what two files are to one another."""
    low, high = sorted((one.id, other.id))
    pair = find_pair(low, high)
    if pair is None:
        pair = PersonPair(low_id=low, high_id=high, centre_id=one.centre_id)
        db.session.add(pair)
    is_open = status is PairStatus.SUSPECTED
    pair.status = status
    pair.decided_at, pair.decided_by_id = (None, None) if is_open else (clock.now(), by.user_id)


def suspect(one: Person, other_id: UUID, *, score: float, reasons: Sequence[str]) -> None:
    """Note that two files may be one person's, unless somebody judged them before."""
    if find_pair(one.id, other_id) is not None:
        return
    low, high = sorted((one.id, other_id))
    pair = PersonPair(low_id=low, high_id=high, centre_id=one.centre_id, status=PairStatus.SUSPECTED)
    pair.score, pair.reasons = score, list(reasons)
    db.session.add(pair)


def _texts(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text or "" for name, text in values.items()}


def _refuse_unless_mergeable(kept: Person, merged: Person, by: Identity) -> None:
    if not by.can(Permission.PERSON_MERGE, kept.centre_id):
        raise Forbidden
    if kept.id == merged.id:
        raise Refused(_("A file cannot be merged with itself."))
    if kept.centre_id != merged.centre_id:
        raise Refused(_("The two files belong to two centres. Hand one over first."))
    if kept.merged_into_id or merged.merged_into_id:
        raise Refused(_("One of the files was merged already."))


def _move(child: Child, source: UUID, target: UUID) -> list[dict[str, Any]]:
    """Point the rows of one column from one person to another; what to know of each to point it back."""
    table, column = child.table, child.column
    keys: list[Column[Any]] = [key for key in table.primary_key.columns if key is not column]
    wanted = [column == source]
    # The same row may be there already, and nobody is related to themselves.
    wanted += [other.is_distinct_from(target) for other in child.others]
    for others in child.unique_with:
        same = table.alias()
        alike = and_(same.c[column.name] == target, *(same.c[one.name] == one for one in others))
        wanted.append(~exists().where(alike).correlate(table))
    rows = db.session.execute(select(*keys).where(*wanted).order_by(*keys)).all()
    for row in rows:
        here = [column == source, *(key == value for key, value in zip(keys, row, strict=True))]
        db.session.execute(_silent(update(table).where(*here).values({column.name: target})))
    return [
        {
            "table_name": table.name,
            "column_name": column.name,
            "row_key": {key.name: str(value) for key, value in zip(keys, row, strict=True)},
        }
        for row in rows
    ]


def _move_back(row: MergedRow, kept_id: UUID, merged_id: UUID) -> int:
    table = db.metadata.tables[row.table_name]
    column = table.c[row.column_name]
    here = [column == kept_id]
    here += [table.c[name] == _typed(table.c[name], text) for name, text in row.row_key.items()]
    result = db.session.execute(_silent(update(table).where(*here).values({column.name: merged_id})))
    return cast("CursorResult[Any]", result).rowcount


def _silent(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


def _typed(column: Column[Any], text: str) -> Any:
    kind = column.type.python_type
    return UUID(text) if kind is UUID else kind(text)


def _safer_plans(kept: Person, merged: Person) -> list[dict[str, Any]]:
    """Where both know one address, let the safer plan hold; what each was before and is now."""
    mine = {link.address_id: link for link in kept.addresses}
    plans = []
    for theirs in merged.addresses:
        if (link := mine.get(theirs.address_id)) is None:
            continue
        before = {name: getattr(link, name) for name in PLAN_PARTS}
        for name in SWITCHES_SAFER_OFF:
            setattr(link, name, before[name] and getattr(theirs, name))
        for name in SWITCHES_SAFER_ON:
            setattr(link, name, before[name] or getattr(theirs, name))
        link.safe_windows = before[WINDOWS] or theirs.safe_windows
        link.read_by = sorted({*(before[READERS] or ()), *(theirs.read_by or ())}) or None
        after = {name: getattr(link, name) for name in before}
        plans.append({"link": str(link.id), "before": before, "after": after})
    return plans


def _restore_plans(plans: Sequence[Mapping[str, Any]]) -> None:
    for plan in plans:
        link = db.session.get(PersonAddress, UUID(plan["link"]))
        if link is None:
            continue
        for name, value in plan["after"].items():
            if getattr(link, name) == value:
                setattr(link, name, plan["before"][name])


def _settle(person: Person) -> None:
    """Make keys anew, and let higher packages put right what depends on a person's cases."""
    db.session.flush()
    db.session.expire_all()
    index_names(person)
    after: Sequence[AfterMerge] = current_app.extensions.get(AFTER_MERGE, ())
    for put_right in after:
        put_right(person)
