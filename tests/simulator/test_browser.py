"""The page in a real browser: with its script and without, wide and narrow, by hand and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.simulator.centre import BILAL, LAHORE, LAHORE_SMS
from tests.support.browser import accessibility_faults, watch

pytestmark = pytest.mark.browser
SIZES = [(1280, 900), (390, 844)]


@pytest.fixture
def visit(browser: Browser, simulator) -> Iterator[Callable[..., Page]]:
    """Open the page in a window of some size, and fail the test that leaves a complaint in the console."""
    faults: list[str] = []
    windows = []

    def open_window(width: int = 1280, height: int = 900, **options: bool) -> Page:
        window = browser.new_context(viewport={"width": width, "height": height}, **options)
        windows.append(window)
        page = window.new_page()
        watch(page, faults)
        page.goto(simulator.url)
        return page

    yield open_window
    for window in windows:
        window.close()
    assert not faults, "\n".join(faults)


def bilal(page: Page):
    return page.locator("#bilal")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_conversation_runs_without_leaving_the_page(visit, client, control, width, height):
    page = visit(width, height)
    page.evaluate("window.isTheSamePage = true")
    bilal(page).get_by_label("Message", exact=True).first.fill("سلام")
    bilal(page).get_by_label("Message", exact=True).first.press("Enter")
    expect(bilal(page).locator(".bubble.mine")).to_contain_text("سلام")
    expect(bilal(page).get_by_label("Message", exact=True).first).to_have_value("")
    client.messages.create(from_=LAHORE, to=BILAL, body="وعلیکم السلام")
    expect(bilal(page).locator(".bubble.theirs")).to_contain_text("وعلیکم السلام", timeout=8_000)
    expect(bilal(page).locator(".bubble.mine")).to_contain_text("with the centre", timeout=8_000)
    assert page.evaluate("window.isTheSamePage")


def test_what_is_half_written_survives_what_arrives(visit, control):
    page = visit()
    field = bilal(page).get_by_label("Message", exact=True).first
    field.fill("half a thought")
    control.write(body="from elsewhere")
    expect(bilal(page).locator(".bubble.mine")).to_contain_text("from elsewhere", timeout=8_000)
    expect(field).to_have_value("half a thought")
    expect(field).to_be_focused()


def test_a_number_that_the_centre_writes_to_appears_on_the_table(visit, client):
    page = visit()
    client.messages.create(from_=LAHORE_SMS, to="+923005550188", body="x")
    expect(page.locator("article", has_text="+923005550188")).to_be_visible(timeout=8_000)


def test_the_newest_message_is_in_sight(visit, control):
    for number in range(40):
        control.write(body=f"message {number}")
    page = visit()
    expect(bilal(page).locator(".bubble").last).to_be_in_viewport()


def test_channels_turn_by_keyboard(visit):
    page = visit()
    page.locator("#tab-bilal-whatsapp").focus()
    page.keyboard.press("ArrowRight")
    expect(bilal(page).locator(".panel-sms")).to_be_visible()
    expect(bilal(page).locator(".panel-whatsapp")).to_be_hidden()


def test_a_fault_is_armed_while_writing_goes_on(visit, control, centre):
    page = visit()
    page.locator("summary", has_text="When a phone writes").click()
    page.get_by_label("Bad signature Someone else pretends").check()
    page.get_by_role("button", name="Let it happen").click()
    expect(page.locator("#armed")).to_contain_text("Bad signature")
    page.wait_for_load_state("networkidle")
    bilal(page).locator(".panel-whatsapp .phrases button").first.click()
    control.wait_until(lambda: bool(centre.messages))
    assert not centre.messages[0].is_genuine


def test_a_voice_note_can_be_heard(visit, control):
    control.write(media=[{"sample": "voice"}])
    page = visit()
    seconds = page.evaluate(
        """() => new Promise((done) => {
            const note = document.querySelector("audio");
            note.addEventListener("loadedmetadata", () => done(note.duration));
            note.addEventListener("error", () => done(0));
            note.preload = "metadata";
            note.load();
        })"""
    )
    assert seconds == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_all_works_without_a_script(visit, control, centre, width, height):
    page = visit(width, height, java_script_enabled=False)
    bilal(page).locator(".panel-whatsapp .phrases button").last.click()
    expect(bilal(page).locator(".bubble.mine")).to_contain_text("شکریہ")
    page.get_by_role("button", name="A day ahead").click()
    expect(page.locator("#clock")).to_contain_text("moved ahead")
    bilal(page).locator(".tabs .for-sms").click()
    expect(bilal(page).locator(".panel-sms")).to_be_visible()
    control.settle()
    assert len(centre.messages) == 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everyone_can_use_it_and_nothing_sticks_out(visit, control, client, width, height):
    control.write(media=[{"sample": "photo"}, {"sample": "document"}], body="دیکھیں")
    control.close_window("zhyan")
    client.messages.create(from_=LAHORE, to="whatsapp:+9647505550105", body="x")
    control.arm("refuse", times=0)
    control.ask("PATCH", "phones/zarmina", is_on=False)
    control.settle()
    page = visit(width, height)
    page.locator("#bilal .settings summary").click()
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_phones_of_right_to_left_languages_keep_their_own_side(visit, control):
    control.write(body="سلام")
    page = visit()
    screen, bubble = bilal(page).locator(".talk").first, bilal(page).locator(".bubble.mine").first
    assert bubble.bounding_box()["x"] - screen.bounding_box()["x"] < 20
