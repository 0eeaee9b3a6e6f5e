"""The frame in a real browser: it fits, it speaks both directions, and it loses no word."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support.browser import accessibility_faults

pytestmark = pytest.mark.browser

PASSWORD = "migrant-centre-demo"
WIDE, NARROW = (1280, 800), (390, 844)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = ("/", "/inbox", "/cases", "/persons", "/consultations", "/consultations/new", "/persons/new")
LOOKED_AT_CLOSELY = ("/", "/cases", "/consultations/new")


def sign_in(page: Page, username: str = "counsellor-lahore") -> None:
    page.goto("/sign-in")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[data-submit]").click()
    page.wait_for_url("/")


def speak(page: Page, tag: str) -> None:
    """Choose a language from the menu on top."""
    page.locator("details[data-menu]:has([name=language]) summary").click()
    page.locator(f"button[name=language][value={tag}]").click()
    expect(page.locator("html")).to_have_attribute("lang", tag)


@pytest.mark.parametrize(("tag", "direction", "size"), [("en", "ltr", NARROW), ("ur", "rtl", WIDE)])
def test_every_page_fits_and_can_be_used_by_everyone(
    page: Page, tag: str, direction: str, size: tuple[int, int]
) -> None:
    sign_in(page)
    speak(page, tag)
    assert page.locator("html").get_attribute("dir") == direction
    for path in PAGES:
        page.goto(path)
        for width, height in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(TOO_WIDE) == 0, f"{path} at {width}"
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if path in LOOKED_AT_CLOSELY:
            assert accessibility_faults(page) == [], path
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    speak(page, "en")


def test_only_the_sheet_and_font_of_the_language_are_fetched(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    sign_in(page)
    speak(page, "ur")
    page.goto("/")
    page.evaluate("document.fonts.ready")
    assert "noto-nastaliq-urdu.woff2" in fetched
    assert "noto-naskh-arabic.woff2" not in fetched
    assert "tabler.rtl.min.css" in fetched
    speak(page, "en")


def test_the_keyboard_reaches_search_help_and_a_new_consultation(page: Page) -> None:
    sign_in(page)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#search").blur()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/consultations/new")


def test_single_keys_can_be_switched_off(page: Page) -> None:
    sign_in(page)
    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("n")
    page.keyboard.press("/")
    expect(page.locator("#search")).not_to_be_focused()
    assert page.url.endswith("/")


def test_what_is_typed_is_kept_and_comes_back(page: Page) -> None:
    sign_in(page, "frontdesk-lahore")
    page.goto("/persons/new")
    page.locator("[name=name]").press_sequentially("زرمینہ")
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile(r"Saved as draft \d\d:\d\d"))
    page.goto("/persons/new")
    expect(page.locator("[name=name]")).to_have_value("زرمینہ")


def test_text_that_could_not_be_kept_stays_and_is_tried_again(page: Page) -> None:
    sign_in(page, "frontdesk-lahore")
    page.goto("/persons/new")
    page.route("**/drafts", lambda route: route.fulfill(status=503))
    page.locator("[name=father_name]").press_sequentially("گل محمد")
    expect(page.locator("[data-draft-state]")).to_contain_text("no connection", timeout=10_000)
    page.unroute("**/drafts")
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved as draft", timeout=10_000)


def test_a_form_is_sent_once(page: Page) -> None:
    sign_in(page)
    page.goto("/persons/new")
    sent: list[str] = []

    def count(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/persons/new"):
            sent.append(request.url)

    page.on("request", count)
    page.locator("[name=name]").fill("")
    page.evaluate("""() => {
        const form = document.querySelector("form[data-draft]");
        form.requestSubmit();
        form.requestSubmit();
    }""")
    expect(page.locator("#error-summary")).to_be_focused()
    assert len(sent) == 1


def test_the_menu_of_a_phone_opens_without_script(open_page: Callable[..., Page]) -> None:
    page = open_page(*NARROW, java_script_enabled=False)
    sign_in(page)
    expect(page.locator("#menu")).not_to_be_visible()
    page.locator(".bottom-bar a[href='#menu']").click()
    expect(page.locator("#menu")).to_be_visible()
    page.locator(".side-close").click()
    expect(page.locator("#menu")).not_to_be_visible()
