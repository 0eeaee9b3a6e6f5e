"""The first case from each channel, through the pages and the simulator, as a counsellor of Lahore plays it.

A walk-in is logged, then registered; a hotline call is logged by keyboard alone; a WhatsApp message becomes a
thread, is answered, its receipts come back, and the exchange is recorded. Three cases stand in the list,
and the log knows of them. In English and in Urdu direction, wide and narrow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Stack, accessibility_faults, picture

pytestmark = pytest.mark.browser

PASSWORD = "migrant-centre-demo"
LINE = "whatsapp:+923000000101"
WIDE, NARROW = (1280, 800), (390, 844)
CASE_NUMBER = re.compile(r"LHE-\d{4}-\d{6}-\w")
ARRIVES_WITHIN = 20_000
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True)
class Play:
    """One performance: language, size of the window, the phone that writes, and names that nobody else
    has.
    """

    tag: str
    direction: str
    size: tuple[int, int]
    phone: str
    names: tuple[tuple[str, str], tuple[str, str], tuple[str, str]]

    @property
    def name(self) -> str:
        return f"{self.tag}-{self.size[0]}"


PLAYS = [
    Play(
        "en",
        "ltr",
        WIDE,
        "bilal",
        (
            ("قربان علی", "Qurban Ali"),
            ("صفدر چیمہ", "Safdar Cheema"),
            ("بلال احمد", "Bilal Ahmed"),
        ),
    ),
    Play(
        "ur",
        "rtl",
        NARROW,
        "zarmina",
        (
            ("نادیہ پروین", "Nadia Parveen"),
            ("جہانزیب خٹک", "Jahanzeb Khattak"),
            ("زرمینه", "Zarmina"),
        ),
    ),
    Play(
        "en",
        "ltr",
        NARROW,
        "fatima",
        (
            ("فیاض بلوچ", "Fayyaz Baloch"),
            ("گلناز مینگل", "Gulnaz Mengal"),
            ("فاطمه رضایی", "Fatima Rezaei"),
        ),
    ),
    Play(
        "ur",
        "rtl",
        WIDE,
        "zhyan",
        (
            ("رخسانہ تنولی", "Rukhsana Tanoli"),
            ("اورنگزیب سواتی", "Aurangzeb Swati"),
            ("ژیان کەریم", "Zhyan Karim"),
        ),
    ),
]


def sign_in(page: Page, username: str, tag: str = "en") -> None:
    page.goto("/sign-in")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    send(page)
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.locator("details[data-menu]:has([name=language]) summary").click()
    page.locator(f"button[name=language][value={tag}]").click()
    expect(page.locator("html")).to_have_attribute("lang", tag)


def send(page: Page) -> None:
    """Press the button of the page's form."""
    page.locator("main button[data-submit]").first.click()


def choose(page: Page, field: str, code: str) -> None:
    """Choose a chip, whose own box is out of sight."""
    tick(page, f"[name={field}][value={code}]")


def tick(page: Page, selector: str) -> None:
    """Tick a box in the middle of the window, where nothing that sticks to its edges lies over it."""
    box = page.locator(selector).first
    box.evaluate("box => box.scrollIntoView({block: 'center', behavior: 'instant'})")
    box.check(force=True)


def log_consultation(page: Page, channel: str, note: str) -> None:
    choose(page, "channel", channel)
    choose(page, "topics", "overseas_employment")
    choose(page, "outcome", "case_needed")
    page.locator("[name=minutes]").fill("12")
    page.locator("[name=note]").fill(note)
    send(page)
    page.wait_for_url(re.compile(r"/consultations/[0-9a-f-]{36}$"))


def register(page: Page, names: tuple[str, str], phone: str = "") -> None:
    """Search, find nobody, register: where the page for finding a person is open."""
    page.locator("main [name=q]").fill(names[1])
    page.locator("main [name=q]").press("Enter")
    page.locator("main a[href*='/person/new']").click()
    page.locator("[name=name]").fill(names[0])
    page.locator("[name=latin_name]").fill(names[1])
    if phone:
        page.locator("[name=phone]").fill(phone)
    tick(page, "[name=consent]")
    send(page)


def open_case(page: Page) -> str:
    """Open a case where its form is open; returns the number."""
    page.locator("[name=client_type]").select_option("potential")
    page.locator("[name=summary]").fill("Job offer to be checked before money is paid.")
    counsellor = page.locator("[name=counsellor]")
    counsellor.select_option(label=re.compile("Sadia Anwar").pattern)
    send(page)
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}$"))
    found = CASE_NUMBER.search(page.locator("h1").inner_text())
    assert found
    return found[0]


