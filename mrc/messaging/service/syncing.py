"""What the provider makes of our wordings: where each stands, and what it says otherwise than we do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from flask_babel import force_locale
from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.accounts.queries import identity_of_user
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.errors import NotFound
from mrc.messaging.approvals import BY_PROVIDER, STANDS, TEMPLATE, Trouble
from mrc.messaging.content import Content, ListedContent
from mrc.messaging.models import TemplateVersion
from mrc.messaging.queries.templates import get_version, list_submitted
from mrc.messaging.service.templates import step_version
from mrc.messaging.states import Category, TemplateStatus
from mrc.tasks.queries import exists_made_for
from mrc.tasks.service import NewTask, create_task
from mrc.tasks.states import TaskSource

PROVIDER = Identity.system("WhatsApp")
TO_LOOK_WITHIN = timedelta(days=1)
FEW = 3
"""More than so many are not deleted by hand within a quarter of an hour."""
log = structlog.get_logger("mrc.messaging")


def begin_submitting(version_id: UUID) -> tuple[Content, str | None] | None:
    """What to hand over for a wording, with the provider's id if it has one already; None when it is not
    waiting any more.
    """
    version = get_version(version_id, lock=True)
    if version.status is not TemplateStatus.PENDING:
        return None
    return content_of(version), version.content_sid


def store_content(version_id: UUID, sid: str) -> str | None:
    """Write down the provider's id; the category to ask for, None when the wording is not waiting any
    more.
    """
    version = get_version(version_id, lock=True)
    if version.status is not TemplateStatus.PENDING:
        return None
    version.content_sid = sid
    return version.template.category.value


def refuse_submission(version_id: UUID, reason: str) -> None:
    """The provider would not even take it; audited, and somebody is told."""
    version = get_version(version_id, lock=True)
    if version.status is TemplateStatus.PENDING:
        step_version(version, "reject", by=PROVIDER, rejection=reason)
        _tell(version, "rejected")


def store_listed(listed: Sequence[ListedContent]) -> int:
    """Compare our wordings with the provider's list; audited. Returns how many changed.

    What is not in the list any more, or reads otherwise than it was reviewed, is never sent again. A list
    that has none of ours is of another account: then nothing changes, because there is no way back.
    """
    by_sid = {found.sid: found for found in listed}
    ours = list_submitted()
    seen = [known for known in ours if known.synced_at is not None]
    if len(seen) > FEW and not any(known.content_sid in by_sid for known in seen):
        log.error("the provider's list has none of our wordings", count=len(seen))
        return 0
    changed = 0
    for known in ours:
        version = get_version(known.id, lock=True)
        found = by_sid.get(version.content_sid or "")
        if found is not None:
            changed += _follow(version, found)
            version.synced_at = clock.now()
        elif version.synced_at is not None and version.status is not TemplateStatus.REJECTED:
            # Never seen yet, it may not be in the list so soon; seen before, it was deleted there.
            _disable(version, Trouble.DELETED)
            changed += 1
    return changed


def content_of(version: TemplateVersion) -> Content:
    """A wording as the provider keeps it."""
    return Content(
        name=f"{version.template.key}_{version.language}_{version.number}".lower(),
        language=version.language,
        body=version.body,
        samples=tuple(variable["sample"] for variable in version.variables),
        buttons=tuple((button["id"], button["title"]) for button in version.buttons),
    )


def same_wording(content: Content, found: ListedContent) -> bool:
    """True when the provider keeps what we wrote."""
    return (found.body.strip(), found.buttons) == (content.body.strip(), content.buttons)


def where_at_work(user_id: UUID) -> tuple[Identity, UUID] | None:
    """Somebody and the first of their centres in which they have tasks; None when there is none."""
    try:
        identity = identity_of_user(user_id)
    except NotFound:
        return None
    centres = [key for key in sorted(identity.home_centre_ids) if identity.can(Permission.TASK_WORK, key)]
    return (identity, centres[0]) if centres else None


def _follow(version: TemplateVersion, found: ListedContent) -> bool:
    if not same_wording(content_of(version), found):
        if version.status is TemplateStatus.REJECTED:
            return False
        _disable(version, Trouble.CHANGED)
        return True
    action = BY_PROVIDER.get(found.status)
    moved = action is not None and version.status is not STANDS[action] and _can(version, action)
    if moved and action is not None:
        step_version(version, action, by=PROVIDER, rejection=found.reason)
        if action != "accept":
            _tell(version, found.status)
    return _note_category(version, found) or moved


def _note_category(version: TemplateVersion, found: ListedContent) -> bool:
    """WhatsApp may sell a utility as marketing: another price, and it may not be delivered (63049)."""
    if found.category not in set(Category) or version.approved_category == found.category:
        return False
    version.approved_category = Category(found.category)
    if version.approved_category is not version.template.category:
        version.trouble = Trouble.CATEGORY
        _record(version, Trouble.CATEGORY)
        _tell(version, f"category_{found.category}")
    return True


def _disable(version: TemplateVersion, trouble: Trouble) -> None:
    step_version(version, "disable", by=PROVIDER, trouble=trouble)
    _record(version, trouble)
    _tell(version, trouble.value)


def _can(version: TemplateVersion, action: str) -> bool:
    return action in {step.name for step in TEMPLATE.allowed(version.status)}


def _record(version: TemplateVersion, trouble: Trouble) -> None:
    record(
        Event.TEMPLATE_TROUBLE,
        by=PROVIDER,
        centre_id=None,
        subject=("template_version", version.id),
        details={"key": version.template.key, "language": version.language, "trouble": trouble.value},
    )


def _tell(version: TemplateVersion, what: str) -> None:
    """A task for whoever wrote it, else for who reviewed it. The administrators see it in their menu."""
    log.warning("a template is in trouble", key=version.template.key, language=version.language, what=what)
    dedupe_key = f"template:{version.id}:{what}"
    if exists_made_for(dedupe_key):
        return
    for user_id in (version.written_by_id, version.reviewed_by_id):
        if user_id is not None and (place := where_at_work(user_id)) is not None:
            identity, centre_id = place
            with force_locale(identity.locale):
                title = _(
                    "Look at the template %(key)s (%(language)s): WhatsApp does not let it through as it is",
                    key=version.template.key, language=version.language,
                )  # fmt: skip
            task = NewTask(
                "review", clock.now() + TO_LOOK_WITHIN, title=title, assignee_id=user_id,
                source=TaskSource.RULE, dedupe_key=dedupe_key,
            )  # fmt: skip
            create_task(task, centre_id=centre_id, by=PROVIDER)
            return
