"""A sealed case leaves no trace: two worlds, one with it and one in which it never was, answer alike.

The probes are drawn from the URL map and from what people type about somebody: names in two scripts, the
number, the case number, the ids. Each is sent to both worlds by the front desk, by a counsellor and a manager
who are not named, and by other centres; the answers are the same letter by letter, but for what is drawn anew
in every answer.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.accounts.queries import identity_of
from mrc.attachments.cleaning.answers import Clean
from mrc.attachments.service import NewFile, ReadyFile
from mrc.cases.models import Case, Consultation, Need
from mrc.cases.policy import CASES, CONSULTATIONS
from mrc.cases.service import (
    CaseDetails,
    ConsultationDetails,
    add_file,
    add_note,
    assign_case,
    name_team,
    open_case,
    record_consultation,
    set_level,
)
from mrc.centres.models import Centre, PhoneLine
from mrc.core import clock as our_clock
from mrc.core.db import db
from mrc.demo.world import DEMO_PASSWORD
from mrc.messaging.models import Message, Thread
from mrc.messaging.policy import THREADS
from mrc.messaging.states import Channel, Direction, MessageStatus, ThreadStatus
from mrc.persons.models import Person
from mrc.persons.queries import search_persons
from mrc.persons.service import NewAddress, NewConsent, PersonDetails, register_person
from mrc.persons.states import AddressKind, ConsentMode, ConsentPurpose
from tests.contracts.test_matrix import SKIPPED, _token
from tests.support.databases import World
from tests.support.pages import PageClient

PROBES = 500
SYSTEM = Identity.system("sealed tests")
PROBERS = (
    "frontdesk-lahore",
    "counsellor-lahore",
    "manager-lahore",
    "counsellor-erbil",
    "manager-erbil",
    "counsellor-kabul",
)
NAME, LATIN, FATHER = "محمد یوسف خان", "Mohammad Yousaf Khan", "Gul Karim"
NUMBER, OTHER_NUMBER = "+923007654321", "+923001112223"
TYPED = (
    NAME,
    LATIN,
    "Yusuf Khan",
    FATHER,
    NUMBER,
    "0300 7654321",
    "۰۳۰۰۷۶۵۴۳۲۱",
    "Zainab Bibi",
    "0300 1112223",
)
KEPT_APART = ("accounts.", "messaging.", "oversight.metrics", "oversight.readyz", "cases.make_calendar")
"""What would end the session of the prober, webhooks, which have no reader, figures of the process, and a
secret that is drawn anew each time.
"""


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are drawn in a rising order: rows of one instant stand in the order in which they were made."""
    drawn = itertools.count(1)
    monkeypatch.setattr("os.urandom", lambda size: (next(drawn) % 256**size).to_bytes(size, "big"))


@dataclass(frozen=True)
class Probe:
    """One request: by whom, how, where, and what is sent. `{sealed.case_id}` stands for a key."""

    username: str
    method: str
    url: str
    data: Mapping[str, Any] | None = None


def somebody(details: PersonDetails, topic: str) -> dict[str, Any]:
    """A person of Lahore with a case, a note, two consultations and a conversation; their keys."""
    centre = db.session.scalars(select(Centre).where(Centre.code == "LHE")).one()
    everybody = frozenset(db.session.scalars(select(Person.id)))
    person = register_person(details, centre_id=centre.id, by=SYSTEM, looked_at=everybody)
    case = open_case(CaseDetails("potential", summary="words", needs=("legal",)), person=person, by=SYSTEM)
    note = add_note(case, "what was said", by=SYSTEM)
    paper = ReadyFile("paper.png", Clean("png", b"large", preview=b"small"), was_scanned=False)
    file = add_file(case, paper, NewFile("legal", description="visa"), by=SYSTEM)
    walk_in = ConsultationDetails(
        "walk_in", "inbound", our_clock.now(), 5, "information_given", topics=(topic,), note="heard"
    )
    # One of them is by a counsellor who is not named in the case afterwards, before there was one.
    outsider = identity_of("counsellor-lahore")
    record_consultation(walk_in, centre_id=centre.id, by=outsider, person=person)
    consultation = record_consultation(walk_in, centre_id=centre.id, by=SYSTEM, person=person, case=case)
    thread = talk(centre, person)
    db.session.flush()
    return {
        "person_id": person.id,
        "case_id": case.id,
        "number": case.number,
        "note_id": note.id,
        "file_id": file.id,
        "consultation_id": consultation.id,
        "thread_id": thread.id,
        "need_id": db.session.scalars(select(Need.id).where(Need.case_id == case.id)).one(),
        "link_id": person.addresses[0].id,
        "consent_id": person.consents[0].id,
    }


