"""Loading districts below the shipped provinces, from the official lists of p-codes.

The humanitarian data exchange publishes them for each country (OCHA, common operational datasets): some
hundred names each, which change. They are loaded where they are wanted, and stay when the release changes.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.core.text import clean
from mrc.i18n.locales import LOCALES
from mrc.vocab.models import Code
from mrc.vocab.queries import forget_lists

LIST = "districts"
NEEDED = ("code", "parent", "en")
P_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]{1,14}")
BELOW = 1_000
"""Provinces stand before everything that is loaded."""


def load_places(path: Path, *, by: Identity) -> int:
    """Add or refresh the places of a CSV file with the columns code, parent, en and any of our languages;
    audited. Returns how many were written.

    A parent is a place that is known or stands further up in the file. Raises Refused, and writes nothing,
    for a file without these columns and with the number of the first line that is wrong.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(f"{path.name} is no CSV file in UTF-8.") from error
    if not rows or not set(NEEDED) <= rows[0].keys():
        raise Refused(f"{path.name} needs the columns {', '.join(NEEDED)}.")
    known = {row.code: row for row in db.session.scalars(select(Code).where(Code.list_name == LIST))}
    for number, row in enumerate(rows, start=2):
        _load(row, number, known)
    db.session.flush()
    forget_lists()
    details = {"list": LIST, "loaded": len(rows)}
    record(Event.CODE_CHANGED, by=by, centre_id=None, details=details)
    return len(rows)


def _load(row: dict[str, str | None], number: int, known: dict[str, Code]) -> None:
    texts = {name: clean(row.get(name) or "").strip() for name in (*NEEDED, *LOCALES)}
    code, parent = texts["code"].upper(), known.get(texts["parent"].upper())
    if not P_CODE.fullmatch(code):
        raise Refused(f"Line {number}: {texts['code']!r} is no p-code.")
    if parent is None:
        raise Refused(f"Line {number}: the parent {texts['parent']!r} is not known.")
    if not texts["en"]:
        raise Refused(f"Line {number}: the English name is missing.")
    place = known.get(code)
    if place is None:
        place = Code(list_name=LIST, code=code, sort=BELOW + len(known))
        db.session.add(place)
        known[code] = place
    place.country, place.group_code, place.is_local = parent.country, parent.code, True
    place.labels = {tag: texts[tag] for tag in LOCALES if texts.get(tag)}
