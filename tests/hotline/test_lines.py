"""What a manager sets up: the set of prompts is whole before anybody hears it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.files import delete_file
from mrc.hotline import service
from mrc.hotline.audio import tone
from mrc.hotline.models import Duty, HotlineMenu, VoicePrompt
from mrc.hotline.queries import list_missing
from mrc.hotline.service import lines
from mrc.hotline.states import PromptKey
from tests.hotline.house import SADIA, House
from tests.support.pages import PageClient

Client = Callable[[str], PageClient]


def missing(house: House) -> int:
    found = len(list_missing(db.session.get_one(HotlineMenu, house.menu_id())))
    db.session.rollback()
    return found


def test_a_line_is_switched_on_once_every_prompt_is_there(house: House, client: Client) -> None:
    manager, line = client("manager-lahore"), house.line().id
    db.session.rollback()
    url = f"/admin/hotline/{line}"
    manager.post(f"{url}/menu", {"first": "ur", "second": "en"})
    assert missing(house) == 2 * 11 + 1
    assert f"{url}/on" not in manager.get(url).html
    with pytest.raises(Refused, match="missing"):
        service.switch_line(house.line(), is_on=True, by=house.identity("manager-lahore"))
    db.session.rollback()
    house.open(["ur", "en"], is_on=False)
    manager.post(url, {}, form=f"{url}/on")
    (menu,) = house.rows(HotlineMenu)
    assert menu.is_on
    assert Event.HOTLINE_CHANGED in house.tags()


def test_other_keys_switch_the_line_off(house: House, client: Client) -> None:
    house.open(["ur", "en"])
    url = f"/admin/hotline/{house.line().id}/menu"
    db.session.rollback()
    client("manager-lahore").post(url, {"first": "en", "second": "ur"})
    (menu,) = house.rows(HotlineMenu)
    assert (menu.languages, menu.is_on) == (["en", "ur"], False)


def test_a_file_that_is_gone_counts_as_missing(house: House) -> None:
    house.open()
    assert missing(house) == 0
    delete_file(house.rows(VoicePrompt)[0].id)
    assert missing(house) == 1


def test_a_prompt_is_recorded_and_heard(house: House, client: Client) -> None:
    house.open(["ur"], is_on=False)
    manager, line = client("manager-lahore"), house.line().id
    db.session.rollback()
    page = f"/admin/hotline/{line}/prompts/new?key=closed&language=ur"
    assert "microphone=(self)" in manager.get(page).headers["Permissions-Policy"]
    manager.post(page, {"file": (BytesIO(tone(2_000, 300)), "mine.wav"), "source": "browser"})
    newest = max(house.rows(VoicePrompt), key=lambda row: row.number)
    assert (newest.key, newest.language, newest.milliseconds, newest.is_upload) == (
        PromptKey.CLOSED, "ur", 2_000, False,
    )  # fmt: skip
    heard = manager.http.get(f"/admin/hotline/{line}/prompts/{newest.id}")
    assert (heard.status_code, heard.content_type) == (200, "audio/wav")
    assert "microphone=()" in manager.get(f"/admin/hotline/{line}").headers["Permissions-Policy"]


@pytest.mark.parametrize("content", [b"<html></html>", b"", tone(2_000, 300)])
def test_what_cannot_be_played_or_is_too_long_is_refused(
    house: House, client: Client, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST_PROMPT", 1_000)
    house.open(["ur"], is_on=False)
    before = len(house.rows(VoicePrompt))
    page = f"/admin/hotline/{house.line().id}/prompts/new?key=closed&language=ur"
    db.session.rollback()
    answer = client("manager-lahore").post(page, {"file": (BytesIO(content), "mine.wav")}, status=422)
    assert answer.text
    assert len(house.rows(VoicePrompt)) == before


@pytest.mark.parametrize("query", ["", "?key=closed", "?key=nonsense&language=ur", "?key=closed&language=xx"])
def test_only_known_prompts_are_recorded(house: House, client: Client, query: str) -> None:
    line = house.line().id
    db.session.rollback()
    manager = client("manager-lahore")
    assert manager.http.get(f"/admin/hotline/{line}/prompts/new{query}").status_code == 404


@pytest.mark.parametrize("username", ["counsellor-lahore", "manager-erbil", "frontdesk-lahore", "auditor"])
def test_others_set_nothing_up(house: House, client: Client, username: str) -> None:
    house.open()
    line = house.line()
    for path in ("", "/menu", "/duty/new", "/prompts/new?key=closed&language=ur"):
        url = f"/admin/hotline/{line.id}{path}"
        db.session.rollback()
        assert client(username).http.get(url).status_code in {403, 404}
        line = house.line()
    with pytest.raises(Forbidden):
        service.switch_line(line, is_on=False, by=house.identity(username))


def test_somebody_is_put_on_the_list_and_goes_on_duty(house: House, client: Client) -> None:
    house.open(["ur", "en"])
    manager, sadia, line = client("manager-lahore"), client("counsellor-lahore"), house.line().id
    user_id = house.identity("counsellor-lahore").user_id
    db.session.rollback()
    manager.post(
        f"/admin/hotline/{line}/duty/new",
        {"user": str(user_id), "phone": "0321 5550199", "languages": ["ur"]},
    )
    (duty,) = house.rows(Duty)
    assert (duty.phone, duty.languages, duty.is_on) == (SADIA, ["ur"], False)
    sadia.post("/hotline", {}, form=f"/hotline/duty/{duty.id}/on")
    assert house.rows(Duty)[0].is_on
    assert "+92 321 5550199" not in sadia.get("/hotline").text
    manager.post(f"/admin/hotline/{line}", {}, form=f"/admin/hotline/{line}/duty/{duty.id}/end")
    assert house.rows(Duty) == []
    assert house.tags().count(Event.DUTY_CHANGED) == 3


def test_nobody_from_elsewhere_is_rung(house: House) -> None:
    house.open()
    stranger = house.identity("counsellor-erbil").user_id
    assert stranger is not None
    with pytest.raises(Refused):
        service.set_duty(house.line(), stranger, SADIA, ["ur"], by=house.identity("manager-lahore"))


def test_a_colleagues_duty_is_not_ones_own(house: House, client: Client) -> None:
    house.open()
    duty_id = house.put_on_duty()
    farhan = client("protection-lahore")
    token = farhan.http.get("/hotline").get_data(as_text=True)
    token = token.split('name="csrf-token" content="')[1].split('"')[0]
    answer = farhan.http.post(f"/hotline/duty/{duty_id}/off", headers={"X-CSRFToken": token})
    assert answer.status_code == 404
    assert house.rows(Duty)[0].is_on
