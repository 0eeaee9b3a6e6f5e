"""The keys of the log in a real browser: an attempt in two strokes, minutes only of the chosen topics."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.desk.test_three_channels import choose, sign_in
from tests.support.browser import accessibility_faults

pytestmark = pytest.mark.browser


def open_somebody(page: Page) -> None:
    page.goto("/persons")
    page.locator("main .rows .row-main").first.click()
    page.wait_for_url(re.compile(r"/persons/[0-9a-f-]{36}$"))


def test_an_attempt_is_written_down_in_two_strokes(page: Page) -> None:
    sign_in(page, "counsellor-lahore")
    open_somebody(page)
    assert accessibility_faults(page) == []
    page.locator("body").press("a")
    page.locator("body").press("2")
    expect(page.locator("#attempts .rows .row-main").first).to_have_text("Busy")
    page.locator("body").press("2")
    page.locator("#attempt-note").evaluate("(note) => { note.closest('details').open = true; note.focus(); }")
    page.keyboard.type("a1")
    expect(page.locator("#attempt-note")).to_have_value("a1")
    expect(page.locator("#attempts .rows .row-line")).to_have_count(1)


def test_only_the_minutes_of_chosen_topics_are_shown(page: Page) -> None:
    sign_in(page, "counsellor-lahore")
    # So tall that the foot of the form, which sticks to the window, covers no field.
    page.set_viewport_size({"width": 1280, "height": 4000})
    page.goto("/consultations/new")
    page.locator("details.section:has(#split) > summary").click()
    shown = page.locator("#split .number:visible")
    expect(shown).to_have_count(0)
    choose(page, "topics", "pre_departure")
    expect(shown).to_have_count(1)
    assert accessibility_faults(page) == []
    page.goto("/consultations/group")
    assert accessibility_faults(page) == []