def talk(centre: Centre, person: Person) -> Thread:
    line = db.session.scalars(
        select(PhoneLine).where(PhoneLine.centre_id == centre.id, PhoneLine.kind == "whatsapp")
    ).one()
    now = our_clock.now()
    thread = Thread(
        centre_id=centre.id,
        line_id=line.id,
        address_id=person.addresses[0].address_id,
        channel=Channel.WHATSAPP,
        status=ThreadStatus.WAITING,
        waiting_since=now,
        last_message_at=now,
        last_inbound_at=now,
        unread_count=1,
        person_id=person.id,
        assignee_id=identity_of("counsellor-lahore").user_id,
    )
    thread.last_line = "are you there"
    message = Message(
        thread_id=thread.id, direction=Direction.IN, at=now, status=MessageStatus.RECEIVED, status_at=now
    )
    message.body, message.provider_sid = "are you there", f"SM{uuid4().hex}"
    db.session.add_all([thread, message])
    return thread


def talks_of(person_id: UUID) -> Sequence[Consultation]:
    """The consultations of a person."""
    return db.session.scalars(select(Consultation).where(Consultation.person_id == person_id)).all()


def known(name: str, number: str, **more: str) -> PersonDetails:
    """What is known of somebody with one number and one consent."""
    return PersonDetails(
        name=name,
        addresses=(NewAddress(AddressKind.WHATSAPP, number), NewAddress(AddressKind.PHONE, number)),
        consents=(NewConsent(ConsentPurpose.SERVICE, ConsentMode.VERBAL, "ur"),),
        **more,
    )


def build(app: Flask, clock: time_machine.Traveller, *, with_sealed: bool) -> dict[str, dict[str, Any]]:
    """The keys of an open file and, in one of the worlds, of a sealed one."""
    with app.app_context():
        keys = {"open": somebody(known("Zainab Bibi", OTHER_NUMBER), "overseas_employment")}
        clock.shift(timedelta(seconds=1))
        if with_sealed:
            keys["sealed"] = somebody(
                known(NAME, NUMBER, latin_name=LATIN, father_name=FATHER), "trafficking"
            )
            officer = identity_of("protection-lahore")
            assert officer.user_id is not None
            case = db.session.get_one(Case, keys["sealed"]["case_id"])
            assign_case(case, officer.user_id, by=SYSTEM)
            name_team(case, frozenset({officer.user_id}), by=officer)
            db.session.flush()
            set_level(case, 3, by=officer)
        db.session.commit()
    clock.shift(timedelta(seconds=1))
    return keys


def probes(app: Flask, count: int) -> list[Probe]:
    """As many requests as asked for, the same every time."""
    chance = random.Random(20261123)
    rules = sorted(
        (
            rule
            for rule in app.url_map.iter_rules()
            if rule.endpoint not in SKIPPED and not rule.endpoint.startswith(KEPT_APART)
        ),
        key=lambda rule: (rule.rule, sorted(rule.methods or ())),
    )
    keyed = [
        rule
        for rule in rules
        if set(rule.arguments) & {"person_id", "case_id", "thread_id", "consultation_id"}
    ]
    drawn = []
    for number in range(count):
        username = PROBERS[number % len(PROBERS)]
        asked = chance.random()
        if asked < 0.35:
            drawn.append(_typed_probe(username, chance))
        else:
            rule = chance.choice(keyed if asked < 0.75 else rules)
            drawn.append(_drawn_probe(username, rule, chance))
    return drawn


