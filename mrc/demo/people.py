"""One believable person after another: names in their script, an address, consultations, a case, a
conversation.

Everything is drawn from one random generator, keys included, so that the same number makes the same people.
The rows are plain tuples in the order of `COLUMNS`, ready for a bulk write; sealing binds each value to its
row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from uuid import UUID

from mrc.cases.states import RESPONSE_WITHIN, Priority
from mrc.core.refs import case_number
from mrc.core.sealed import blind_index, context_of, seal
from mrc.demo.names import NameBook, Pair
from mrc.demo.words import ANSWERS, NOTES, QUESTIONS, SUMMARIES
from mrc.persons.matching import key_hashes
from mrc.persons.models import KEY_SCHEME

Row = tuple[Any, ...]
COLUMNS: dict[str, tuple[str, ...]] = {
    table: tuple(columns.split())
    for table, columns in {
        "person": """
            id centre_id confidentiality name latin_name known_as father_name birth birth_year sex
            nationality district languages disability created_at version
        """,
        "name_key": "person_id position key_hash kind centre_id birth_year scheme",
        "address": "id centre_id kind value value_index profile_name opted_out_at created_at version",
        "person_address": """
            id person_id address_id relation may_call may_message may_leave_voicemail never_contact
            language instruction created_at version
        """,
        "consent": """
            id person_id purpose wording_version language mode given_by given_at recorded_by_id
            withdrawn_at
        """,
        "thread": """
            id centre_id line_id address_id channel status waiting_since last_message_at
            last_inbound_at unread_count assignee_id person_id confidentiality language last_line
            created_at version
        """,
        "message": """
            id thread_id direction at body kind extras status status_at provider_sid error_code
            attempts author_id compose_id expires_at cleared_at_provider_at created_at
        """,
        "case": """
            id centre_id number person_id status confidentiality priority client_type destination
            programme counsellor_id opened_at opened_by_id last_activity_at follow_up_at
            first_response_due_at first_response_at closure_reason closure_requested_by_id closed_at summary
            created_at version
        """,
        "need": "id case_id area status settled_at created_at version",
        "note": "id case_id author_id corrects_id text created_at",
        "consultation": """
            id centre_id person_id case_id thread_id counsellor_id confidentiality channel direction
            started_at minutes language has_interpreter topics information outcome sex age_band
            nationality district note created_at version kind
        """,
    }.items()
}
"""Tables in the order in which they may be written, parents first, with the columns of each row."""


@dataclass(frozen=True)
class Place:
    """A centre as the maker of people needs it."""

    centre_id: UUID
    code: str
    country: str
    books: tuple[NameBook, ...]
    staff: tuple[UUID, ...]
    line_id: UUID | None
    districts: tuple[str, ...]
    share: float


@dataclass(frozen=True)
class Lists:
    """The codes that people are described by."""

    topics: tuple[str, ...]
    outcomes: tuple[str, ...]
    information: tuple[str, ...]
    client_types: tuple[str, ...]
    destinations: tuple[str, ...]
    need_areas: tuple[str, ...]
    closure_reasons: tuple[str, ...]


PREFIXES = {
    "PK": tuple(f"+923{network}" for network in ("00", "01", "21", "33", "45")),
    "IQ": tuple(f"+9647{network}" for network in ("50", "70", "80", "90")),
    "AF": tuple(f"+937{network}" for network in "0236789"),
}
SUBSCRIBERS, BLOCKS = 10_000_000, 16
STRIDE = 7_368_787
"""A prime, so that steps of it reach every number of a block before one comes again."""


@dataclass
class Maker:
    """Draws people and keeps their rows until they are written."""

    number: int
    """Of the seed: the same number draws the same people."""
    lists: Lists
    now: datetime
    waiting_share: float = 0.002
    serials: dict[tuple[UUID, int], int] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in COLUMNS})
    drawn: int = 0

    def __post_init__(self) -> None:
        self.rng = Random(self.number)

    def make_person(self, place: Place) -> None:
        """Draw one person with everything that belongs to them."""
        rng = self.rng
        person_id, created = self._key(), self.now - timedelta(minutes=rng.randrange(60, 60 * 24 * 900))
        is_woman = rng.random() < 0.32
        book = rng.choice(place.books)
        own, father = _full_name(rng, book, is_woman=is_woman), rng.choice(book.men)
        birth_year = (
            self.now.year - rng.choices((15, 22, 28, 35, 47), (5, 35, 30, 20, 10))[0] - rng.randrange(5)
        )
        sex = "female" if is_woman else "male"
        self.rows["person"].append((
            person_id, place.centre_id, 1, _sealed("person", "name", person_id, own[0]),
            _sealed("person", "latin_name", person_id, own[1]), None,
            _sealed("person", "father_name", person_id, father[0]),
            str(birth_year), birth_year, sex, place.country, rng.choice(place.districts),
            json.dumps([book.language]), None, created, 1,
        ))  # fmt: skip
        self._index(person_id, place.centre_id, own, father, birth_year)
        thread_id = self._reach(person_id, place, own, created, book.language)
        self._consent(person_id, place, created, book.language)
        case_id = self._case(person_id, place, created) if rng.random() < 0.83 else None
        held = rng.choices((2, 3, 4, 6), (25, 40, 25, 10))[0]
        for _ in range(held):
            self._consultation(person_id, case_id, place, created, book.language, thread_id)
        self._say_which_was_first(held)

    def take(self) -> dict[str, list[Row]]:
        """The rows drawn since the last call."""
        taken, self.rows = self.rows, {table: [] for table in COLUMNS}
        return taken

    def _key(self) -> UUID:
        """A UUIDv7 whose every bit comes from the generator; its time lies in the two years before now."""
        milliseconds = int(self.now.timestamp() * 1000) - self.rng.randrange(63_072_000_000)
        value = milliseconds << 80 | self.rng.getrandbits(80)
        value = value & ~(0xF000 << 64) | 0x7000 << 64
        return UUID(int=value & ~(0xC000 << 48) | 0x8000 << 48)

    def _index(self, person_id: UUID, centre_id: UUID, own: Pair, father: Pair, birth_year: int) -> None:
        keys = [("own", key) for key in dict.fromkeys(_hashes(own[0]) + _hashes(own[1]))]
        keys += [("father", key) for key in _hashes(father[0])]
        for position, (kind, key) in enumerate(keys):
            self.rows["name_key"].append((person_id, position, key, kind, centre_id, birth_year, KEY_SCHEME))

    def _reach(
        self, person_id: UUID, place: Place, own: Pair, created: datetime, language: str
    ) -> UUID | None:
        has_whatsapp = self.rng.random() < 0.7
        address_id, link_id = self._key(), self._key()
        self.drawn += 1
        number = _number(self.number, self.drawn, place.country)
        kind = "whatsapp" if has_whatsapp else "phone"
        self.rows["address"].append((
            address_id, place.centre_id, kind, _sealed("address", "value", address_id, number),
            blind_index("address", number, place.centre_id),
            _sealed("address", "profile_name", address_id, own[1]) if has_whatsapp else None, None, created, 1,
        ))  # fmt: skip
        self.rows["person_address"].append((
            link_id, person_id, address_id, "self", True, True, False, False, language, None, created, 1,
        ))  # fmt: skip
        if has_whatsapp and place.line_id and self.rng.random() < 0.75:
            return self._thread(person_id, address_id, place, created, language)
        return None

    def _consent(self, person_id: UUID, place: Place, created: datetime, language: str) -> None:
        staff = self.rng.choice(place.staff) if place.staff else None
        self.rows["consent"].append((
            self._key(), person_id, "service", "2026-01", language, "verbal", "self", created, staff, None,
        ))  # fmt: skip

    def _thread(
        self, person_id: UUID, address_id: UUID, place: Place, created: datetime, language: str
    ) -> UUID:
        rng, thread_id = self.rng, self._key()
        staff = rng.choice(place.staff) if place.staff else None
        questions, answers = QUESTIONS[language], ANSWERS[language]
        topic = rng.randrange(len(questions))
        question, answer = questions[topic], rng.choice(answers)
        count = rng.choices((4, 6, 8), (30, 45, 25))[0]
        start = created + timedelta(minutes=rng.randrange(5, 5000))
        at = min(start, self.now - timedelta(hours=24))
        first = at
        for position in range(count):
            # An exchange of question and answer, the next one days later, on something else.
            round_, is_answer = divmod(position, 2)
            at = min(first + timedelta(days=3 * round_, minutes=7 * position), self.now - timedelta(hours=23))
            question, answer = questions[(topic + round_) % len(questions)], answers[round_ % len(answers)]
            self._message(thread_id, at, answer if is_answer else question, staff if is_answer else None)
        # A thread that waits for an answer ends with a question.
        waits = rng.random() < self.waiting_share
        if waits:
            at = self.now - timedelta(minutes=rng.randrange(5, 60 * 20))
            question = questions[(topic + count) % len(questions)]
            self._message(thread_id, at, question, None)
        self.rows["thread"].append((
            thread_id, place.centre_id, place.line_id, address_id, "whatsapp", "waiting" if waits else "done",
            at if waits else None, at, at, 1 if waits else 0, None, person_id, 1, language,
            _sealed("thread", "last_line", thread_id, question if waits else answer), first, 1,
        ))  # fmt: skip
        return thread_id

    def _message(self, thread_id: UUID, at: datetime, body: str, author: UUID | None) -> None:
        message_id = self._key()
        direction, status = ("out", "read") if author else ("in", "received")
        self.rows["message"].append((
            message_id, thread_id, direction, at, _sealed("message", "body", message_id, body), "text", None, status, at,
            f"SM{message_id.hex}", None, 1 if author else 0, author, None, None, at, at,
        ))  # fmt: skip

    def _case(self, person_id: UUID, place: Place, created: datetime) -> UUID:
        rng, case_id = self.rng, self._key()
        opened = created + timedelta(minutes=rng.randrange(1, 30))
        staff = rng.choice(place.staff) if place.staff else None
        status = "new" if staff is None else rng.choices(("open", "follow_up", "closed"), (45, 15, 40))[0]
        closed = (
            min(opened + timedelta(days=rng.randrange(10, 200)), self.now) if status == "closed" else None
        )
        follow_up = self.now + timedelta(days=rng.randrange(-5, 40)) if status == "follow_up" else None
        priority = rng.choices(tuple(Priority), (88, 10, 2))[0]
        self.rows["case"].append((
            case_id, place.centre_id, self._number(place, opened.year), person_id, status, 1,
            priority.value, rng.choice(self.lists.client_types),
            rng.choice(self.lists.destinations), None, staff, opened, staff, closed or opened, follow_up,
            opened + RESPONSE_WITHIN[priority], opened + timedelta(minutes=20) if staff else None,
            rng.choice(self.lists.closure_reasons) if closed else None, staff if closed else None, closed,
            _sealed("case", "summary", case_id, rng.choice(SUMMARIES)), opened, 1,
        ))  # fmt: skip
        self.rows["need"].append((
            self._key(), case_id, rng.choice(self.lists.need_areas), "met" if closed else "open", closed, opened, 1,
        ))  # fmt: skip
        if rng.random() < 0.5:
            note_id = self._key()
            text = _sealed("note", "text", note_id, rng.choice(NOTES))
            self.rows["note"].append((note_id, case_id, staff, None, text, opened + timedelta(minutes=20)))
        return case_id

    def _number(self, place: Place, year: int) -> str:
        serial = self.serials.get((place.centre_id, year), 0) + 1
        self.serials[place.centre_id, year] = serial
        return case_number(place.code, year, serial)

    def _consultation(
        self,
        person_id: UUID,
        case_id: UUID | None,
        place: Place,
        created: datetime,
        language: str,
        thread_id: UUID | None,
    ) -> None:
        rng, row_id = self.rng, self._key()
        channel = rng.choices(("hotline", "whatsapp", "walk_in"), (45, 35, 20))[0]
        at = created + min(self.now - created, timedelta(days=300)) * rng.random()
        self.rows["consultation"].append((
            row_id, place.centre_id, person_id, case_id, thread_id if channel == "whatsapp" else None,
            rng.choice(place.staff) if place.staff else None, 1, channel, "inbound", at, rng.randrange(3, 50), language,
            False, json.dumps(rng.sample(self.lists.topics, 2)), json.dumps([rng.choice(self.lists.information)]),
            rng.choice(self.lists.outcomes), None, None, None, None,
            _sealed("consultation", "note", row_id, rng.choice(NOTES)), at, 1, "follow_up",
        ))  # fmt: skip

    def _say_which_was_first(self, held: int) -> None:
        """Of a person's consultations, the last that were drawn, the earliest is the initial one."""
        rows, began = self.rows["consultation"], COLUMNS["consultation"].index("started_at")
        first = min(range(len(rows) - held, len(rows)), key=lambda place: rows[place][began])
        rows[first] = (*rows[first][:-1], "initial")


