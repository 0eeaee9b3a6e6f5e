"""Calls on the page: in a real browser, by hand, and as plain forms."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.simulator.test_browser import SIZES, bilal, visit  # noqa: F401 - a fixture
from tests.simulator.test_calls import AISHA, HOTLINE, RECORD, VOICE, dial
from tests.support.browser import accessibility_faults

MENU = f'<Gather numDigits="1" action="{VOICE}/language"><Say>Press 1 for Urdu</Say></Gather>'


def staff(page: Page):
    return page.locator("article", has_text="a counsellor’s phone")


def open_calls(place) -> None:
    place.locator(".tabs .for-call").click()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_call_from_the_menu_to_a_voicemail(visit, control, centre, width, height):  # noqa: F811
    centre.says = {"incoming": [MENU], "language": [RECORD], "voicemail": ["<Say>Thank you</Say><Hangup/>"]}
    page = visit(width, height)
    phone = bilal(page)
    open_calls(phone)
    expect(phone.locator(".call-none")).to_be_visible()
    phone.get_by_role("button", name="Call", exact=True).click()
    expect(phone.locator(".call-state")).to_contain_text("waits for a key", timeout=8_000)
    expect(phone.locator(".heard")).to_contain_text("Press 1 for Urdu")
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    phone.get_by_role("button", name="1", exact=True).click()
    expect(phone.locator(".call-state")).to_contain_text("speak now", timeout=8_000)
    phone.get_by_role("button", name="Speak 5 s").click()
    expect(phone.locator(".heard")).to_contain_text("Spoke for 5 seconds", timeout=8_000)
    phone.get_by_role("button", name="Hang up").click()
    expect(phone.locator(".call-state")).to_contain_text("Ended: completed", timeout=8_000)
    control.settle()
    assert centre.asked("voicemail")[0].form["RecordingDuration"] == "5"


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_counsellors_phone_rings_and_answers(visit, control, centre, width, height):  # noqa: F811
    centre.says = {"incoming": [dial(AISHA, callerId=HOTLINE)], "rang": ["<Hangup/>"]}
    page = visit(width, height)
    sid = control.call()
    phone = staff(page)
    expect(phone).to_contain_text(AISHA, timeout=8_000)
    expect(phone.locator(".call-state")).to_contain_text("Incoming call")
    expect(page.locator("#shelf .rings")).to_be_visible()
    assert accessibility_faults(page) == []
    phone.get_by_role("button", name="Answer").click()
    expect(phone.locator(".call-state")).to_contain_text("Talking", timeout=8_000)
    expect(phone.locator(".call-other")).to_contain_text("Lahore hotline")
    phone.get_by_role("button", name="Hang up").click()
    control.until(sid, "ended")
    assert centre.asked("rang")[0].form["DialCallStatus"] == "completed"


@pytest.mark.browser
def test_a_call_works_without_a_script(visit, control, centre):  # noqa: F811
    centre.says = {"incoming": [MENU], "language": ["<Hangup/>"]}
    page = visit(java_script_enabled=False)
    open_calls(bilal(page))
    bilal(page).get_by_role("button", name="Call", exact=True).click()
    control.until(control.calls_of("bilal")[0]["sid"], "waiting for keys")
    page.reload()
    open_calls(bilal(page))
    bilal(page).get_by_role("button", name="2", exact=True).click()
    control.settle()
    assert centre.asked("language")[0].form["Digits"] == "2"


def test_plain_forms_do_what_the_panel_does(simulator, control, centre):
    centre.says = {"incoming": ["<Gather/>"]}
    base = f"{simulator.url}/phones/bilal"
    assert requests.post(f"{base}/calls", data={"line": "+1"}, timeout=5).status_code == 400
    requests.post(f"{base}/calls", data={"line": HOTLINE}, timeout=5)
    sid = control.calls_of("bilal")[0]["sid"]
    control.until(sid, "waiting for keys")
    assert requests.post(f"{base}/call", data={"act": "dance"}, timeout=5).status_code == 400
    again = requests.Session()
    assert (
        "a call on this phone already" in again.post(f"{base}/calls", data={"line": HOTLINE}, timeout=5).text
    )
    requests.post(f"{base}/call", data={"act": "hang-up"}, timeout=5)
    control.until(sid, "ended")
    assert "no call on this phone" in again.post(f"{base}/call", data={"key": "1"}, timeout=5).text


def test_what_a_phone_does_when_it_rings_is_set_on_the_page(simulator, control):
    address = f"{simulator.url}/phones/bilal/when-rung"
    requests.post(address, data={"when_rung": "busy"}, timeout=5)
    assert control.ask("GET", "state")["phones"][0]["when_rung"] == "busy"
    assert requests.post(address, data={"when_rung": "sing"}, timeout=5).status_code == 400


def test_a_phone_without_a_number_has_no_calls(simulator):
    page = requests.get(simulator.url, timeout=5).text
    assert 'id="call-bilal"' in page
    assert 'id="call-sana"' not in page


def test_a_fault_of_calling_is_armed_on_the_page(simulator, control):
    page = requests.post(
        f"{simulator.url}/faults", data={"kind": "too_many", "operation": "call"}, timeout=5
    ).text
    assert control.ask("GET", "state")["faults"][0]["operation"] == "call"
    assert "(calling)" in page
    requests.post(f"{simulator.url}/faults", data={"kind": "recording_empty"}, timeout=5)
    assert [fault["kind"] for fault in control.ask("GET", "state")["faults"]] == [
        "too_many",
        "recording_empty",
    ]