def _typed_probe(username: str, chance: random.Random) -> Probe:
    """What a curious person types: a search, a registration, a quick log, an emergency."""
    typed = chance.choice(TYPED)
    name, number = chance.choice((NAME, LATIN, "Yusuf Khan")), chance.choice(("", NUMBER, OTHER_NUMBER))
    of = f"{chance.choice(('person', 'case', 'thread'))}"
    whose = f"{of}={{{chance.choice(('sealed', 'sealed', 'open'))}.{of}_id}}"
    registered = {
        "name": name,
        "phone": number,
        "is_whatsapp": "y",
        "relation": "self",
        "consent_mode": "verbal",
    }
    looked_at = {"looked_at": "{sealed.person_id}"} if chance.random() < 0.3 else {}
    log = {
        "channel": "walk_in", "direction": "inbound", "topics": "overseas_employment",
        "outcome": "information_given", "minutes": "5",
    }  # fmt: skip
    note, narrowed = "{sealed.note_id}", ("mine=1", "open=1", "unassigned=1", "status=new", "")
    reason = "The person called in danger and nobody else can be reached."
    return chance.choice((
        Probe(username, "GET", f"/search?q={typed}"),
        Probe(username, "GET", "/search?q={sealed.number}"),
        Probe(username, "GET", f"/persons?q={typed}"),
        Probe(username, "GET", f"/persons/new?name={typed}"),
        Probe(username, "POST", "/persons/new", registered | looked_at),
        Probe(username, "GET", f"/inbox/{{open.thread_id}}/person?q={typed}"),
        Probe(username, "POST", "/inbox/{open.thread_id}/person", {"person": "{sealed.person_id}"}),
        Probe(username, "POST", "/inbox/{open.thread_id}/person/new", registered | looked_at),
        Probe(username, "GET", f"/consultations/new?{whose}"),
        Probe(username, "POST", f"/consultations/new?{whose}", log),
        Probe(username, "POST", "/consultations/new", log | {"note": name}),
        Probe(username, "POST", "/break-glass", {"number": "{sealed.number}", "reason": reason}),
        Probe(username, "GET", "/persons/{open.person_id}/cases/new?consultation={sealed.consultation_id}"),
        Probe(username, "POST", "/persons/{open.person_id}/addresses/new",
              {"kind": "phone", "phone": number or NUMBER, "relation": "self"}),
        Probe(username, "POST", "/cases/{open.case_id}/notes", {"text": name, "corrects": note}),
        Probe(username, "GET", f"/cases?{chance.choice(narrowed)}"),
        Probe(username, "GET", f"/inbox?tab={chance.choice(('team', 'mine', 'unassigned', 'done'))}"),
        Probe(username, "GET", f"/consultations?{chance.choice(('mine=1', 'channel=walk_in', ''))}"),
        Probe(username, "GET", "/"),
        Probe(username, "GET", "/persons"),
    ))  # fmt: skip


