"""Who holds a conversation, when it is done, and who may see it at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import update

from mrc.accounts.models import User
from mrc.audit.tags import Event
from mrc.core import clock as time
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.messaging import queries, service
from mrc.messaging.models import Thread
from mrc.messaging.service.levels import escalate
from mrc.messaging.states import ThreadStatus
from mrc.tasks.service import record_absence
from tests.messaging.house import House, form_of
from tests.support.pages import Page, PageClient

Client = Callable[..., PageClient]
COUNSELLOR, COLLEAGUE = "counsellor-lahore", "protection-lahore"
STEPS = {
    "take": service.take,
    "release": service.release,
    "done": service.mark_done,
}


@pytest.fixture
def thread(house: House) -> Thread:
    """Bilal's conversation with Lahore."""
    return house.written_to()


def do(house: House, step: str, username: str = COUNSELLOR) -> None:
    """Take a step with the only conversation, in a transaction of its own."""
    with house.app.app_context():
        by = house.identity(username)
        STEPS[step](db.session.query(Thread).one(), by=by)
        db.session.commit()


def id_of(house: House, username: str) -> UUID | None:
    user_id = house.identity(username).user_id
    db.session.rollback()
    return user_id


def press(client: PageClient, thread: Thread, step: str, **expected: int) -> Page:
    """Press a button on the conversation's page."""
    url = f"/inbox/{thread.id}"
    return client.submit(client.get(url), {}, form=f"{url}/{step}", **expected)


def rows_of(page: Page) -> list[str]:
    return ["".join(link.itertext()) for link in page.find("a", class_="thread-link")]


def test_taking_giving_back_and_taking_again(house: House, client: Client, thread: Thread) -> None:
    counsellor, colleague = client(COUNSELLOR), client(COLLEAGUE)
    assert "held by Sadia Anwar" in press(counsellor, thread, "take").text
    assert house.thread().assignee_id == id_of(house, COUNSELLOR)
    assert house.thread().unread_count == 0
    assert rows_of(counsellor.get("/inbox?tab=mine"))
    assert not rows_of(colleague.get("/inbox?tab=unassigned"))
    assert "nobody holds it" in press(counsellor, thread, "release").text
    assert "held by Farhan Iqbal" in press(colleague, thread, "take").text
    tags = [tag for tag in house.tags() if tag in {Event.THREAD_TAKEN, Event.THREAD_RELEASED}]
    assert sorted(tags) == [Event.THREAD_RELEASED, Event.THREAD_TAKEN, Event.THREAD_TAKEN]


def test_what_a_colleague_holds_cannot_be_taken(house: House, client: Client, thread: Thread) -> None:
    counsellor, url = client(COUNSELLOR), f"/inbox/{thread.id}"
    before = counsellor.get(url)
    do(house, "take", COLLEAGUE)
    answer = counsellor.submit(before, {}, form=f"{url}/take", status=422)
    assert "A colleague holds this conversation." in answer.text
    assert house.thread().assignee_id == id_of(house, COLLEAGUE)
    page = counsellor.get(url)
    assert "held by Farhan Iqbal" in page.text
    assert not [form for form in page.find("form") if form.get("action") in {f"{url}/take", f"{url}/release"}]


def test_two_who_take_it_at_once_do_not_both_hold_it(house: House, thread: Thread) -> None:
    with ThreadPoolExecutor(2) as threads:
        results = [threads.submit(do, house, "take", each) for each in (COUNSELLOR, COLLEAGUE)]
    assert [type(each.exception()) for each in results if each.exception()] == [Refused]
    assert house.tags().count(Event.THREAD_TAKEN) == 1


@pytest.mark.parametrize(
    ("step", "tag"),
    [("take", Event.THREAD_TAKEN), ("release", Event.THREAD_RELEASED), ("done", Event.THREAD_DONE)],
)
def test_a_step_twice_is_in_the_log_once(house: House, thread: Thread, step: str, tag: Event) -> None:
    if step == "release":
        do(house, "take")
    do(house, step)
    do(house, step)
    assert house.tags().count(tag) == 1


