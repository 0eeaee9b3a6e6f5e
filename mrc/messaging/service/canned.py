"""Ready answers: drafted by one, approved by another, read again when their day comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import force_locale
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
from mrc.messaging.answers import faults_of_answer
from mrc.messaging.approvals import ANSWER
from mrc.messaging.models import CannedAnswer
from mrc.messaging.queries.answers import exists_answer, list_to_review
from mrc.messaging.service.syncing import where_at_work
from mrc.messaging.states import AnswerStatus
from mrc.tasks.queries import exists_made_for
from mrc.tasks.service import NewTask, create_task
from mrc.tasks.states import TaskSource

GOOD_FOR = timedelta(days=180)
"""So long an approved answer counts as right, unless another day is named."""
LONGEST_GOOD = timedelta(days=730)
TO_READ_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class NewAnswer:
    """A ready answer in one language."""

    shortcut: str
    title: str
    language: str
    body: str


def draft_answer(new: NewAnswer, *, centre_id: UUID | None, by: Identity) -> CannedAnswer:
    """Write a ready answer of a centre, or of all when there is none; audited. Raises Forbidden, or Refused
    by field.
    """
    _refuse_elsewhere(centre_id, Permission.LIBRARY_WRITE, by)
    new = _fit(new, centre_id)
    answer = CannedAnswer(
        centre_id=centre_id, status=AnswerStatus.DRAFT, written_by_id=by.user_id, **asdict(new)
    )
    db.session.add(answer)
    db.session.flush()
    _record(Event.ANSWER_DRAFTED, answer, by)
    return answer


def change_answer(answer: CannedAnswer, new: NewAnswer, *, by: Identity) -> None:
    """Write over a draft; audited. Whoever changed it has written it.

    Raises Forbidden, or Refused: by field, and once it is approved.
    """
    _refuse_elsewhere(answer.centre_id, Permission.LIBRARY_WRITE, by)
    if answer.status is not AnswerStatus.DRAFT:
        raise Refused(_("Only a draft can be changed. Take it back first."))
    values: dict[str, Any] = asdict(_fit(new, answer.centre_id, but=answer.id))
    before = {name: getattr(answer, name) for name in values}
    if before == values:
        return
    for name, value in values.items():
        setattr(answer, name, value)
    answer.written_by_id = by.user_id
    _record(Event.ANSWER_CHANGED, answer, by, changes=changes_between(before, values))


def approve_answer(answer: CannedAnswer, *, by: Identity, review_on: date | None = None) -> None:
    """Offer a colleague's answer in the composer until somebody must read it again; audited. Never one's
    own. Raises Forbidden, TransitionRefused, or Refused with why.
    """
    _refuse_elsewhere(answer.centre_id, Permission.LIBRARY_APPROVE, by)
    if by.user_id is not None and answer.written_by_id == by.user_id:
        raise Refused(_("You wrote this yourself: a colleague approves it."))
    _step(answer, "approve", by, approved_by_id=by.user_id, review_on=_day(review_on))


def renew_answer(answer: CannedAnswer, *, by: Identity, review_on: date | None = None) -> None:
    """Say that an approved answer is still right; audited. Raises Forbidden or Refused."""
    _refuse_elsewhere(answer.centre_id, Permission.LIBRARY_APPROVE, by)
    if answer.status is not AnswerStatus.APPROVED:
        raise Refused(_("Only an approved answer can be kept on."))
    answer.review_on = _day(review_on)
    _record(Event.ANSWER_CHANGED, answer, by, review_on=answer.review_on.isoformat())


def take_back_answer(answer: CannedAnswer, *, by: Identity) -> None:
    """Make a draft of an approved answer again: it is not offered until somebody approves it. Audited."""
    _refuse_elsewhere(answer.centre_id, Permission.LIBRARY_APPROVE, by)
    _step(answer, "take_back", by, approved_by_id=None, review_on=None)


def retire_answer(answer: CannedAnswer, *, by: Identity) -> None:
    """Offer an answer no more, for good; audited."""
    _refuse_elsewhere(answer.centre_id, Permission.LIBRARY_APPROVE, by)
    _step(answer, "retire", by)


def ask_for_reviews() -> int:
    """Write a task to who approved an answer whose day has come, else to who wrote it; once for each day.

    Returns how many tasks were written. The answer stays on offer: a counsellor must not lose it overnight.
    """
    made = 0
    for answer in list_to_review(clock.now().date()):
        dedupe_key = f"answer:{answer.id}:{answer.review_on}"
        if exists_made_for(dedupe_key):
            continue
        for user_id in (answer.approved_by_id, answer.written_by_id):
            if user_id is not None and (place := where_at_work(user_id)) is not None:
                identity, centre_id = place
                with force_locale(identity.locale):
                    title = _("Read the ready answer ;%(shortcut)s again", shortcut=answer.shortcut)
                task = NewTask(
                    "review", clock.now() + TO_READ_WITHIN, title=title, assignee_id=user_id,
                    source=TaskSource.RULE, dedupe_key=dedupe_key,
                )  # fmt: skip
                create_task(task, centre_id=centre_id, by=Identity.system("library"))
                made += 1
                break
    return made


def may_keep(centre_id: UUID | None, permission: Permission, by: Identity) -> bool:
    """True for those who may write or approve what belongs to a centre, or to all when there is none."""
    scope = by.centres(permission)
    return scope.everywhere if centre_id is None else centre_id in scope


def _day(review_on: date | None) -> date:
    today = clock.now().date()
    day = review_on or today + GOOD_FOR
    if not today < day <= today + LONGEST_GOOD:
        raise Refused(fields={"review_on": _("Choose a day to come, within two years.")})
    return day


def _fit(new: NewAnswer, centre_id: UUID | None, *, but: UUID | None = None) -> NewAnswer:
    new = NewAnswer(new.shortcut.strip().casefold(), new.title.strip(), new.language, new.body.strip())
    found = faults_of_answer(new.shortcut, new.title, new.body)
    if new.language not in LOCALES:
        found["language"] = _("Choose a language.")
    elif exists_answer(centre_id, new.language, new.shortcut, but=but):
        found["shortcut"] = _("There is an answer with this word in this language already.")
    if found:
        raise Refused(fields=found)
    return new


def _step(answer: CannedAnswer, action: str, by: Identity, **facts: object) -> None:
    def permits(who: Identity, permission: StrEnum, centre_id: UUID | None) -> bool:
        return may_keep(centre_id, Permission(str(permission)), who)

    def write(event: Any, who: Identity, before: str, after: str) -> None:
        _record(event, answer, who, **{"from": before, "to": after})

    move(answer, action, ANSWER, by=by, centre_id=answer.centre_id, permits=permits, record=write, **facts)


def _refuse_elsewhere(centre_id: UUID | None, permission: Permission, by: Identity) -> None:
    if not may_keep(centre_id, permission, by):
        raise Forbidden


def _record(
    event: Event, answer: CannedAnswer, by: Identity, *, changes: Sequence[Any] = (), **details: str
) -> None:
    about = {"shortcut": answer.shortcut, "language": answer.language}
    record(
        event, by=by, centre_id=answer.centre_id, subject=("canned_answer", answer.id),
        details=about | details, changes=changes,
    )  # fmt: skip
