"""One tap: how was it? Asked after a conversation is done, seldom, and never where somebody is protected."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

from mrc.access.identity import Identity
from mrc.access.policy import OPEN_LEVEL
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.messaging.models import Satisfaction
from mrc.messaging.phrases import written_languages
from mrc.messaging.queries.delivery import exists_human_answer_since, lock_thread, was_asked_since
from mrc.messaging.queries.templates import usable_version
from mrc.messaging.service.outbox import Asking, send_by_house
from mrc.messaging.service.safety import Intent, hold_of
from mrc.messaging.states import Purpose, ThreadStatus
from mrc.messaging.wording import filled

HOUSE = Identity.system("satisfaction")
HOW_WAS_IT = "how_was_it"
SCORES = {"helpful": 3, "partly": 2, "not_helpful": 1}
ASKED_EVERY = timedelta(days=30)
TALKED_WITHIN = timedelta(days=7)


def ask_satisfaction(thread_id: UUID) -> None:
    """Ask, unless somebody is protected, asked lately, never answered by a person, or not to be messaged."""
    thread, now = lock_thread(thread_id), clock.now()
    if thread.confidentiality > OPEN_LEVEL or thread.status is not ThreadStatus.DONE:
        return
    talked = exists_human_answer_since(thread.id, now - TALKED_WITHIN)
    if not talked or was_asked_since(thread.id, now - ASKED_EVERY):
        return
    centre = get_centre(thread.centre_id)
    language = thread.language or written_languages(centre.languages)[0]
    version = usable_version(HOW_WAS_IT, language, fallback="en")
    if version is None:
        return
    intent = Intent(Purpose.SATISFACTION, filled(version, {}), version)
    if hold_of(thread, intent) is not None:
        return
    row = Satisfaction(centre_id=thread.centre_id, thread_id=thread.id, asked_at=now)
    asking = Asking("messaging.satisfaction_answered", thread.id)
    compose_id = uuid5(thread.id, f"satisfaction {now:%Y-%m-%d}")
    row.message_id = send_by_house(thread, intent, compose_id=compose_id, by=HOUSE, asking=asking).id
    db.session.add(row)
    subject = ("thread", thread.id)
    record(Event.SATISFACTION_ASKED, by=HOUSE, centre_id=thread.centre_id, subject=subject)


def note_score(thread_id: UUID, payload: str) -> None:
    """Write down what they tapped; the first tap counts."""
    row = was_asked_since(thread_id, clock.now() - ASKED_EVERY)
    if row is None or row.score is not None or payload not in SCORES:
        return
    row.score, row.answered_at = SCORES[payload], clock.now()
    subject = ("thread", thread_id)
    record(Event.SATISFACTION_ANSWERED, by=HOUSE, centre_id=row.centre_id, subject=subject)