def test_whoever_answers_first_holds_it(house: House, thread: Thread) -> None:
    house.answer()
    answered = house.thread()
    assert answered.assignee_id == id_of(house, COUNSELLOR)
    assert (answered.status, answered.waiting_since, answered.unread_count) == (
        ThreadStatus.ANSWERED,
        None,
        0,
    )


def test_it_is_handed_over_to_a_colleague_of_the_centre(house: House, client: Client, thread: Thread) -> None:
    counsellor = client(COUNSELLOR)
    url = f"/inbox/{thread.id}/hand-over"
    (field,) = counsellor.get(url).find("select", name="counsellor")
    offered = {str(option.text) for option in field.iter("option")}
    assert "Farhan Iqbal" in offered
    assert not {"Shwan Karim", "Omar Haddad"} & offered
    counsellor.post(url, {"counsellor": str(id_of(house, COLLEAGUE))})
    assert house.thread().assignee_id == id_of(house, COLLEAGUE)
    assert house.tags().count(Event.THREAD_ASSIGNED) == 1
    assert rows_of(client(COLLEAGUE).get("/inbox?tab=mine"))


def test_it_cannot_be_handed_to_somebody_of_another_centre(house: House, thread: Thread) -> None:
    stranger = id_of(house, "counsellor-erbil")
    assert stranger is not None
    with pytest.raises(Refused, match="does not work in the centre"):
        service.assign(db.session.query(Thread).one(), stranger, by=house.identity(COUNSELLOR))


def test_done_is_done_until_they_write_again(
    house: House, client: Client, thread: Thread, clock: time_machine.Traveller
) -> None:
    counsellor = client(COUNSELLOR)
    press(counsellor, thread, "done")
    done = house.thread()
    assert (done.status, done.waiting_since, done.unread_count) == (ThreadStatus.DONE, None, 0)
    assert not rows_of(counsellor.get("/inbox"))
    assert rows_of(counsellor.get("/inbox?tab=done"))
    clock.shift(timedelta(minutes=5))
    house.hear(form_of("one more thing"))
    awake = house.thread()
    assert (awake.status, awake.waiting_since, awake.unread_count) == (ThreadStatus.WAITING, time.now(), 1)
    assert rows_of(counsellor.get("/inbox"))


def test_an_answered_one_wakes_with_the_next_message_and_stays_with_its_holder(
    house: House, thread: Thread, clock: time_machine.Traveller
) -> None:
    house.answer()
    clock.shift(timedelta(hours=1))
    house.hear(form_of("thanks, but"))
    awake = house.thread()
    assert (awake.status, awake.waiting_since) == (ThreadStatus.WAITING, time.now())
    assert awake.assignee_id == id_of(house, COUNSELLOR)


def test_an_answer_that_fails_does_not_wake_what_has_moved_on(
    house: House, thread: Thread, clock: time_machine.Traveller
) -> None:
    first = house.answer("first")
    clock.shift(timedelta(minutes=1))
    house.answer("second")
    house.report(first, "undelivered", 30003, sid="SM" + "a" * 32)
    assert house.thread().status is ThreadStatus.ANSWERED


def test_those_who_have_waited_longest_come_first(
    house: House, client: Client, clock: time_machine.Traveller
) -> None:
    for name in ("first", "second", "third"):
        house.hear(form_of(From=f"whatsapp:+9230055502{len(name)}{ord(name[0])}", ProfileName=name))
        clock.shift(timedelta(minutes=1))
    shown = rows_of(client(COUNSELLOR).get("/inbox"))
    assert [next(name for name in ("first", "second", "third") if name in row) for row in shown] == [
        "first",
        "second",
        "third",
    ]


@pytest.mark.parametrize("username", ["counsellor-erbil", "manager-erbil", "coordinator-pakistan", "admin"])
def test_another_centre_s_conversation_does_not_exist(
    house: House, client: Client, thread: Thread, username: str
) -> None:
    stranger, before = client(username), house.stored()
    may_read_others = username.endswith("erbil")
    token = stranger.follow("/account" if not may_read_others else "/inbox").find("input", name="csrf_token")
    paths = [rule.rule for rule in house.app.url_map.iter_rules() if "thread_id" in rule.arguments]
    assert len(paths) >= 6
    for path in paths:
        for step in ("take", "release", "done"):
            url = path.replace("<uuid:thread_id>", str(thread.id))
            url = url.replace("<any(take, release, done):step>", step)
            posted = stranger.http.post(url, data={"csrf_token": token[0].get("value"), "body": "hello"})
            for status in {stranger.http.get(url).status_code, posted.status_code}:
                assert status in ({404, 405} if may_read_others else {403, 404, 405}), url
    after = house.stored()
    assert (after["message"], after["thread"]) == (before["message"], before["thread"])
    assert house.thread().assignee_id is None