def _sealed(table: str, column: str, row_id: UUID, text: str) -> bytes:
    return seal(text, context_of(table, column, row_id))


@lru_cache(maxsize=20_000)
def _hashes(name: str) -> tuple[int, ...]:
    return key_hashes(name)


def _full_name(rng: Random, book: NameBook, *, is_woman: bool) -> Pair:
    parts = [rng.choice(book.women if is_woman else book.men)]
    if not is_woman and rng.random() < 0.4:
        parts.insert(0, book.men[0]) if rng.random() < 0.5 else parts.append(rng.choice(book.men))
    if rng.random() < 0.6:
        parts.append(rng.choice(book.by_names))
    return " ".join(part[0] for part in parts), " ".join(part[1] for part in parts)


def _number(block: int, drawn: int, country: str) -> str:
    """A mobile number of the country's form (libphonenumber's patterns).

    Another `drawn` gives another number, and another block numbers of its own: two seeds never share one.
    """
    prefixes = PREFIXES[country]
    share = len(prefixes) * SUBSCRIBERS // BLOCKS
    place = block % BLOCKS * share + drawn * STRIDE % share
    return f"{prefixes[place // SUBSCRIBERS]}{place % SUBSCRIBERS:07}"


def choose(rng: Random, places: Sequence[Place]) -> Place:
    """A centre, the larger ones more often."""
    return rng.choices(places, [place.share for place in places])[0]
