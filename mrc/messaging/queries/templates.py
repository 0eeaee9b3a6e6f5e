"""Which wordings there are, and which of them may be sent now."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from mrc.core.db import db
from mrc.messaging.models import MessageTemplate, TemplateVersion
from mrc.messaging.states import Purpose, TemplateStatus

S = TemplateStatus


def usable_version(key: str, language: str | None, *, fallback: Sequence[str] = ()) -> TemplateVersion | None:
    """The newest approved wording of a template in a language, else in the first of `fallback` that has one
    (the centre's language, English); None when it may not be sent in any.
    """
    wanted = list(dict.fromkeys(tag for tag in (language, *fallback) if tag))
    query = _usable().where(MessageTemplate.key == key, TemplateVersion.language.in_(wanted))
    found: dict[str, TemplateVersion] = {}
    for version in db.session.scalars(query):
        found.setdefault(version.language, version)
    return next((found[tag] for tag in wanted if tag in found), None)


def list_usable(purpose: Purpose | None = None) -> list[TemplateVersion]:
    """The newest approved wording of each template and language, by the template's key; of one purpose when
    it is named.
    """
    query = _usable()
    if purpose is not None:
        query = query.where(MessageTemplate.purpose == purpose)
    newest: dict[tuple[UUID, str], TemplateVersion] = {}
    for version in db.session.scalars(query):
        newest.setdefault((version.template_id, version.language), version)
    return list(newest.values())


def is_usable(version: TemplateVersion) -> bool:
    """True while a wording may be sent: asked once more at sending."""
    return version.status is S.APPROVED and version.template.retired_at is None


def next_number(template_id: UUID, language: str) -> int:
    """The number of the next version in a language."""
    newest = db.session.scalar(
        select(func.max(TemplateVersion.number)).where(
            TemplateVersion.template_id == template_id, TemplateVersion.language == language
        )
    )
    return (newest or 0) + 1


def _usable() -> Select[TemplateVersion]:
    return (
        select(TemplateVersion)
        .join(TemplateVersion.template)
        .options(joinedload(TemplateVersion.template))
        .where(TemplateVersion.status == S.APPROVED, MessageTemplate.retired_at.is_(None))
        .order_by(MessageTemplate.key, TemplateVersion.language, TemplateVersion.number.desc())
    )