def _drawn_probe(username: str, rule: Any, chance: random.Random) -> Probe:
    """A route with keys of the sealed file, of the open one or of both mixed, and any body."""
    url = rule.rule
    for name in sorted(rule.arguments):
        choice = re.search(rf"<any\(([^)]*)\):{name}>", url)
        if choice:
            value = chance.choice(choice.group(1).split(",")).strip()
        else:
            value = f"{{{chance.choice(('sealed', 'sealed', 'open'))}.{name}}}"
        url = re.sub(rf"<(?:[^:<>]+(?:\([^)]*\))?:)?{name}>", value, url)
    method = chance.choice(sorted({"GET", "POST"} & set(rule.methods or ())) or ["GET"])
    if method == "GET":
        return Probe(username, method, url)
    pool = {
        "person": "{sealed.person_id}", "number": "{sealed.number}", "name": NAME, "phone": NUMBER,
        "reason": "The court asked for the file at once.", "kinds": "note", "corrects": "{sealed.note_id}",
        "looked_at": "{sealed.person_id}", "status": "met", "body": "words", "kind": "phone",
        "draft_key": "/cases/{sealed.case_id}/notes", "area": "legal", "days": "3", "text": "words",
        "client_type": "potential", "priority": "normal", "purpose": "service", "mode": "verbal", "q": NAME,
        "given_by": "self", "level": "2", "minutes": "5", "relation": "self",
    }  # fmt: skip
    return Probe(username, method, url, {name: pool[name] for name in sorted(pool) if chance.random() < 0.6})


def filled(text: str, keys: Mapping[str, Mapping[str, Any]]) -> str:
    """The text with the keys of this world; one that no file has is an id that nothing has."""

    def value(found: re.Match[str]) -> str:
        return str(keys[found.group(1)].get(found.group(2), UUID(int=0)))

    return re.sub(r"\{(sealed|open)\.(\w+)\}", value, text)


