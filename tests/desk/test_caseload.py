"""A caseload in a browser: front desk, counsellor, protection officer and manager work on one person's file.

The front desk registers and writes down a document it may not read again; the counsellor completes the
registration, agrees on safe hours, opens a case, assesses, writes and plans; the protection officer raises a
concern, after which the front desk finds nothing; the manager sends the closure back, approves it, and puts
two files together and apart. In English and in Urdu direction, wide and narrow.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.desk.test_three_channels import NARROW, WIDE, choose, fits, open_case, send, sign_in, tick
from tests.support.browser import accessibility_faults, picture

pytestmark = pytest.mark.browser

PERSON = re.compile(r"/persons/[0-9a-f-]{36}$")
CASE = re.compile(r"/cases/[0-9a-f-]{36}$")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DAY, MONTH, YEAR = "14", "8", "2031"


@dataclass(frozen=True)
class Play:
    """One performance: language, size of the window, and names and numbers that nobody else has."""

    tag: str
    size: tuple[int, int]
    names: tuple[str, str]
    cnic: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.tag}-{self.size[0]}"


PLAYS = [
    Play("en", WIDE, ("تیمور گورمانی", "Taimoor Gurmani"), "35202-7000001-1", "0302 5550001"),
    Play("ur", NARROW, ("شگفتہ لاشاری", "Shagufta Lashari"), "35202-7000002-2", "0302 5550002"),
]


@dataclass
class Stage:
    """Who plays, in which language, and where pictures are kept."""

    open_page: Callable[..., Page]
    play: Play
    pictures: Path

    def enter(self, username: str) -> Page:
        page = self.open_page(*self.play.size)
        sign_in(page, username, self.play.tag)
        return page

    def look(self, page: Page, what: str) -> None:
        fits(page)
        assert not accessibility_faults(page), page.url
        picture(page, f"caseload-{what}-{self.play.name}", self.pictures)


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_a_caseload(open_page: Callable[..., Page], tmp_path: Path, play: Play) -> None:
    stage = Stage(open_page, play, tmp_path)
    desk = stage.enter("frontdesk-lahore")
    person = registered(stage, desk)
    counsellor = stage.enter("counsellor-lahore")
    completed(stage, counsellor, person)
    case = worked_on(stage, counsellor, person)
    officer = stage.enter("protection-lahore")
    protected(stage, officer, case)
    hidden_from(desk, person, case, play)
    settled(officer, counsellor, case)
    manager = stage.enter("manager-lahore")
    closed(stage, counsellor, manager, case)
    joined_and_parted(stage, manager, person)
    handed_over(stage, manager, person)


def registered(stage: Stage, page: Page) -> str:
    """The front desk registers somebody, and writes down a document whose number it cannot show again."""
    name, latin = stage.play.names
    page.goto("/persons/new")
    page.locator("[name=name]").fill(name)
    page.locator("[name=latin_name]").fill(latin)
    page.locator("[name=phone]").fill(stage.play.phone)
    tick(page, "[name=consent]")
    send(page)
    page.wait_for_url(PERSON)
    person = page.url
    page.goto(f"{person}/identity-documents/new")
    page.locator("[name=kind]").select_option("cnic")
    page.locator("[name=number]").fill("35202-70")
    send(page)
    expect(page.locator("main [name=number]")).to_have_value("35202-70")
    page.locator("[name=number]").fill(stage.play.cnic)
    send(page)
    page.wait_for_url(re.compile(r"/persons/[0-9a-f-]{36}(#papers)?$"))
    papers = page.locator("#papers")
    expect(papers).not_to_contain_text(stage.play.cnic)
    expect(papers.locator("a[href$='/number']")).to_have_count(0)
    stage.look(page, "desk")
    return person


def completed(stage: Stage, page: Page, person: str) -> None:
    """The counsellor finds the person by the number of the document, fills the registration in, and agrees
    on hours in which a call is safe.
    """
    page.goto(f"/search?q={stage.play.cnic}")
    expect(page.locator("main")).to_contain_text(stage.play.names[0])
    page.goto(f"{person}/registration")
    page.locator("[name=father_name]").fill("غلام رسول")
    page.locator("[name=education]").select_option(index=2)
    page.locator("[name=nationality]").select_option("PK")
    page.locator("[name=migration_status]").select_option(index=1)
    choose(page, "languages", "ur")
    stage.look(page, "registration")
    send(page)
    page.wait_for_url(re.compile(r"/persons/[0-9a-f-]{36}"))
    page.locator("#papers a[href$='/number']").click()
    expect(page.locator("main")).to_contain_text(stage.play.cnic)
    page.goto(person)
    page.locator("#contact a[href*='/addresses/']:not([href$=new]):not([href$=code-word])").click()
    page.locator("[name=from_1]").fill("18:00")
    page.locator("[name=until_1]").fill("21:30")
    choose(page, "read_by", "spouse")
    stage.look(page, "plan")
    send(page)
    page.wait_for_url(re.compile(r"/persons/[0-9a-f-]{36}"))
    expect(page.locator("#contact")).to_contain_text("18:00")


def worked_on(stage: Stage, page: Page, person: str) -> str:
    """The counsellor opens a case and fills it: a need, an assessment, a note, a task that gets done."""
    page.goto(f"{person}/cases/new")
    open_case(page)
    case = page.url
    page.goto(f"{case}/needs/new")
    page.locator("[name=area]").select_option("legal")
    page.locator("[name=details]").fill("Wants to know whether the contract is lawful.")
    send(page)
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}"))
    page.goto(f"{case}/assessments/new/vulnerability")
    choose(page, "item-debt_for_journey", "present")
    choose(page, "item-family_support", "present")
    choose(page, "level", "medium")
    page.locator("[name=ground]").fill("The journey is paid with borrowed money.")
    tick(page, "[name=finishes]")
    stage.look(page, "assessment")
    send(page)
    page.wait_for_url(lambda url: "/assessments/new" not in url)
    page.goto(case)
    page.locator("#note [name=text]").fill("Brought the contract; a copy was made.")
    page.locator("#note button[data-submit]").click()
    expect(page.locator("ol.timeline").first).to_contain_text("Brought the contract")
    page.goto(f"/tasks/new?case={case.rsplit('/', 1)[1]}")
    page.locator("[name=title]").fill("Ask the protector of emigrants")
    page.locator("[name=due-day]").fill(DAY)
    page.locator("[name=due-month]").fill(MONTH)
    page.locator("[name=due-year]").fill(YEAR)
    page.locator("[name=due-calendar]").select_option("gregorian")
    send(page)
    page.wait_for_url(lambda url: "/tasks/new" not in url)
    met(stage, page, case)
    filed(page, case)
    expect(page.locator("#tasks")).to_contain_text("Ask the protector of emigrants")
    stage.look(page, "case")
    return case


def filed(page: Page, case: str) -> None:
    """A picture goes into the case, under a name full of HTML."""
    page.goto(f"{case}/files/new")
    page.locator("[name=kind]").select_option(index=1)
    picture_of_a_page = {"name": "<b>visa</b>.png", "mimeType": "image/png", "buffer": PICTURE}
    page.locator("input[type=file]").set_input_files(picture_of_a_page)  # type: ignore[arg-type]
    send(page)
    page.wait_for_url(lambda url: not url.endswith("/new"))
    page.goto(case)
    expect(page.locator("#files li")).to_have_count(1)


def met(stage: Stage, page: Page, case: str) -> None:
    """An appointment is booked, and stands in its week."""
    page.goto(f"/appointments/new?case={case.rsplit('/', 1)[1]}")
    for part, text in (("day", DAY), ("month", MONTH), ("year", YEAR)):
        page.locator(f"[name=day-{part}]").fill(text)
    page.locator("[name=day-calendar]").select_option("gregorian")
    page.locator("[name=time]").fill(f"{10 + PLAYS.index(stage.play)}:15")
    page.locator("[name=room]").fill("Blue room")
    tick(page, "[name=on_closed_day]")
    send(page)
    page.wait_for_url(re.compile(r"/appointments/[0-9a-f-]{36}$"))
    stage.look(page, "appointment")
    page.goto(f"/appointments?day={YEAR}-0{MONTH}-{DAY}")
    expect(page.locator("main")).to_contain_text(stage.play.names[0])
    stage.look(page, "week")


def protected(stage: Stage, page: Page, case: str) -> None:
    """The protection officer raises a concern; the case is protected from then on."""
    page.goto(f"{case}/concerns/new")
    page.locator("[name=kind]").select_option("threats")
    choose(page, "severity", "high")
    page.locator("[name=determined_by]").select_option("person")
    page.locator("[name=details]").fill("The agent came to the house.")
    send(page)
    page.wait_for_url(lambda url: not url.endswith("/new"))
    page.goto(case)
    expect(page.locator("#concerns li")).to_have_count(1)
    stage.look(page, "protected")


def hidden_from(page: Page, person: str, case: str, play: Play) -> None:
    """The front desk finds neither the person nor the case any more, by name, number or address."""
    for address in (person, case):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404, address
    for words in (play.names[1], play.cnic, play.phone):
        page.goto(f"/search?q={words}")
        expect(page.locator("main")).not_to_contain_text(play.names[0])


def settled(officer: Page, counsellor: Page, case: str) -> None:
    """What stands in the way of closing is named; the officer resolves the concern, the counsellor does the
    task.
    """
    counsellor.goto(f"{case}/close")
    expect(counsellor.locator("main a[href$='#concerns']")).to_be_visible()
    officer.goto(case)
    officer.locator("#concerns li a").click()
    officer.locator("a[href$='/resolve']").click()
    officer.locator("[name=resolution]").fill("The family moved; the agent was reported to the police.")
    send(officer)
    officer.wait_for_url(lambda url: not url.endswith("/resolve"))
    counsellor.goto(case)
    counsellor.get_by_role("link", name="Ask the protector of emigrants").click()
    counsellor.wait_for_url(re.compile(r"/tasks/[0-9a-f-]{36}$"))
    with counsellor.expect_navigation():
        counsellor.locator("main form[action$='/complete'] button").first.click()
    counsellor.goto(case)
    expect(counsellor.locator("#tasks")).not_to_contain_text("Ask the protector of emigrants")


def closed(stage: Stage, counsellor: Page, manager: Page, case: str) -> None:
    """The counsellor asks for closure, the manager sends it back, then approves."""
    for decision in ("return", "approve"):
        counsellor.goto(f"{case}/close")
        counsellor.locator("[name=reason]").select_option("needs_met")
        counsellor.locator("[name=summary]").fill("The contract was checked; the person decided to stay.")
        if counsellor.locator("[name=leaves_needs]").count():
            tick(counsellor, "[name=leaves_needs]")
        send(counsellor)
        counsellor.wait_for_url(CASE)
        manager.goto(case)
        manager.locator(f"a[href$='/closure/{decision}']").click()
        manager.locator("[name=comment]").fill("Write down what the embassy said.")
        send(manager)
        manager.wait_for_url(CASE)
    expect(manager.locator("#closures li")).to_have_count(2)
    stage.look(manager, "closed")


def joined_and_parted(stage: Stage, page: Page, person: str) -> None:
    """The manager registers the same person once more, finds the double, joins the files and parts them."""
    page.goto("/persons/new")
    page.locator("[name=name]").fill(stage.play.names[0])
    page.locator("[name=phone]").fill(stage.play.phone)
    tick(page, "[name=consent]")
    send(page)
    expect(page.locator("main")).to_contain_text(stage.play.names[1])
    stage.look(page, "doubles")
    page.locator("main [name=looked_at]").first.wait_for(state="attached")
    page.locator("main button[data-submit]").last.click()
    page.wait_for_url(PERSON)
    page.goto(f"{person}/duplicates")
    page.locator("main a[href*='/merge/']").first.click()
    stage.look(page, "merge")
    send(page)
    page.wait_for_url(PERSON)
    expect(page.locator("#merges li")).to_have_count(1)
    with page.expect_navigation():
        page.locator("#merges button").click()
    expect(page.locator("#merges button")).to_have_count(0)
    stage.look(page, "parted")


def handed_over(stage: Stage, page: Page, person: str) -> None:
    """The manager offers a case to Erbil, whose manager sees no name before accepting it, and then the
    file.
    """
    page.goto(f"{person}/cases/new")
    number = open_case(page)
    page.goto(f"{page.url}/transfer")
    page.locator("[name=centre]").select_option(label="MRC Erbil")
    page.locator("[name=reason]").fill("Lives in Erbil now.")
    page.locator("[name=without_consent]").fill("Asked by telephone; the line broke off.")
    stage.look(page, "transfer")
    send(page)
    page.wait_for_url(CASE)
    erbil = stage.enter("manager-erbil")
    erbil.goto("/hand-overs")
    offered = erbil.locator("#incoming li", has_text=number)
    expect(offered).to_have_count(1)
    expect(erbil.locator("main")).not_to_contain_text(stage.play.names[0])
    stage.look(erbil, "offered")
    offered.locator("a[href$='/accept']").click()
    erbil.locator("[name=counsellor]").select_option(index=1)
    send(erbil)
    erbil.wait_for_url(CASE)
    expect(erbil.locator("main")).to_contain_text(stage.play.names[0])
    answer = page.goto(person)
    assert answer is not None
    assert answer.status == 404
