"""When no answer may go out: asked at composing, and again at sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.messaging.states import MessageStatus, Reason, ThreadStatus
from mrc.persons.models import PersonAddress
from mrc.persons.service import NewAddress, PersonDetails, register_person
from mrc.persons.states import AddressKind
from tests.messaging.house import BILAL, House
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
Status = MessageStatus


class TestTheWindow:
    """WhatsApp takes free answers for 24 hours from their last message."""

    def test_refuses_at_composing_once_it_is_closed(
        self, house: House, clock: time_machine.Traveller
    ) -> None:
        house.written_to()
        clock.shift(timedelta(hours=24) - timedelta(minutes=2))
        with pytest.raises(Refused, match="within 24 hours"):
            house.answer()

    def test_says_so_on_the_page_and_keeps_the_words(
        self, house: House, client: Client, clock: time_machine.Traveller
    ) -> None:
        url = f"/inbox/{house.written_to().id}"
        clock.shift(timedelta(hours=24))
        counsellor = client("counsellor-lahore")
        page = counsellor.submit(counsellor.get(url), {"body": "my words"}, form="composer", status=422)
        assert "within 24 hours" in page.text
        assert "my words" in "".join(page.find("textarea", name="body")[0].itertext())

    def test_refuses_at_sending_when_it_closed_meanwhile(
        self, house: House, clock: time_machine.Traveller
    ) -> None:
        house.written_to()
        clock.shift(timedelta(hours=23, minutes=57))
        house.answer()
        clock.shift(timedelta(minutes=2))
        house.work()
        message = house.message()
        assert (message.status, message.reason, message.attempts) == (
            Status.EXPIRED,
            Reason.WINDOW_CLOSED,
            0,
        )
        assert house.on_screen() == []
        assert house.thread().status is ThreadStatus.WAITING

    def test_is_open_until_two_minutes_before(self, house: House, clock: time_machine.Traveller) -> None:
        house.written_to()
        clock.shift(timedelta(hours=23, minutes=57))
        house.answer("in time")
        house.work()
        assert house.on_screen() == ["in time"]

    def test_opens_again_when_they_write(self, house: House, clock: time_machine.Traveller) -> None:
        house.written_to()
        clock.shift(timedelta(days=3))
        house.written_to("میں واپس آ گیا")
        house.answer("خوش آمدید")

    def test_does_not_exist_for_sms(self, house: House, sms_line: str, clock: time_machine.Traveller) -> None:
        house.written_to(From=BILAL, To=sms_line)
        clock.shift(timedelta(days=3))
        house.answer("we have news")
        house.work()
        assert house.on_screen() == ["we have news"]


class TestTheContactPlan:
    """What the person said about this address wins over everything."""

    @staticmethod
    def plan(house: House, **plan: bool) -> None:
        """Bilal is registered with this plan, or it changes."""
        link = db.session.query(PersonAddress).one_or_none()
        if link is None:
            address = NewAddress(AddressKind.WHATSAPP, BILAL)
            details = PersonDetails("بلال احمد", addresses=(address,))
            by = house.identity("counsellor-lahore")
            (lahore,) = by.home_centre_ids
            register_person(details, centre_id=lahore, by=by)
            link = db.session.query(PersonAddress).one()
        for name, value in plan.items():
            setattr(link, name, value)
        db.session.commit()

    @pytest.mark.parametrize(
        ("plan", "words"), [({"never_contact": True}, "never"), ({"may_message": False}, "not safe")]
    )
    def test_refuses_at_composing(self, house: House, plan: dict[str, bool], words: str) -> None:
        self.plan(house, **plan)
        house.written_to()
        with pytest.raises(Refused, match=words):
            house.answer()

    @pytest.mark.parametrize(
        ("plan", "reason"),
        [({"never_contact": True}, Reason.NEVER_CONTACT), ({"may_message": False}, Reason.NOT_SAFE)],
    )
    def test_refuses_at_sending_when_it_changed_meanwhile(
        self, house: House, client: Client, plan: dict[str, bool], reason: Reason
    ) -> None:
        house.written_to()
        house.answer()
        self.plan(house, **plan)
        house.work()
        message = house.message()
        assert (message.status, message.reason, message.attempts) == (Status.HELD, reason, 0)
        assert house.on_screen() == []
        assert house.thread().status is ThreadStatus.WAITING
        page = client("counsellor-lahore").get(f"/inbox/{house.thread().id}")
        assert "The contact plan says" in page.text
