"""The wordings that come with the house: drafts until somebody here reviews them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from mrc.core.db import db
from mrc.messaging.models import MessageTemplate, TemplateVersion
from mrc.messaging.queries.templates import list_templates, next_number
from mrc.messaging.service.templates import NewTemplate, NewWording
from mrc.messaging.states import Category, Purpose, TemplateStatus

DATA = Path(__file__).parent.parent / "data" / "templates.json"


def shipped_templates() -> Iterator[tuple[NewTemplate, list[NewWording]]]:
    """Every shipped template with its wording in each language, as the data file states them."""
    for item in json.loads(DATA.read_text(encoding="utf-8")):
        template = NewTemplate(
            item["key"], item["title"], Purpose(item["purpose"]), Category(item["category"])
        )
        names, buttons = item.get("variables", ()), item.get("buttons", {})
        yield (
            template,
            [
                NewWording(
                    language,
                    body,
                    [{"name": name, "sample": item["samples"][name][language]} for name in names],
                    [{"id": name, "title": titles[language]} for name, titles in buttons.items()],
                )
                for language, body in item["texts"].items()
            ],
        )


def load_shipped_templates() -> int:
    """Add the shipped wordings as drafts; returns how many were written. Safe to repeat.

    A draft that nobody here touched is refreshed; beside one that was worked on, a changed wording becomes
    the next version.
    """
    known = {template.key: template for template in list_templates()}
    written = 0
    for new, wordings in shipped_templates():
        template = known.get(new.key)
        if template is None:
            template = MessageTemplate(key=new.key, title=new.title)
            template.purpose, template.category = new.purpose, new.category
            db.session.add(template)
            db.session.flush()
        written += sum(_load(template, wording) for wording in wordings)
    db.session.flush()
    return written


def _load(template: MessageTemplate, wording: NewWording) -> bool:
    columns = wording.columns()
    of_house = [
        version
        for version in template.versions
        if version.language == wording.language and version.written_by_id is None
    ]
    if any({name: getattr(version, name) for name in columns} == columns for version in of_house):
        return False
    newest = max(of_house, key=lambda version: version.number, default=None)
    if newest is None or newest.status is not TemplateStatus.DRAFT:
        newest = TemplateVersion(
            template=template,
            language=wording.language,
            number=next_number(template.id, wording.language),
            status=TemplateStatus.DRAFT,
        )
        db.session.add(newest)
    for name, value in columns.items():
        setattr(newest, name, value)
    return True
