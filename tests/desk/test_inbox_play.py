"""The inbox and the hotline as two counsellors use them, in two directions and two widths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.desk.test_three_channels import (
    LINE,
    NARROW,
    WIDE,
    choose,
    expect_after_reload,
    fits,
    send,
    sign_in,
)
from tests.simulator.controls import Control
from tests.support.browser import Stack, accessibility_faults, picture

HOTLINE = "+924200000101"


@dataclass(frozen=True)
class Play:
    tag: str
    size: tuple[int, int]
    phone: str
    caller: str
    shown: str
    """The caller's number as the page shows it."""

    @property
    def name(self) -> str:
        return f"{self.tag}-{self.size[0]}"


PLAYS = [
    Play("en", WIDE, "bilal", "ahmed", "+964 770 555 0104"),
    Play("ur", NARROW, "sana", "zhyan", "+964 750 555 0105"),
]


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_two_counsellors_at_one_conversation(
    open_page: Callable[..., Page], stack: Stack, tmp_path: Path, play: Play
) -> None:
    question = f"Is this office open today? {play.name}"
    Control(stack.simulator_url).write(play.phone, body=question, line=LINE)
    first, second = open_page(*play.size), open_page(*WIDE)
    sign_in(first, "counsellor-lahore", play.tag)
    sign_in(second, "protection-lahore")
    found = first.locator("a.thread-link", has_text=question)
    expect_after_reload(first, "/inbox?tab=team", found)
    look(first, f"queue-{play.name}", tmp_path)
    found.click()
    thread = first.url
    leave_a_note_and_a_label(first, thread)

    second.goto(thread)
    expect(second.locator(".thread-present")).to_contain_text("Sadia Anwar")
    answer(first, f"Yes, until five. {play.name}")
    expect(first.locator(".bubble-out")).to_contain_text("until five")
    answer(second, f"Also yes. {play.name}")
    expect(second.locator("#composer .field-error")).to_contain_text("answered meanwhile")
    expect(second.locator("#composer [name=body]")).to_have_value(f"Also yes. {play.name}")
    look(first, f"together-{play.name}", tmp_path)


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_a_call_from_ring_to_callback(
    open_page: Callable[..., Page], stack: Stack, tmp_path: Path, play: Play
) -> None:
    phones = Control(stack.simulator_url)
    call = phones.call(play.caller, line=HOTLINE)
    phones.until(call, "waiting for keys")
    page = open_page(*play.size)
    sign_in(page, "counsellor-lahore", play.tag)
    page.goto("/hotline")
    expect(page.locator("#now .row-line")).to_have_count(1)
    look(page, f"ring-{play.name}", tmp_path)
    phones.do(call, "hang-up")
    waits = page.locator("#calls .row-line", has_text=play.shown)
    expect_after_reload(page, "/hotline", waits)
    look(page, f"hotline-{play.name}", tmp_path)
    waits.locator("a").first.click()
    look(page, f"callback-{play.name}", tmp_path)


def look(page: Page, name: str, tmp_path: Path) -> None:
    fits(page)
    assert accessibility_faults(page) == [], page.url
    picture(page, name, tmp_path)


def leave_a_note_and_a_label(page: Page, thread: str) -> None:
    page.goto(f"{thread}/labels")
    choose(page, "labels", "documents")
    send(page)
    page.wait_for_url(thread)
    page.goto(f"{thread}/notes/new")
    page.locator("[name=body]").fill("Speaks slowly; be patient.")
    send(page)
    page.wait_for_url(thread)
    expect(page.locator(".bubble-internal")).to_contain_text("be patient")


def answer(page: Page, words: str) -> None:
    page.locator("#composer [name=body]").fill(words)
    page.locator("#composer button[data-submit]").click()
