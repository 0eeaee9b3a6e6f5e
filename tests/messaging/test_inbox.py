"""The inbox: queues, notes, labels, putting off, two colleagues at one conversation, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.accounts.models import User
from mrc.core import clock as time
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.messaging import queries, service
from mrc.messaging.models import Message, Thread, ThreadNote
from mrc.messaging.queries import ThreadFilter
from mrc.messaging.states import Direction, MessageStatus, ThreadStatus
from tests.messaging.house import House, form_of
from tests.support.pages import PageClient

Client = Callable[..., PageClient]
Clock = time_machine.Traveller


def one_thread() -> Thread:
    return db.session.scalars(select(Thread)).one()


def tab_of(by: Identity, tab: str, wanted: ThreadFilter | None = None) -> int:
    page = queries.list_threads(by, tab=tab, cursor=None, wanted=wanted or ThreadFilter())
    db.session.rollback()
    return len(page.items)


class TestQueues:
    """Who sees what first."""

    def test_filters_narrow_by_language_label_channel_and_waiting(self, house: House, clock: Clock) -> None:
        house.written_to()
        thread, by = one_thread(), house.identity("counsellor-lahore")
        thread.language = "ur"
        service.set_labels(thread, ["legal"], by=by)
        db.session.commit()
        found = {
            "all": tab_of(by, "team"),
            "ur": tab_of(by, "team", ThreadFilter(language="ur")),
            "en": tab_of(by, "team", ThreadFilter(language="en")),
            "legal": tab_of(by, "team", ThreadFilter(label="legal")),
            "leg": tab_of(by, "team", ThreadFilter(label="leg")),
            "sms": tab_of(by, "team", ThreadFilter(channel="sms")),
            "overdue": tab_of(by, "team", ThreadFilter(overdue=True)),
        }
        assert found == {"all": 1, "ur": 1, "en": 0, "legal": 1, "leg": 0, "sms": 0, "overdue": 0}
        clock.shift(timedelta(minutes=61))
        assert tab_of(by, "team", ThreadFilter(overdue=True)) == 1

    @pytest.mark.parametrize(
        ("languages", "skills", "seen"),
        [
            ([], [], 1),
            (["ur"], [], 1),
            (["en"], [], 0),
            (["ur"], ["health"], 0),
            ([], ["legal", "health"], 1),
        ],
    )
    def test_for_me_is_what_i_answer_on(
        self, house: House, languages: list[str], skills: list[str], seen: int
    ) -> None:
        house.written_to()
        thread, by = one_thread(), house.identity("counsellor-lahore")
        thread.language, thread.labels = "ur", ["legal"]
        user = db.session.get_one(User, by.user_id)
        user.languages, user.skills = languages, skills
        db.session.commit()
        assert tab_of(by, "team", ThreadFilter(for_me=True)) == seen

    def test_what_is_put_off_comes_back_by_itself_and_when_they_write(
        self, house: House, clock: Clock
    ) -> None:
        house.written_to()
        by = house.identity("counsellor-lahore")
        service.snooze(one_thread(), time.now() + timedelta(hours=1), by=by)
        db.session.commit()
        assert (tab_of(by, "team"), tab_of(by, "snoozed")) == (0, 1)
        clock.shift(timedelta(hours=1, seconds=1))
        assert (tab_of(by, "team"), tab_of(by, "snoozed")) == (1, 0)
        service.snooze(one_thread(), time.now() + timedelta(days=1), by=by)
        db.session.commit()
        house.written_to("are you there?")
        assert (tab_of(by, "team"), tab_of(by, "snoozed")) == (1, 0)

    @pytest.mark.parametrize("ahead", [timedelta(minutes=-1), timedelta(days=91)])
    def test_a_time_that_is_over_or_too_far_is_refused(self, house: House, ahead: timedelta) -> None:
        house.written_to()
        with pytest.raises(Refused, match="90 days"):
            service.snooze(one_thread(), time.now() + ahead, by=house.identity("counsellor-lahore"))

    def test_an_unknown_label_is_refused(self, house: House) -> None:
        house.written_to()
        with pytest.raises(Refused):
            service.set_labels(one_thread(), ["<b>"], by=house.identity("counsellor-lahore"))


class TestNotes:
    """What colleagues tell each other is never sent."""

    def test_a_note_stands_in_the_conversation_and_never_leaves(self, house: House, client: Client) -> None:
        url = f"/inbox/{house.written_to().id}"
        counsellor = client("counsellor-lahore")
        page = counsellor.post(f"{url}/notes/new", {"body": "Sister calls from <b>Multan</b>"})
        assert "Sister calls from <b>Multan</b>" in page.text
        house.work()
        assert house.on_screen() == []
        (note,) = house.rows(ThreadNote)
        assert b"Multan" not in (note.body_sealed or b"")
        page = counsellor.post(f"{url}/notes/{note.id}/void", {"reason": "wrong person"})
        assert "Multan" not in page.text
        assert "wrong person" in page.text

    def test_only_its_author_strikes_it_out(self, house: House, client: Client) -> None:
        url = f"/inbox/{house.written_to().id}"
        note = service.add_note(one_thread(), "x", by=house.identity("counsellor-lahore"))
        db.session.commit()
        note_id = note.id
        with pytest.raises(Forbidden):
            service.void_note(one_thread(), note, "why", by=house.identity("protection-lahore"))
        db.session.rollback()
        assert client("protection-lahore").http.get(f"{url}/notes/{note_id}/void").status_code == 404

    @pytest.mark.parametrize("body", ["", "  ", "x" * 4_001])
    def test_an_empty_or_endless_one_is_refused(self, house: House, body: str) -> None:
        house.written_to()
        with pytest.raises(Refused, match="between 1 and 4000"):
            service.add_note(one_thread(), body, by=house.identity("counsellor-lahore"))


class TestCase30TwoColleagues:
    """Two answer at once: one message for each, and the second reads the first before sending."""

    def test_who_was_overtaken_is_warned_and_may_send_all_the_same(
        self, house: House, client: Client
    ) -> None:
        url = f"/inbox/{house.written_to().id}"
        second = client("protection-lahore")
        page = second.get(url)
        house.answer("from Sadia")
        warned = second.submit(page, {"body": "from Farhan"}, form="composer", status=409)
        assert "Sadia Anwar answered meanwhile" in warned.text
        assert "from Farhan" in warned.html
        house.work()
        assert house.on_screen() == ["from Sadia"]
        second.submit(warned, {}, form="composer")
        for _ in range(3):
            house.work()
        ours = [each for each in house.rows(Message) if each.direction is Direction.OUT]
        assert sorted(each.body or "" for each in ours) == ["from Farhan", "from Sadia"]

    def test_colleagues_see_who_is_there_and_who_writes(
        self, house: House, client: Client, clock: Clock
    ) -> None:
        url = f"/inbox/{house.written_to().id}"
        service.be_present(one_thread(), is_typing=True, by=house.identity("protection-lahore"))
        db.session.commit()
        counsellor = client("counsellor-lahore")
        assert "Farhan Iqbal is writing an answer." in counsellor.get(url).text
        clock.shift(timedelta(seconds=30))
        assert "Farhan Iqbal has this open too." in counsellor.get(url).text
        clock.shift(timedelta(seconds=30))
        assert "Farhan Iqbal" not in counsellor.get(url).text

    def test_a_stranger_is_nowhere(self, house: House) -> None:
        house.written_to()
        with pytest.raises(Forbidden):
            service.be_present(one_thread(), is_typing=False, by=house.identity("counsellor-erbil"))


def test_nothing_new_costs_no_look(house: House, client: Client) -> None:
    url = f"/inbox/{house.written_to().id}"
    counsellor = client("counsellor-lahore")
    revision = counsellor.get(url).html.split('data-revision="')[1].split('"')[0]
    looks = house.tags().count("messaging:thread:read")
    news = f"{url}/news?revision={revision}"
    assert counsellor.http.get(news).status_code == 204
    assert house.tags().count("messaging:thread:read") == looks
    house.written_to("more")
    answer = counsellor.http.get(news)
    assert answer.status_code == 200
    assert "more" in answer.text


def test_words_are_found_in_a_conversation_whatever_their_spelling(house: House, client: Client) -> None:
    url = f"/inbox/{house.written_to('میرا ویزا کب آئے گا').id}"
    counsellor = client("counsellor-lahore")
    assert "Found in this conversation" in counsellor.get(f"{url}?q=ويزا").text
    assert "These words were not found." in counsellor.get(f"{url}?q=passport").text


def test_an_answer_for_later_is_shown_and_taken_back_on_the_page(
    house: House, client: Client, clock: Clock
) -> None:
    url = f"/inbox/{house.written_to().id}"
    clock.shift(timedelta(hours=8))
    counsellor = client("counsellor-lahore")
    page = counsellor.get(url)
    assert "It is night where the person is." in page.text
    page = counsellor.submit(page, {"body": "in the morning"}, form="composer")
    assert house.message().status is MessageStatus.HELD
    assert house.thread().status is ThreadStatus.ANSWERED
    row = db.session.get_one(Message, house.message().id)
    service.take_back(row, by=house.identity("counsellor-lahore"))
    db.session.commit()
    assert house.message().status is MessageStatus.CANCELLED


@pytest.mark.parametrize("when", [{"when": "at"}, {"when": "at", "send_time": "25:00"}])
def test_a_time_that_is_not_whole_is_refused_and_nothing_is_lost(
    house: House, client: Client, when: dict[str, str]
) -> None:
    url = f"/inbox/{house.written_to().id}"
    counsellor = client("counsellor-lahore")
    page = counsellor.submit(counsellor.get(url), {"body": "keep me", **when}, form="composer", status=422)
    assert "keep me" in page.html
    assert all(each.direction is Direction.IN for each in house.rows(Message))


def test_another_person_s_message_is_not_filed_here(house: House) -> None:
    house.written_to()
    (message,) = house.rows(Message)
    house.hear(form_of("other", From="whatsapp:+923005550109"))
    other = db.session.scalars(select(Thread).where(Thread.id != message.thread_id)).one()
    with pytest.raises(Refused):
        service.link_case(other, message, uuid4(), by=house.identity("counsellor-lahore"))
