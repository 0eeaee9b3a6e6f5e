"""Reading code lists. They are small and change rarely: kept in the process, read again when
one was changed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel import Locale
from flask import Flask, current_app
from flask_babel import get_locale
from sqlalchemy import select

from mrc.core.db import db
from mrc.vocab.models import Code

SOURCE = "en"
KEPT_SECONDS = 30
COUNTRY_LISTS = frozenset({"nationalities", "countries"})
NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@dataclass(frozen=True)
class Choice:
    """A code as a form offers it."""

    code: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Entry:
    """A code as it is kept in the process."""

    code: str
    labels: Mapping[str, str]
    group: str
    country: str
    is_retired: bool


@dataclass(frozen=True)
class Lists:
    """Every list, as read at one moment."""

    read_at: float
    by_name: Mapping[str, Mapping[str, Entry]]


def init_vocab(app: Flask) -> None:
    """Offer labels to the templates."""
    app.jinja_env.globals["label_of"] = label
    app.jinja_env.filters["code_label"] = lambda code, list_name: label(list_name, code)


def choices(list_name: str, country: str | None = None) -> tuple[Choice, ...]:
    """The codes that are offered now, in order, with their words in the reader's language.

    With a country those of that country and those of everywhere; without one, all.
    """
    if list_name in COUNTRY_LISTS:
        return _countries(_tag())
    found = _lists().by_name.get(list_name, {})
    return tuple(
        Choice(entry.code, _words(entry.labels), entry.group)
        for entry in found.values()
        if not entry.is_retired and (not country or entry.country in ("", country))
    )


def label(list_name: str, code: str | None) -> str:
    """The words of a code in the reader's language, of a retired one too; the code itself
    when it is unknown.
    """
    if not code:
        return ""
    if list_name in COUNTRY_LISTS:
        return str(Locale.parse(_tag()).territories.get(code, code))
    entry = _lists().by_name.get(list_name, {}).get(code)
    return _words(entry.labels) if entry else code


def group_label(list_name: str, group: str) -> str:
    """The words of a group of a list."""
    return label(f"{list_name}_groups", group)


def get_code(list_name: str, code: str) -> Code | None:
    """The row of a code."""
    return db.session.scalar(select(Code).where(Code.list_name == list_name, Code.code == code))


def list_codes(list_name: str) -> Sequence[Code]:
    """The rows of a list in order, retired ones too."""
    query = select(Code).where(Code.list_name == list_name)
    return db.session.scalars(query.order_by(Code.sort, Code.code)).all()


def forget_lists() -> None:
    """Read the lists anew at the next question."""
    current_app.extensions.pop("mrc_lists", None)


def _lists() -> Lists:
    """The lists of this process, at most half a minute old: a change made through another process is seen
    then.
    """
    known: Lists | None = current_app.extensions.get("mrc_lists")
    if known is None or not known.by_name or time.monotonic() - known.read_at > KEPT_SECONDS:
        known = _read()
        current_app.extensions["mrc_lists"] = known
    return known


def _read() -> Lists:
    by_name: dict[str, dict[str, Entry]] = {}
    for row in db.session.scalars(select(Code).order_by(Code.list_name, Code.sort, Code.code)):
        entry = Entry(row.code, dict(row.labels), row.group_code, row.country, row.retired_on is not None)
        by_name.setdefault(row.list_name, {})[row.code] = entry
    return Lists(time.monotonic(), by_name)


def _tag() -> str:
    return str(get_locale() or SOURCE)


def _words(labels: Mapping[str, str]) -> str:
    return labels.get(_tag()) or labels[SOURCE]


def _countries(tag: str) -> tuple[Choice, ...]:
    names = Locale.parse(tag).territories
    found = [
        Choice(code, str(name))
        for code, name in names.items()
        if len(code) == 2 and code not in NOT_COUNTRIES
    ]
    return tuple(sorted(found, key=lambda choice: choice.label))