def neutral(text: str) -> str:
    """An answer without what is drawn anew each time: nonces, tokens, ids, the serials of cases."""
    text = re.sub(r'nonce="[^"]+"', "", text)
    text = re.sub(r'(csrf-token" content=|name="csrf_token"[^>]*value=|X-CSRFToken": )"[^"]+"', "", text)
    text = re.sub(r'name="(base|draft_key|operation_id|compose_id)"[^>]*', "", text)
    text = re.sub(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", "ID", text)
    return re.sub(r"[A-Z]{3}-\d{4}-\d{6}-\w", "CASE", text)


def answers(
    app: Flask, keys: Mapping[str, Mapping[str, Any]], clock: time_machine.Traveller, drawn: list[Probe]
) -> list[tuple[int, str, str]]:
    """Status, where it leads, and words of every answer."""
    people = {username: PageClient(app) for username in PROBERS}
    tokens = {}
    for username, person in people.items():
        person.sign_in(username, DEMO_PASSWORD)
        tokens[username] = _token(person)
    found = []
    for probe in drawn:
        clock.shift(timedelta(milliseconds=100))
        data = {name: filled(str(value), keys) for name, value in (probe.data or {}).items()}
        answer = people[probe.username].http.open(
            filled(probe.url, keys),
            method=probe.method,
            data=data or None,
            headers={"X-CSRFToken": tokens[probe.username]},
        )
        words = "" if answer.mimetype == "application/pdf" else neutral(answer.get_data(as_text=True))
        found.append((answer.status_code, neutral(answer.headers.get("Location", "")), words))
    return found


@pytest.mark.slow
def test_a_sealed_case_cannot_be_told_from_one_that_never_was(
    app: Flask, database: str, worlds: Callable[[str], World], clock: time_machine.Traveller, chance: None
) -> None:
    began = our_clock.now()
    drawn = probes(app, PROBES)
    keys = build(app, clock, with_sealed=True)
    sealed_world = answers(app, keys, clock, drawn)
    worlds(database).renew()
    clock.move_to(began)
    without = build(app, clock, with_sealed=False)
    plain_world = answers(app, without | {"sealed": keys["sealed"]}, clock, drawn)
    different = [
        (probe, first_difference(one, other))
        for probe, one, other in zip(drawn, sealed_world, plain_world, strict=True)
        if one != other
    ]
    assert not different, f"{len(different)} of {PROBES} tell: {different[:5]}"
    statuses = {status for status, _location, _words in sealed_world}
    assert {200, 303, 404, 422} <= statuses
    assert not {status for status in statuses if status >= 500}


def first_difference(one: tuple[int, str, str], other: tuple[int, str, str]) -> str:
    """Where two answers part, for the message of a failure."""
    if one[:2] != other[:2]:
        return f"{one[:2]} or {other[:2]}"
    at = next((n for n, (a, b) in enumerate(zip(one[2], other[2], strict=False)) if a != b), 0)
    return f"{one[2][at - 60 : at + 120]!r} or {other[2][at - 60 : at + 120]!r}"


def test_a_trace_would_be_found(
    app: Flask, database: str, worlds: Callable[[str], World], clock: time_machine.Traveller
) -> None:
    """The same probes tell a protected case, whose existence is no secret, from none."""
    drawn = [Probe("protection-lahore", "GET", "/search?q={sealed.number}")]
    keys = build(app, clock, with_sealed=True)
    people = PageClient(app)
    people.sign_in("protection-lahore", DEMO_PASSWORD)
    assert people.http.get(filled(drawn[0].url, keys)).status_code == 302


def test_what_follows_a_sealed_case_is_sealed_too_and_opened_again_with_it(
    app: Flask, clock: time_machine.Traveller
) -> None:
    keys = build(app, clock, with_sealed=True)["sealed"]
    with app.app_context():
        rows = db.session.scalars(
            select(Consultation).where(Consultation.person_id == keys["person_id"])
        ).all()
        assert len(rows) == 2
        assert {row.confidentiality for row in rows} == {3}
        assert db.session.get_one(Thread, keys["thread_id"]).confidentiality == 3
        officer = identity_of("protection-lahore")
        set_level(db.session.get_one(Case, keys["case_id"]), 1, by=officer)
        db.session.flush()
        db.session.expire_all()
        assert {row.confidentiality for row in rows} == {1}
        db.session.rollback()


def test_whoever_held_a_talk_or_a_thread_loses_it_when_it_is_sealed_and_the_named_see_it(
    app: Flask, clock: time_machine.Traveller
) -> None:
    keys = build(app, clock, with_sealed=True)["sealed"]
    with app.app_context():
        outsider, officer = identity_of("counsellor-lahore"), identity_of("protection-lahore")
        rows = db.session.scalars(
            select(Consultation).where(Consultation.person_id == keys["person_id"])
        ).all()
        thread = db.session.get_one(Thread, keys["thread_id"])
        assert thread.assignee_id == outsider.user_id
        assert {row.counsellor_id for row in rows} == {outsider.user_id, None}
        for row in rows:
            assert not CONSULTATIONS.permits(outsider, row)
            assert CONSULTATIONS.permits(officer, row)
        assert not THREADS.permits(outsider, thread)
        assert THREADS.permits(officer, thread)


def test_another_case_of_a_sealed_person_is_seen_by_its_own_people_alone(
    app: Flask, clock: time_machine.Traveller
) -> None:
    keys = build(app, clock, with_sealed=True)["sealed"]
    with app.app_context():
        person = db.session.get_one(Person, keys["person_id"])
        counsellor = identity_of("counsellor-lahore")
        assert counsellor.user_id is not None
        other = open_case(
            CaseDetails("potential", counsellor_id=counsellor.user_id), person=person, by=SYSTEM
        )
        assert other.confidentiality == 1
        assert CASES.permits(counsellor, other)
        for username in ("frontdesk-lahore", "manager-lahore", "coordinator-pakistan"):
            assert not CASES.permits(identity_of(username), other), username
        db.session.rollback()


def test_a_hidden_person_does_not_stop_a_registration(app: Flask, clock: time_machine.Traveller) -> None:
    build(app, clock, with_sealed=True)
    with app.app_context():
        desk = identity_of("frontdesk-lahore")
        centre = db.session.scalars(select(Centre).where(Centre.code == "LHE")).one()
        assert search_persons(desk, NUMBER) == search_persons(desk, NAME) == []
        twin = register_person(known(NAME, NUMBER), centre_id=centre.id, by=desk)
        assert [found.person.id for found in search_persons(desk, NUMBER)] == [twin.id]
        db.session.rollback()
