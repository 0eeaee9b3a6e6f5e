"""Lahore's hotline and its callers, as the tests use them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from flask import Flask, has_app_context
from sqlalchemy import select
from werkzeug.test import TestResponse

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.centres.models import PhoneLine
from mrc.core.db import db
from mrc.hotline import service
from mrc.hotline.audio import read_sound, tone
from mrc.hotline.models import Call, Callback, Voicemail, VoicePrompt
from mrc.hotline.queries.lines import IN_EVERY_LANGUAGE, find_menu
from mrc.hotline.states import CallDirection, PromptKey
from mrc.jobs.service import enqueue
from mrc.jobs.worker import drain
from tests.hotline.carrier import Carrier
from tests.messaging.house import FORM, PUBLIC, TOKEN, signature_of
from tests.support.pages import PageClient

HOTLINE, BILAL, SADIA = "+924200000101", "+923005550101", "+923215550199"
VOICE = "/twilio/voice"
LANGUAGES = ("ur", "pa", "en")
Row = TypeVar("Row")


def new_call() -> str:
    return f"CA{uuid4().hex}"


def new_recording() -> str:
    return f"RE{uuid4().hex}"


@dataclass
class Caller:
    """Somebody on the phone with us: each answer is what they hear next."""

    house: House
    number: str = BILAL
    sid: str = field(default_factory=new_call)
    answer: ET.Element = field(default_factory=lambda: ET.Element("Response"))
    told: int = 0
    heard: ET.Element = field(default_factory=lambda: ET.Element("Response"))

    def form(self, **changes: str) -> dict[str, str]:
        usual = {"CallSid": self.sid, "From": self.number, "To": HOTLINE, "CallStatus": "in-progress"}
        return usual | {"Direction": "inbound"} | changes

    def ring(self) -> Caller:
        return self.go(f"{VOICE}/incoming", CallStatus="ringing")

    def go(self, path: str, **changes: str) -> Caller:
        """Be asked at a path; the answer is kept."""
        response = self.house.ask(path, self.form(**changes))
        assert response.status_code == 200, response.status_code
        self.answer = ET.fromstring(response.get_data(as_text=True))
        return self

    def press(self, digits: str) -> Caller:
        """Press a key where one is asked for; none when empty."""
        return self.go(self.action("Gather"), Digits=digits)

    def phones(self, status: str, **changes: str) -> Caller:
        """The counsellors' phones have rung."""
        return self.go(self.action("Dial"), DialCallStatus=status, **changes)

    def wait(self, place: int = 1, seconds: int = 5) -> Caller:
        waiting = self.find("Enqueue").get("waitUrl", "")
        kept = self.answer
        self.go(path_of(waiting), QueuePosition=str(place), QueueTime=str(seconds))
        self.heard, self.answer = self.answer, kept
        return self

    def leave_queue(self, result: str = "leave") -> Caller:
        return self.go(self.action("Enqueue"), QueueResult=result)

    def say(self, seconds: int, sid: str = "") -> Caller:
        """Leave a message, or nothing with 0 seconds."""
        recorded = {"RecordingSid": sid or new_recording(), "RecordingDuration": str(seconds)}
        return self.go(self.action("Record"), **recorded)

    def hang_up(self, status: str = "completed") -> Caller:
        self.told += 1
        form = self.form(CallStatus=status, SequenceNumber=str(self.told))
        assert self.house.ask(f"{VOICE}/status", form).status_code == 200
        return self

    def action(self, verb: str) -> str:
        return path_of(self.find(verb).get("action", ""))

    def find(self, verb: str) -> ET.Element:
        found = self.answer if self.answer.tag == verb else self.answer.find(verb)
        assert found is not None, ET.tostring(self.answer).decode()
        return found

    def verbs(self) -> list[str]:
        return [each.tag for each in self.answer]

    def hears(self) -> list[str]:
        """The prompts of the answer, as `key.language`."""
        return self.house.prompts_in(self.answer)


