"""Which wordings may be sent."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mrc.core.db import db
from mrc.messaging.models import MessageTemplate, TemplateVersion
from mrc.messaging.states import TemplateStatus


def usable_version(key: str, language: str, *, fallback: str | None = None) -> TemplateVersion | None:
    """The newest approved wording of a template in a language, else in the fallback; None without one."""
    tags = [language] if fallback in {None, language} else [language, fallback]
    query = (
        select(TemplateVersion)
        .join(TemplateVersion.template)
        .options(joinedload(TemplateVersion.template))
        .where(
            MessageTemplate.key == key,
            MessageTemplate.retired_at.is_(None),
            TemplateVersion.language.in_(tags),
            TemplateVersion.status == TemplateStatus.APPROVED,
        )
        .order_by(TemplateVersion.number.desc())
    )
    found = db.session.scalars(query).all()
    return next((version for tag in tags for version in found if version.language == tag), None)
