"""What the house answers by itself, at once and seldom: greeting, language, closed, danger.

It never counts as an answer: the thread goes on waiting for a person. Each costs money, so each is sent once:
the greeting after a long silence, "closed" once in each closed time.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from flask_babel import force_locale

from mrc.access.identity import Identity
from mrc.centres.models import Centre, PhoneLine
from mrc.centres.queries import get_centre, get_country, is_open_at, opening_around
from mrc.core import clock
from mrc.i18n.formats import moment_told
from mrc.jobs.models import Priority
from mrc.jobs.service import enqueue
from mrc.messaging.models import Message, Thread
from mrc.messaging.optout import meaning_of_words
from mrc.messaging.phrases import chosen_language, greeting, phrase, tells_of_danger, written_languages
from mrc.messaging.queries.delivery import (
    count_automatic_since,
    count_inbound_since,
    exists_human_answer_since,
    find_written_before,
    list_plans,
    lock_message,
)
from mrc.messaging.service.outbox import send_by_house
from mrc.messaging.service.safety import Intent
from mrc.messaging.states import Channel, Purpose

HOUSE = Identity.system("automatic answer")
FRESH = timedelta(minutes=30)
"""An older message came late, from a file or a list: nobody waits for a greeting any more."""
SILENCE = timedelta(days=90)
"""After so long it is a first contact again."""
CHOICE_WITHIN = timedelta(hours=24)
TALKED_LATELY = timedelta(hours=2)
MOST_A_DAY = 6
LONGEST_CHOICE = 40
"""A language's number and the words of danger are no longer than this."""
MACHINE = (20, timedelta(minutes=5))
"""So many messages within so long are another machine's: it is not answered."""


def ask_for_answer(message: Message, line: PhoneLine, *, is_first: bool) -> None:
    """Have the house look at a new message, if the line answers by itself and there may be something to say.

    Cheap, because every webhook passes here; the rules are asked by the job.
    """
    body, centre = message.body or "", line.centre
    is_short = len(body) <= LONGEST_CHOICE
    if line.answers_by_itself and (is_first or is_short or not is_open_at(centre, clock.now())):
        enqueue("messaging.answer_automatically", {"message_id": str(message.id)}, priority=Priority.URGENT)


def answer_automatically(message_id: UUID) -> None:
    """Answer one message by itself, if there is reason to. The same message again is answered once."""
    message = lock_message(message_id)
    if message is None or message.at < clock.now() - FRESH or meaning_of_words(message.body or ""):
        return
    thread, body = message.thread, message.body or ""
    if thread.channel is not Channel.WHATSAPP or _is_machine(thread):
        return
    if any(plan.is_shared for plan in list_plans(thread)):
        return
    centre = get_centre(thread.centre_id)
    if tells_of_danger(body):
        _say(thread, "emergency", message.at.date().isoformat(), numbers=_numbers(centre))
        return
    _greet_or_note_language(message, centre)
    _say_closed(thread, centre)


def _is_machine(thread: Thread) -> bool:
    now = clock.now()
    most, within = MACHINE
    return (
        count_inbound_since(thread.id, now - within) >= most
        or count_automatic_since(thread.id, now - timedelta(days=1)) >= MOST_A_DAY
    )


def _greet_or_note_language(message: Message, centre: Centre) -> None:
    thread, languages, now = message.thread, written_languages(centre.languages), clock.now()
    before = find_written_before(message)
    if before is None or before < now - SILENCE:
        if len(languages) > 1:
            intent = Intent(Purpose.AUTOMATIC, greeting(languages))
            send_by_house(thread, intent, compose_id=uuid5(thread.id, f"greeting {before}"), by=HOUSE)
        return
    chosen = chosen_language(message.body or "", languages)
    if chosen is None or not count_automatic_since(thread.id, now - CHOICE_WITHIN):
        return
    thread.language = chosen
    _say(thread, "language_set", chosen)


def _say_closed(thread: Thread, centre: Centre) -> None:
    now = clock.now()
    if is_open_at(centre, now) or exists_human_answer_since(thread.id, now - TALKED_LATELY):
        return
    closed_since, opens_at = opening_around(centre, now)
    if opens_at is None:
        return
    tag = _language(thread, centre)
    with force_locale(tag):
        moment = moment_told(opens_at, ZoneInfo(centre.time_zone), shows_solar=centre.country == "AF")
    _say(thread, "closed", f"{closed_since}", numbers=_numbers(centre), moment=moment)


def _say(thread: Thread, key: str, once: str, **places: str) -> None:
    words = phrase(key, _language(thread, get_centre(thread.centre_id)), **places)
    compose_id = uuid5(thread.id, f"{key} {once}")
    send_by_house(thread, Intent(Purpose.AUTOMATIC, words), compose_id=compose_id, by=HOUSE)


def _language(thread: Thread, centre: Centre) -> str:
    return thread.language or written_languages(centre.languages)[0]


def _numbers(centre: Centre) -> str:
    return get_country(centre.country).emergency_numbers
