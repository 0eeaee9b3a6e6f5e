"""Wordings for tests that send them."""

from __future__ import annotations

from uuid import uuid4

from mrc.core.db import db
from mrc.messaging.models import MessageTemplate, TemplateVersion
from mrc.messaging.queries.templates import find_template, next_number
from mrc.messaging.states import Category, Purpose, TemplateStatus

NUDGE_WORDS = "You have an answer. Write to read it."


def make_wording(
    key: str,
    body: str,
    places: tuple[str, ...] = (),
    *,
    language: str = "en",
    purpose: Purpose = Purpose.NOTICE,
) -> TemplateVersion:
    """An approved wording, the newest of its template where the house ships one; committed."""
    template = find_template(key)
    if template is None:
        template = MessageTemplate(key=key, title=key, purpose=purpose, category=Category.UTILITY)
        db.session.add(template)
        db.session.flush()
    version = TemplateVersion(
        template_id=template.id,
        language=language,
        number=next_number(template.id, language),
        is_for_shared=True,
        body=body,
        variables=[{"name": place, "sample": place} for place in places],
        status=TemplateStatus.APPROVED,
        content_sid=f"HX{uuid4().hex}",
    )
    db.session.add(version)
    db.session.commit()
    return version
