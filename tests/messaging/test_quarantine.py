"""What came to a line that we do not know, or from nobody: kept, shown to those who may, assigned once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from mrc.audit.tags import Event
from mrc.centres.queries import find_line_by_address
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.messaging import service
from mrc.messaging.models import InboundEvent, Message
from mrc.messaging.states import InboundState
from tests.messaging.house import LAHORE, House, form_of
from tests.support.pages import PageClient

UNKNOWN = "whatsapp:+923009999999"
Client = Callable[..., PageClient]


@pytest.fixture
def event(house: House) -> InboundEvent:
    """A message that came to an unknown line."""
    assert house.hear(form_of("سلام", To=UNKNOWN)) == 200
    (kept,) = house.rows(InboundEvent)
    return kept


def choice(page_of: PageClient, url: str, label: str) -> str:
    """The id of the line that the page offers under that label."""
    (form,) = [each for each in page_of.get(url).find("form") if label in "".join(each.itertext())]
    return next(str(field.get("value")) for field in form.iter("input") if field.get("name") == "line")


def test_a_message_to_an_unknown_line_is_kept_and_told_to_the_log(house: House, event: InboundEvent) -> None:
    assert (event.state, event.line_address) == (InboundState.QUARANTINED, UNKNOWN)
    assert house.rows(Message) == []
    assert house.tags().count(Event.MESSAGE_RECEIVED) == 1


def test_the_same_message_twice_is_kept_once(house: House) -> None:
    form = form_of(To=UNKNOWN)
    assert [house.hear(form), house.hear(form)] == [200, 200]
    assert len(house.rows(InboundEvent)) == 1


@pytest.mark.parametrize("username", ["counsellor-lahore", "protection-lahore", "frontdesk-lahore"])
def test_who_may_not_assign_it_does_not_see_it(client: Client, event: InboundEvent, username: str) -> None:
    colleague = client(username)
    assert "Came to an unknown line" not in colleague.get("/inbox").text
    assert colleague.http.get(f"/inbox/quarantine/{event.id}").status_code in {403, 404}


def test_a_manager_says_to_which_line_it_belongs_once(
    house: House, client: Client, event: InboundEvent
) -> None:
    manager, url = client("manager-lahore"), f"/inbox/quarantine/{event.id}"
    assert UNKNOWN in manager.get("/inbox").text
    assert "سلام" not in manager.get(url).text
    line = choice(manager, url, "Lahore WhatsApp")
    page = manager.submit(manager.get(url), {"line": line}, form=None)
    assert page.url == f"/inbox/{house.thread().id}"
    assert house.bodies() == ["سلام"]
    assert Event.QUARANTINE_ASSIGNED in house.tags()
    manager.get(url, status=404)
    assert "Came to an unknown line" not in manager.get("/inbox").text


def test_a_manager_cannot_put_it_on_the_line_of_another_centre(
    house: House, client: Client, event: InboundEvent
) -> None:
    lahore, erbil = client("manager-lahore"), client("manager-erbil")
    url = f"/inbox/quarantine/{event.id}"
    theirs = choice(erbil, url, "Erbil WhatsApp")
    token = lahore.get(url).find("input", name="csrf_token")[0].get("value")
    assert lahore.http.post(url, data={"line": theirs, "csrf_token": token}).status_code == 404
    assert house.rows(InboundEvent)[0].state is InboundState.QUARANTINED


def assign(house: House, username: str = "manager-lahore") -> None:
    """Assign the only kept message to Lahore's line, in a context of its own."""
    with house.app.app_context():
        event = db.session.query(InboundEvent).one()
        line = find_line_by_address(LAHORE)
        assert line is not None
        service.assign_quarantined(event, line, by=house.identity(username))
        db.session.commit()


def test_a_message_is_not_offered_a_line_that_cannot_answer_it(
    house: House, client: Client, sms_line: str, event: InboundEvent
) -> None:
    manager = client("manager-lahore")
    offered = manager.get(f"/inbox/quarantine/{event.id}").text
    assert "Lahore WhatsApp" in offered
    assert "Lahore SMS" not in offered
    assert "Lahore hotline" not in offered


def test_two_managers_at_once_make_one_message(house: House, event: InboundEvent) -> None:
    with ThreadPoolExecutor(2) as threads:
        results = [threads.submit(assign, house) for _ in range(2)]
    assert [type(each.exception()) for each in results if each.exception()] == [Refused]
    assert house.bodies() == ["سلام"]


def test_a_counsellor_cannot_assign_it(house: House, event: InboundEvent) -> None:
    with pytest.raises(Forbidden):
        assign(house, "counsellor-lahore")


@pytest.mark.parametrize("sender", [None, "", "whatsapp:"])
def test_a_message_from_nobody_is_kept_and_cannot_be_assigned(
    house: House, client: Client, sender: str | None
) -> None:
    assert house.hear(form_of(From=sender)) == 200
    (kept,) = house.rows(InboundEvent)
    assert (kept.state, kept.flags) == (InboundState.QUARANTINED, {"no_sender": True})
    with pytest.raises(Refused, match="nobody to answer"):
        assign(house)
    assert house.rows(Message) == []


def test_a_line_out_of_use_is_an_unknown_line(house: House) -> None:
    line = find_line_by_address(LAHORE)
    assert line is not None
    line.is_active = False
    db.session.commit()
    assert house.hear(form_of()) == 200
    assert house.rows(InboundEvent)[0].state is InboundState.QUARANTINED