@pytest.mark.parametrize("username", ["counsellor-erbil", "counsellor-kabul"])
def test_another_centre_s_conversation_is_on_no_list(
    house: House, client: Client, thread: Thread, username: str
) -> None:
    for tab in ("team", "mine", "unassigned", "done"):
        assert not rows_of(client(username).get(f"/inbox?tab={tab}"))


@pytest.mark.parametrize("step", STEPS)
def test_the_services_themselves_refuse_another_centre(house: House, thread: Thread, step: str) -> None:
    with pytest.raises(Forbidden):
        do(house, step, "counsellor-erbil")


def test_the_front_desk_reads_and_does_nothing(house: House, client: Client, thread: Thread) -> None:
    page = client("frontdesk-lahore").get(f"/inbox/{thread.id}")
    assert "سلام" in page.text
    assert not [form for form in page.find("form") if str(thread.id) in str(form.get("action"))]


def test_a_conversation_that_never_was_is_not_found(house: House, client: Client) -> None:
    client(COUNSELLOR).get(f"/inbox/{uuid4()}", status=404)
    with pytest.raises(NotFound):
        queries.get_thread(uuid4(), by=house.identity(COUNSELLOR))


def leave(house: House) -> None:
    """The counsellor goes on leave for today and tomorrow; a colleague stands in."""
    by = house.identity("manager-lahore")
    (centre_id,) = by.home_centre_ids
    today = time.today_in("Asia/Karachi")
    user_id, substitute_id = id_of(house, COUNSELLOR), id_of(house, COLLEAGUE)
    assert user_id is not None
    assert substitute_id is not None
    days = (today, today + timedelta(days=1))
    record_absence(user_id, substitute_id, days, centre_id=centre_id, by=by)
    db.session.commit()


def test_whoever_waits_for_somebody_on_leave_waits_for_the_team(house: House, thread: Thread) -> None:
    do(house, "take")
    escalate(thread.centre_id)
    db.session.commit()
    assert house.thread().assignee_id == id_of(house, COUNSELLOR)
    leave(house)
    escalate(thread.centre_id)
    db.session.commit()
    assert house.thread().assignee_id is None
    assert house.tags().count(Event.THREAD_RELEASED) == 1


def test_whoever_waits_for_somebody_who_left_waits_for_the_team(house: House, thread: Thread) -> None:
    do(house, "take")
    db.session.execute(update(User).where(User.id == id_of(house, COUNSELLOR)).values(locked_at=time.now()))
    db.session.commit()
    escalate(thread.centre_id)
    db.session.commit()
    assert house.thread().assignee_id is None


def test_a_day_and_a_found_message_are_gone_to(
    house: House, client: Client, clock: time_machine.Traveller
) -> None:
    for day in range(3):
        for number in range(30):
            house.hear(form_of(f"day {day} number {number}"))
            clock.shift(timedelta(seconds=1))
        clock.shift(timedelta(days=1))
    browser, url = client(COUNSELLOR), f"/inbox/{house.thread().id}"
    assert "day 0" not in browser.get(url).text
    first = browser.get(f"{url}?on=2026-03-02")
    assert "day 0 number 29" in first.text
    assert "day 1" not in first.text
    assert "Newest messages" in first.text
    found = browser.get(f"{url}?q=day+1+number+7")
    (link,) = [each.get("href") for each in found.find("a") if "#message-" in str(each.get("href"))]
    there = browser.get(str(link))
    assert f'id="{str(link).partition("#")[2]}"' in there.html
    assert "day 1 number 8" not in there.text
    for nonsense in ("", "yesterday", "9999-12-31", "0001-01-01", "%00"):
        assert browser.get(f"{url}?on={nonsense}").status == 200