def fits(page: Page) -> None:
    assert page.evaluate(TOO_WIDE) == 0, page.url


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_the_first_case_from_each_channel(
    open_page: Callable[..., Page], stack: Stack, tmp_path: Path, play: Play
) -> None:
    page = open_page(*play.size)
    sign_in(page, "counsellor-lahore", play.tag)
    assert page.locator("html").get_attribute("dir") == play.direction
    numbers = [
        walk_in(page, play, tmp_path),
        hotline(page, play),
        whatsapp(page, open_page, stack, play, tmp_path),
    ]

    page.goto("/cases?mine=1")
    for number in numbers:
        expect(page.get_by_text(number)).to_be_visible()
    fits(page)
    picture(page, f"cases-{play.name}", tmp_path)
    page.goto("/")
    fits(page)
    picture(page, f"my-day-{play.name}", tmp_path)
    the_log_knows(open_page())


def walk_in(page: Page, play: Play, tmp_path: Path) -> str:
    page.goto("/consultations/new")
    fits(page)
    log_consultation(page, "walk_in", "Came with an offer from Dubai; the agent asks for money.")
    page.locator("main a[href$='/person']").click()
    register(page, play.names[0], f"0301 555{1000 + PLAYS.index(play)}")
    page.wait_for_url(re.compile(r"/consultations/[0-9a-f-]{36}$"))
    page.locator("main a[href*='/cases/new']").click()
    number = open_case(page)
    expect(page.locator("main")).to_contain_text("Came with an offer from Dubai")
    expect(page.locator("main")).to_contain_text(play.names[0][0])
    fits(page)
    picture(page, f"case-{play.name}", tmp_path)
    return number


def hotline(page: Page, play: Play) -> str:
    """By keyboard alone, as with a caller on the line."""
    page.goto("/")
    page.locator("h1").click()
    page.keyboard.press("n")
    page.wait_for_url("**/consultations/new")
    page.locator("[name=channel][value=hotline]").focus()
    page.keyboard.press("Space")
    page.locator("[name=topics]").first.focus()
    page.keyboard.press("Space")
    page.locator("[name=outcome]").first.focus()
    page.keyboard.press("Space")
    page.locator("[name=note]").focus()
    page.keyboard.type("Wages unpaid for three months.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/consultations/[0-9a-f-]{36}$"))
    page.locator("main a[href$='/person']").click()
    register(page, play.names[1])
    page.wait_for_url(re.compile(r"/consultations/[0-9a-f-]{36}$"))
    page.locator("main a[href*='/cases/new']").click()
    return open_case(page)


def whatsapp(page: Page, open_page: Callable[..., Page], stack: Stack, play: Play, tmp_path: Path) -> str:
    question, answer = f"Is this visa real? {play.name}", f"Please send the permission number. {play.name}"
    phones = open_page(*WIDE)
    phones.goto(stack.simulator_url)
    composer = phones.locator(f"#{play.phone} .panel-whatsapp form.composer")
    composer.locator("select[name=line]").select_option(LINE)
    composer.locator("textarea[name=body]").fill(question)
    composer.locator("button.send").click()

    found = page.locator("a.thread-link", has_text=question)
    expect_after_reload(page, "/inbox", found)
    fits(page)
    picture(page, f"inbox-{play.name}", tmp_path)
    found.click()
    page.locator("form[action$='/take'] button").click()
    page.locator("[name=body]").fill(answer)
    send(page)
    expect(phones.locator(f"#{play.phone}")).to_contain_text(answer, timeout=ARRIVES_WITHIN)
    arrived = page.locator(".bubble-out", has_text=answer).locator(
        "[data-status=delivered], [data-status=read]"
    )
    expect_after_reload(page, page.url, arrived)
    fits(page)
    assert accessibility_faults(page) == []
    picture(page, f"thread-{play.name}", tmp_path)
    if play.size == WIDE:
        picture(phones, f"phones-{play.name}", tmp_path)

    thread = page.url
    page.locator("main a[href$='/person']").click()
    register(page, play.names[2])
    page.wait_for_url(thread)
    page.locator("main a[href*='/consultations/new']").click()
    log_consultation(page, "whatsapp", "Asked whether the visa is real.")
    page.locator("main a[href*='/cases/new']").click()
    number = open_case(page)
    expect(page.locator("main")).to_contain_text("Asked whether the visa is real.")
    return number


def expect_after_reload(page: Page, url: str, wanted: object) -> None:
    """Open the page again until what the worker brings is there."""
    for _attempt in range(20):
        page.goto(url)
        if wanted.count():  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{wanted} did not come to {url}")


def the_log_knows(page: Page) -> None:
    sign_in(page, "auditor")
    page.goto("/admin/audit")
    for tag in ("case:opened", "consultation:recorded", "message"):
        expect(page.locator("main")).to_contain_text(tag)
