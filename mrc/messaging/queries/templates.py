"""Which wordings there are, and which of them may be sent now."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.messaging.approvals import DECIDED, IN_TROUBLE
from mrc.messaging.models import MessageTemplate, TemplateVersion
from mrc.messaging.states import Purpose, TemplateStatus

S = TemplateStatus


def usable_version(
    key: str, language: str | None, *, fallback: str | Sequence[str] | None = None
) -> TemplateVersion | None:
    """The newest approved wording of a template in a language, else in the first of `fallback` that has one
    (the centre's language, English); None when it may not be sent in any.
    """
    others = (fallback,) if isinstance(fallback, str) else fallback or ()
    wanted = list(dict.fromkeys(tag for tag in (language, *others) if tag))
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


def find_template(key: str) -> MessageTemplate | None:
    """The template of that key, retired ones too."""
    return db.session.scalar(select(MessageTemplate).where(MessageTemplate.key == key))


def list_templates() -> Sequence[MessageTemplate]:
    """Every template with all its wordings, by key."""
    query = select(MessageTemplate).options(selectinload(MessageTemplate.versions))
    return db.session.scalars(query.order_by(MessageTemplate.key)).all()


def get_template(template_id: UUID) -> MessageTemplate:
    """The template. Raises NotFound."""
    if (template := db.session.get(MessageTemplate, template_id)) is None:
        raise NotFound
    return template


def get_version(version_id: UUID, *, lock: bool = False) -> TemplateVersion:
    """A wording, held until the transaction ends when asked for. Raises NotFound."""
    query = select(TemplateVersion).where(TemplateVersion.id == version_id)
    if lock:
        query = query.with_for_update(of=TemplateVersion).execution_options(populate_existing=True)
    if (version := db.session.scalar(query)) is None:
        raise NotFound
    return version


def list_submitted() -> Sequence[TemplateVersion]:
    """The wordings that the provider has or had, and that are still of interest, each with its template."""
    query = (
        select(TemplateVersion)
        .options(joinedload(TemplateVersion.template))
        .where(TemplateVersion.content_sid.is_not(None), TemplateVersion.status.in_(DECIDED))
    )
    return db.session.scalars(query.order_by(TemplateVersion.id)).all()


def list_troubled() -> list[TemplateVersion]:
    """The wordings about which somebody must do something: refused, paused, disabled or changed by the
    provider, while there is no newer one in their place.
    """
    newer = aliased(TemplateVersion)
    is_replaced = (
        select(newer.id)
        .where(
            newer.template_id == TemplateVersion.template_id,
            newer.language == TemplateVersion.language,
            newer.number > TemplateVersion.number,
        )
        .exists()
    )
    query = (
        select(TemplateVersion)
        .join(TemplateVersion.template)
        .options(joinedload(TemplateVersion.template))
        .where(
            MessageTemplate.retired_at.is_(None),
            TemplateVersion.status != S.RETIRED,
            or_(TemplateVersion.status.in_(IN_TROUBLE), TemplateVersion.trouble.is_not(None)),
            ~is_replaced,
        )
    )
    return list(db.session.scalars(query.order_by(MessageTemplate.key, TemplateVersion.language)))


def count_troubled(identity: Identity) -> int:
    """How many wordings need somebody, for the menu."""
    return len(list_troubled()) if identity.can(Permission.TEMPLATE_MANAGE) else 0


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
