"""When no answer may go out: asked at composing, and again at sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.messaging.states import MessageStatus, Reason, ThreadStatus
from mrc.persons.models import Consent, Person, PersonAddress
from mrc.persons.service import (
    NewAddress,
    NewConsent,
    PersonDetails,
    record_consent,
    register_person,
    withdraw_consent,
)
from mrc.persons.states import AddressKind, ConsentMode, ConsentPurpose
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
        page = counsellor.submit(
            counsellor.get(url), {"body": "my words", "when": "now"}, form="composer", status=422
        )
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
        assert (message.status, message.reason, message.attempts) == (Status.HELD, Reason.WINDOW_CLOSED, 0)
        assert house.thread().status is ThreadStatus.WAITING
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
    def plan(house: House, **plan: object) -> None:
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

    def test_keeps_the_safe_hours_of_where_the_person_is(
        self, house: House, clock: time_machine.Traveller
    ) -> None:
        # 09:00 UTC on a Monday: 14:00 in Lahore, noon in Istanbul.
        self.plan(house, safe_windows=[{"days": [0], "from": 11 * 60, "until": 13 * 60}])
        house.written_to()
        with pytest.raises(Refused, match="safe again from"):
            house.answer()
        db.session.rollback()
        db.session.query(Person).one().time_zone = "Europe/Istanbul"
        db.session.commit()
        house.answer("now it is safe")
        house.work()
        assert house.on_screen() == ["now it is safe"]

    def test_holds_back_what_would_leave_after_the_safe_hours(
        self, house: House, clock: time_machine.Traveller
    ) -> None:
        self.plan(house, safe_windows=[{"days": [0], "from": 13 * 60, "until": 14 * 60 + 5}])
        house.written_to()
        house.answer()
        clock.shift(timedelta(minutes=5))
        house.work()
        message = house.message()
        assert (message.status, message.reason) == (Status.HELD, Reason.OUTSIDE_HOURS)
        assert house.on_screen() == []

    @pytest.mark.parametrize("words", ["Salam BILAL, news", "بلال صاحب، سلام", "MRC calling", "mrc lahore!"])
    def test_a_phone_that_others_read_gets_no_name(self, house: House, words: str) -> None:
        self.plan(house, read_by=["siblings"])
        link = db.session.query(PersonAddress).one()
        link.person.latin_name = "Bilal Ahmad"
        db.session.commit()
        house.written_to()
        with pytest.raises(Refused, match="Others read"):
            house.answer(words)
        db.session.rollback()
        house.answer("The parcel is ready.")

    def test_names_are_free_on_a_phone_of_their_own(self, house: House) -> None:
        self.plan(house)
        house.written_to()
        house.answer("بلال صاحب، سلام")


class TestConsent:
    """What was taken back stops messages at once; what was never asked stops none."""

    @staticmethod
    def agreed(house: House, purpose: ConsentPurpose) -> None:
        """Bilal is registered and agrees to this."""
        TestTheContactPlan.plan(house)
        by = house.identity("counsellor-lahore")
        person = db.session.query(Person).one()
        record_consent(person, NewConsent(purpose, ConsentMode.VERBAL, "ur"), by=by)
        db.session.commit()

    @staticmethod
    def take_back(house: House) -> None:
        """Bilal takes back what he agreed to."""
        withdraw_consent(db.session.query(Consent).one(), by=house.identity("counsellor-lahore"))
        db.session.commit()

    def test_taken_back_refuses_at_composing(self, house: House) -> None:
        self.agreed(house, ConsentPurpose.CONTACT_WHATSAPP)
        self.take_back(house)
        house.written_to()
        with pytest.raises(Refused, match="took back their consent"):
            house.answer()

    def test_taken_back_meanwhile_holds_what_waits(self, house: House) -> None:
        self.agreed(house, ConsentPurpose.CONTACT_WHATSAPP)
        house.written_to()
        house.answer()
        self.take_back(house)
        house.work()
        message = house.message()
        assert (message.status, message.reason) == (Status.HELD, Reason.CONSENT_WITHDRAWN)
        assert house.on_screen() == []

    def test_of_another_channel_refuses_nothing(self, house: House) -> None:
        self.agreed(house, ConsentPurpose.CONTACT_SMS)
        self.take_back(house)
        house.written_to()
        house.answer()