def path_of(url: str) -> str:
    assert url.startswith(PUBLIC), url
    split = urlsplit(url)
    return split.path + (f"?{split.query}" if split.query else "")


@dataclass
class House:
    """What a test does and asks; what it asks for is read and let go of at once, so nothing stays locked."""

    app: Flask
    carrier: Carrier
    identity: Callable[[str], Identity]

    def ask(self, path: str, form: Mapping[str, str], signature: str | None = None) -> TestResponse:
        """Post as the provider does, signed unless another signature is given."""
        signed = signature_of(PUBLIC + path, form, TOKEN) if signature is None else signature
        headers = {"X-Twilio-Signature": signed} if signed else {}
        body = urlencode(form).encode()
        if has_app_context():
            db.session.rollback()
        return PageClient(self.app).http.post(path, data=body, content_type=FORM, headers=headers)

    def caller(self, number: str = BILAL) -> Caller:
        return Caller(self, number)

    def line(self) -> PhoneLine:
        return db.session.scalars(select(PhoneLine).where(PhoneLine.address == HOTLINE)).one()

    def open(self, languages: Sequence[str] = LANGUAGES, *, is_on: bool = True, **details: bool) -> None:
        """Set the line up with all its prompts."""
        manager, line = self.identity("manager-lahore"), self.line()
        service.set_menu(line, service.MenuDetails(languages, **details), by=manager)
        for language in languages:
            for key in IN_EVERY_LANGUAGE:
                self.prompt(key, language)
        self.prompt(PromptKey.TAKE_CALL, languages[0])
        if is_on:
            service.switch_line(line, is_on=True, by=manager)
        db.session.commit()

    def prompt(self, key: PromptKey, language: str) -> None:
        sound = read_sound(tone(300, 440))
        by = self.identity("manager-lahore")
        service.add_prompt(self.line(), key, language, sound, is_upload=True, by=by)

    def put_on_duty(
        self, username: str = "counsellor-lahore", phone: str = SADIA, languages: Sequence[str] = LANGUAGES
    ) -> UUID:
        user_id = self.identity(username).user_id
        assert user_id is not None
        by = self.identity("manager-lahore")
        duty = service.set_duty(self.line(), user_id, phone, languages, by=by)
        service.switch_duty(duty, is_on=True, by=by)
        duty_id = duty.id
        db.session.commit()
        return duty_id

    def prompts_in(self, answer: ET.Element) -> list[str]:
        found = []
        for play in answer.iter("Play"):
            prompt = db.session.get_one(VoicePrompt, UUID((play.text or "").split("/")[-2]))
            found.append(f"{prompt.key.value}.{prompt.language}")
        db.session.rollback()
        return found

    def work(self) -> int:
        db.session.rollback()
        return drain(self.app)

    def sweep(self) -> None:
        enqueue("hotline.sweep", {})
        db.session.commit()
        self.work()

    def rows(self, model: type[Row]) -> Sequence[Row]:
        found = db.session.scalars(select(model).order_by(model.id)).all()  # type: ignore[attr-defined]
        db.session.expunge_all()
        db.session.rollback()
        return found

    def call(self) -> Call:
        (call,) = self.rows(Call)
        return call

    def made_call(self) -> Call:
        """The only call of ours."""
        (call,) = [each for each in self.rows(Call) if each.direction is CallDirection.OUT]
        return call

    def callbacks(self) -> list[Callback]:
        return [each for each in self.rows(Callback) if each.done_at is None]

    def callback(self) -> Callback:
        (callback,) = self.callbacks()
        return callback

    def voicemail(self) -> Voicemail:
        (voicemail,) = self.rows(Voicemail)
        return voicemail

    def tags(self) -> list[str]:
        return [event.tag for event in self.rows(AuditEvent)]

    def menu_id(self) -> UUID:
        menu = find_menu(self.line())
        assert menu is not None
        found = menu.id
        db.session.rollback()
        return found
