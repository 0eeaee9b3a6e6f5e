"""Wordings that WhatsApp approves: written by one, reviewed by another, submitted, and watched ever after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.states import move
from mrc.i18n.locales import LOCALES
from mrc.jobs.service import enqueue
from mrc.messaging.approvals import TEMPLATE
from mrc.messaging.lexicon import faults_of_version
from mrc.messaging.models import MessageTemplate, TemplateVersion
from mrc.messaging.queries.templates import find_template, next_number
from mrc.messaging.states import Category, Purpose, TemplateStatus
from mrc.messaging.wording import NAME, faults_of_wording

LONGEST_NOTE = 500


@dataclass(frozen=True)
class NewWording:
    """A wording in one language. Variables: name and sample of each place; buttons: id and title of each."""

    language: str
    body: str
    variables: Sequence[Mapping[str, str]] = ()
    buttons: Sequence[Mapping[str, str]] = ()

    def columns(self) -> dict[str, Any]:
        """The wording as the row keeps it."""
        return {
            "body": self.body.strip(),
            "variables": [dict(variable) for variable in self.variables],
            "buttons": [dict(button) for button in self.buttons],
        }


@dataclass(frozen=True)
class NewTemplate:
    """What a template is for, before it has words."""

    key: str
    title: str
    purpose: Purpose
    category: Category = Category.UTILITY


def draft_template(new: NewTemplate, wording: NewWording, *, by: Identity) -> TemplateVersion:
    """Write a new template and its first wording; audited. Raises Forbidden, or Refused by field."""
    _refuse_unless(by, Permission.TEMPLATE_MANAGE)
    if not NAME.fullmatch(new.key):
        raise Refused(fields={"key": _("Name it with small Latin letters, such as please_call.")})
    if find_template(new.key) is not None:
        raise Refused(fields={"key": _("There is a template of this name already.")})
    if not new.title.strip():
        raise Refused(fields={"title": _("Write what staff call it.")})
    _refuse_unfit(wording)
    template = MessageTemplate(**asdict(new))
    db.session.add(template)
    db.session.flush()
    return _draft(template, wording, by)


def draft_version(template: MessageTemplate, wording: NewWording, *, by: Identity) -> TemplateVersion:
    """Write a wording in another language, or the next version of one; audited. What is approved stays in
    use until the new one is. Raises Forbidden, or Refused by field.
    """
    _refuse_unless(by, Permission.TEMPLATE_MANAGE)
    if template.retired_at is not None:
        raise Refused(_("The template is retired."))
    _refuse_unfit(wording)
    return _draft(template, wording, by)


def change_draft(version: TemplateVersion, wording: NewWording, *, by: Identity) -> None:
    """Write over a draft; audited. Whoever changed it has written it, so somebody else reviews it.

    Raises Forbidden, or Refused: by field, and once it is no draft any more.
    """
    _refuse_unless(by, Permission.TEMPLATE_MANAGE)
    if version.status is not TemplateStatus.DRAFT:
        raise Refused(_("Only a draft can be changed. Write a new version instead."))
    _refuse_unfit(wording)
    values = wording.columns()
    before = {name: getattr(version, name) for name in values}
    if before == values:
        return
    for name, value in values.items():
        setattr(version, name, value)
    version.written_by_id = by.user_id
    _record(Event.TEMPLATE_CHANGED, version, by, changes=changes_between(before, values))


def review_version(version: TemplateVersion, *, by: Identity, is_for_shared: bool = True) -> None:
    """Say that a colleague's wording is right; audited. Never one's own.

    For a phone that others read it must hold no word of the lexicon; otherwise it is marked as not for such
    phones, and the sender holds it there. Raises Forbidden, Refused with the words that were found, or
    TransitionRefused.
    """
    _refuse_unless(by, Permission.TEMPLATE_APPROVE)
    if by.user_id is not None and version.written_by_id == by.user_id:
        raise Refused(_("You wrote this yourself: a colleague reviews it."))
    _refuse_unfit(NewWording(version.language, version.body, version.variables, version.buttons))
    found = faults_of_version(version, version.language)
    if found and is_for_shared:
        words = "; ".join(map(str, found))
        raise Refused(
            _(
                "Others may read this on a shared phone. %(words)s. Change it, or mark it as not for "
                "shared phones.",
                words=words,
            )
        )
    step_version(version, "review", by=by, reviewed_by_id=by.user_id, is_for_shared=is_for_shared)


def submit_version(version: TemplateVersion, *, by: Identity) -> None:
    """Hand a reviewed wording to WhatsApp through a job; audited. Raises Forbidden or TransitionRefused."""
    step_version(version, "submit", by=by, rejection="", trouble=None)
    # Its version tells this submission from an earlier one of the same wording.
    db.session.flush()
    enqueue(
        "messaging.submit_template",
        {"version_id": str(version.id)},
        dedupe_key=f"submit_template:{version.id}:{version.version}",
    )


def take_back_version(version: TemplateVersion, *, by: Identity) -> None:
    """Make a draft of a reviewed wording again; audited."""
    step_version(version, "take_back", by=by, reviewed_by_id=None, is_for_shared=False)


def retire_version(version: TemplateVersion, *, by: Identity) -> None:
    """Stop using a wording for good; at the provider it is deleted by a job. Audited."""
    step_version(version, "retire", by=by, trouble=None)
    if version.content_sid:
        enqueue(
            "messaging.delete_content",
            {"content_sid": version.content_sid},
            dedupe_key=f"delete_content:{version.content_sid}",
        )


def accept_category(version: TemplateVersion, *, by: Identity) -> None:
    """Go on with the category that WhatsApp made of it, and its price; audited. Idempotent."""
    _refuse_unless(by, Permission.TEMPLATE_MANAGE)
    if version.approved_category is not None and version.trouble is not None:
        version.template.category, version.trouble = version.approved_category, None
        _record(Event.TEMPLATE_CHANGED, version, by, category=version.approved_category.value)


def retire_template(template: MessageTemplate, *, by: Identity) -> None:
    """Offer a template in no language any more; audited, idempotent. Its wordings stay to be read."""
    _refuse_unless(by, Permission.TEMPLATE_MANAGE)
    if template.retired_at is None:
        template.retired_at = clock.now()
        record(
            Event.TEMPLATE_RETIRED, by=by, centre_id=None, subject=("message_template", template.id),
            details={"key": template.key},
        )  # fmt: skip


def sync_now(*, by: Identity) -> None:
    """Ask the provider at once where the wordings stand, through a job."""
    _refuse_unless(by, Permission.TEMPLATE_MANAGE)
    enqueue("messaging.sync_templates", {})


def step_version(version: TemplateVersion, action: str, *, by: Identity, **facts: object) -> None:
    """Take one step of the table; audited. Raises TransitionRefused, Forbidden, or Refused with what is
    missing.
    """

    def write(event: Any, who: Identity, before: str, after: str) -> None:
        _record(event, version, who, **{"from": before, "to": after})

    move(version, action, TEMPLATE, by=by, centre_id=None, permits=_may, record=write, **facts)


def _draft(template: MessageTemplate, wording: NewWording, by: Identity) -> TemplateVersion:
    version = TemplateVersion(
        template=template,
        language=wording.language,
        number=next_number(template.id, wording.language),
        written_by_id=by.user_id,
        status=TemplateStatus.DRAFT,
        **wording.columns(),
    )
    db.session.add(version)
    db.session.flush()
    _record(Event.TEMPLATE_DRAFTED, version, by)
    return version


def _refuse_unfit(wording: NewWording) -> None:
    if wording.language not in LOCALES:
        raise Refused(fields={"language": _("Choose a language.")})
    if found := faults_of_wording(wording.body, wording.variables, wording.buttons):
        raise Refused(" ".join(found.values()), fields=found)


def _refuse_unless(by: Identity, permission: Permission) -> None:
    if not by.can(permission):
        raise Forbidden


def _may(by: Identity, permission: StrEnum, _centre_id: UUID | None) -> bool:
    return by.can(Permission(str(permission)))


def _record(
    event: Event, version: TemplateVersion, by: Identity, *, changes: Sequence[Any] = (), **details: str
) -> None:
    about = {"key": version.template.key, "language": version.language, "number": version.number}
    record(
        event, by=by, centre_id=None, subject=("template_version", version.id), details=about | details,
        changes=changes,
    )  # fmt: skip
