"""The one timeline of a person or a case, put together from sources that packages register.

A source is a function of a package's queries room that gives the newest rows before a point, and a macro
that shows one row. The frame asks each source once and merges by (instant, id), so the cost does not grow
with what is in the file, and any package adds a source without being imported here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, current_app, request
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from mrc.access.identity import Identity
from mrc.core.errors import Refused
from mrc.i18n.calendars import PartialDate

Point = tuple[datetime, UUID]
SHOWN = 30
LOOKED_THROUGH = 200
"""How many rows of a source are looked through at a time for those of one colleague."""
LAST_ID = UUID(int=2**128 - 1)


class TimelineRows(Protocol):
    """The newest rows of one kind, visible to `by`, older than `before`, by (instant, id) descending.

    Of the case when one is named, else of the person; at most `size`, in one indexed query.
    """

    def __call__(
        self, *, by: Identity, person_id: UUID, case_id: UUID | None, before: Point | None, size: int
    ) -> Sequence[Any]: ...


@dataclass(frozen=True)
class TimelineSource:
    """One kind of thing that happens. Several sources may share a kind and then share its chip.

    `at` and `author` name attributes of the rows; `template` holds the macro `macro(row, people)`, where
    `people` maps user ids to names.
    """

    kind: str
    label: LazyString
    rows: TimelineRows
    template: str
    macro: str
    at: str
    author: str | None = None
    is_of_person: bool = False
    """True for what belongs to the person and to no case: the page of a case does not ask for it."""


@dataclass(frozen=True)
class TimelineFilter:
    """What the chips over a timeline say; empty fields do not narrow. Instants are aware UTC."""

    kinds: frozenset[str] = frozenset()
    author_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened, with the source that can show it."""

    source: TimelineSource
    at: datetime
    row: Any

    @property
    def key(self) -> Point:
        return self.at, self.row.id

    @property
    def author_id(self) -> UUID | None:
        return getattr(self.row, self.source.author) if self.source.author else None


@dataclass(frozen=True)
class Timeline:
    """A part of a timeline, newest first; `older` is the cursor of the next part, None at the end."""

    entries: tuple[TimelineEntry, ...]
    older: str | None

    @property
    def author_ids(self) -> set[UUID]:
        """Whose names the entries need."""
        return {entry.author_id for entry in self.entries if entry.author_id}


def init_timeline(app: Flask, found: Iterable[TimelineSource]) -> None:
    """Keep the sources in their order and offer `timeline_row(entry, people)` to the templates."""
    app.extensions["mrc_timeline_sources"] = tuple(found)
    app.jinja_env.globals["timeline_row"] = _row


def sources() -> tuple[TimelineSource, ...]:
    """All sources, in the order of the registry."""
    found: tuple[TimelineSource, ...] = current_app.extensions["mrc_timeline_sources"]
    return found


def timeline_kinds(*, of_case: bool = False) -> list[tuple[str, LazyString]]:
    """The kinds with their words, each once, in the order of the registry; for a case those it can hold."""
    found = [source for source in sources() if not (of_case and source.is_of_person)]
    return list({source.kind: (source.kind, source.label) for source in found}.values())


def read_timeline(
    *,
    by: Identity,
    person_id: UUID,
    case_id: UUID | None = None,
    wanted: TimelineFilter | None = None,
    before: Point | None = None,
    size: int = SHOWN,
    without: Collection[str] = (),
) -> Timeline:
    """The newest entries older than `before` that the filter lets through; one query for each source but
    those of the kinds of which the caller knows that there are none.

    With a colleague named, a part may hold fewer than `size` entries though older ones follow.
    """
    wanted = wanted or TimelineFilter()
    before = _earlier(before, wanted.until)
    asked = size + 1 if wanted.author_id is None else LOOKED_THROUGH
    entries: list[TimelineEntry] = []
    horizon: Point | None = None
    for source in sources():
        is_wanted = source.kind not in without and (not wanted.kinds or source.kind in wanted.kinds)
        if not is_wanted or (case_id and source.is_of_person):
            continue
        rows = source.rows(by=by, person_id=person_id, case_id=case_id, before=before, size=asked)
        found = [TimelineEntry(source, getattr(row, source.at), row) for row in rows]
        entries += found
        if len(found) == asked:
            # Behind its last row this source may have more, so nothing older may be shown yet.
            horizon = max(horizon, found[-1].key) if horizon else found[-1].key
    return _cut(sorted(entries, key=lambda entry: entry.key, reverse=True), horizon, wanted, size)


def parse_point(text: str | None) -> Point | None:
    """The point a timeline goes on from; None for anything that we did not write ourselves."""
    at, _, row_id = (text or "").partition("_")
    try:
        instant, key = datetime.fromisoformat(at), UUID(row_id)
    except ValueError:
        return None
    return (instant, key) if instant.tzinfo else None


def filter_from_url(zone: ZoneInfo) -> TimelineFilter:
    """The filter of the present address: `kind`, `by`, `since` and `until`, days in the given time zone."""
    return TimelineFilter(
        kinds=frozenset(filter(None, request.args.get("kind", "").split(","))),
        author_id=_uuid(request.args.get("by")),
        since=start_of(_day(request.args.get("since")), zone),
        until=end_of(_day(request.args.get("until")), zone),
    )


def start_of(day: PartialDate | None, zone: ZoneInfo) -> datetime | None:
    """The first instant of a day, month or year."""
    return None if day is None else datetime.combine(day.earliest, time.min, zone).astimezone(UTC)


def end_of(day: PartialDate | None, zone: ZoneInfo) -> datetime | None:
    """The last instant of a day, month or year."""
    return None if day is None else datetime.combine(day.latest, time.max, zone).astimezone(UTC)


def _row(entry: TimelineEntry, people: Mapping[UUID, str]) -> Markup:
    """One entry, shown by the macro of its source."""
    module = current_app.jinja_env.get_template(entry.source.template).module
    shown: Markup = getattr(module, entry.source.macro)(entry.row, people)
    return shown


def _cut(
    entries: Sequence[TimelineEntry], horizon: Point | None, wanted: TimelineFilter, size: int
) -> Timeline:
    complete = [entry for entry in entries if horizon is None or entry.key >= horizon]
    fitting = list(_fitting(complete, wanted))
    shown = tuple(fitting[:size])
    if len(fitting) > size:
        return Timeline(shown, _written(shown[-1].key))
    is_end = horizon is None or (wanted.since is not None and horizon[0] < wanted.since)
    return Timeline(shown, None if is_end or horizon is None else _written(horizon))


def _fitting(entries: Iterable[TimelineEntry], wanted: TimelineFilter) -> Iterable[TimelineEntry]:
    for entry in entries:
        is_theirs = wanted.author_id is None or entry.author_id == wanted.author_id
        if is_theirs and (wanted.since is None or entry.at >= wanted.since):
            yield entry


def _earlier(before: Point | None, until: datetime | None) -> Point | None:
    if until is None:
        return before
    return min(before, (until, LAST_ID)) if before else (until, LAST_ID)


def _written(point: Point) -> str:
    return f"{point[0].isoformat()}_{point[1]}"


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _day(text: str | None) -> PartialDate | None:
    try:
        return PartialDate.from_iso(text) if text else None
    except Refused:
        return None
