"""Two people edit one record in any order, with drafts and second thoughts: no text is ever lost silently.

The histories are generated. In each, editors open the form, type, save, leave a draft, come back, and choose
on the conflict page. The law: whatever somebody typed and sent stands in the row, or is on a conflict page in
front of them, or was replaced by somebody who had that very text before their eyes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.accounts.queries import identity_of
from mrc.cases.models import Case
from mrc.core.db import db
from mrc.core.errors import StaleWrite
from mrc.persons.models import Person
from mrc.web.versions import merge_or_refuse, sealed_base
from tests.contracts.records import make_records
from tests.support.pages import Page, PageClient

HISTORIES = 10_000
END_TO_END = 200
FIELDS = ("name", "father", "note")
KEY = "person:1"
Clients = Callable[..., PageClient]


@dataclass
class Row:
    """A record under a version, and which texts each save replaced."""

    values: dict[str, str]
    version: int = 1


@dataclass
class Editor:
    """A form in somebody's hands: what it was filled from, what stands in it, what its owner has seen."""

    version: int
    filled_with: dict[str, str]
    typed: dict[str, str]
    seen: dict[str, set[str]] = field(default_factory=dict)
    shown: tuple[str, ...] = FIELDS

    @classmethod
    def opening(cls, row: Row) -> Editor:
        seen = {name: {text} for name, text in row.values.items()}
        return cls(row.version, dict(row.values), dict(row.values), seen)

    @property
    def touched(self) -> set[str]:
        """The fields that hold something else than when the form was filled."""
        return {name for name, text in self.typed.items() if text != self.filled_with[name]}

    def type(self, name: str, text: str) -> None:
        self.typed[name] = text
        self.seen[name] = self.seen[name] | {text}


def save(row: Row, editor: Editor) -> StaleWrite | None:
    """Save as a form does. Checks the law for every field that the save replaces."""
    merged, stale = None, None
    try:
        merged = merge_or_refuse(
            version=editor.version,
            current=row.version,
            base=sealed_base(editor.filled_with, KEY),
            row_key=KEY,
            mine=editor.typed,
            theirs=row.values,
        )
    except StaleWrite as refusal:
        stale = refusal
    if merged is None:
        assert stale is not None
        for name in editor.touched:
            assert stale.merged[name] == editor.typed[name], "the conflict page keeps what was typed"
        for name, text in stale.mine.items():
            assert (text, stale.theirs[name]) == (editor.typed[name], row.values[name])
        return stale
    for name, text in merged.items():
        if name in editor.touched:
            assert text == editor.typed[name], f"what was typed into {name} is gone"
        if text != row.values[name]:
            assert name in editor.touched, f"{name} went back to an older text that nobody chose"
            assert row.values[name] in editor.seen[name] | {text}, f"{name} was replaced unseen"
    row.values, row.version = dict(merged), row.version + (merged != row.values)
    return None


def choose(row: Row, stale: StaleWrite, editor: Editor, chance: random.Random) -> Editor:
    """The conflict page filled in: for each field one's own text, theirs, or a third."""
    chosen = dict(stale.merged)
    for name in stale.mine:
        pick = chance.randrange(3)
        if pick == 1:
            chosen[name] = stale.theirs[name]
        elif pick == 2:
            chosen[name] = f"{stale.mine[name]} & {stale.theirs[name]}"
    seen = {
        name: texts | ({stale.theirs[name]} if name in stale.theirs else set())
        for name, texts in editor.seen.items()
    }
    # The page shows, and lets change, only the fields in conflict.
    assert stale.base != ""
    return Editor(stale.version, dict(row.values), chosen, seen, tuple(stale.mine))


def run_history(chance: random.Random) -> int:
    """One history of two to four editors; how many conflict pages were shown."""
    row = Row({name: chance.choice(("", f"{name} 0")) for name in FIELDS})
    editors = [Editor.opening(row), Editor.opening(row)]
    conflicts = typed = 0
    for _step in range(chance.randint(5, 16)):
        act = chance.random()
        if not editors or act < 0.15:
            editors.append(Editor.opening(row))
        elif act < 0.7:
            typed += 1
            editor = chance.choice(editors)
            # Now and then a field is emptied, or two type the same.
            editor.type(
                chance.choice(editor.shown), chance.choice(("", "same", f"text {typed}", f"text {typed}"))
            )
        else:
            at = chance.randrange(len(editors))
            stale = save(row, editors[at])
            if stale is None:
                editors.pop(at)
            else:
                conflicts += 1
                editors[at] = choose(row, stale, editors[at], chance)
    return conflicts


def test_ten_thousand_histories_lose_nothing_silently(context: Flask) -> None:
    chance = random.Random(20261123)
    conflicts = sum(run_history(chance) for _number in range(HISTORIES))
    assert conflicts > HISTORIES / 10, "the histories are worth little when editors hardly ever meet"


def test_a_lost_text_would_be_found(context: Flask) -> None:
    row = Row(dict.fromkeys(FIELDS, "old"))
    first, second = Editor.opening(row), Editor.opening(row)
    first.type("name", "first")
    second.type("name", "second")
    assert save(row, first) is None
    second.version = row.version  # what a form would do that took today's version for its own
    with pytest.raises(AssertionError, match="replaced unseen"):
        save(row, second)


# ——— through the pages ———


@pytest.fixture
def urls(context: Flask) -> dict[str, str]:
    """The edit forms of a person and of a case, by the model."""
    records = make_records("LHE")
    db.session.commit()
    keys = records.keys
    return {"person": f"/persons/{keys['person_id']}/edit", "case": f"/cases/{keys['case_id']}/edit"}


def present(url: str) -> Mapping[str, str]:
    """The texts of the row that a form edits, by field."""
    row_id = UUID(url.split("/")[2])
    names: tuple[str, ...]
    row: Any
    if url.startswith("/persons"):
        row, names = db.session.get_one(Person, row_id), ("latin_name", "known_as", "father_name")
    else:
        row, names = db.session.get_one(Case, row_id), ("summary", "destination")
    texts = {name: getattr(row, name) or "" for name in names}
    db.session.rollback()
    return texts


def retyped(url: str, chance: random.Random, number: int) -> dict[str, str]:
    """One or two fields with a text of their own."""
    if url.startswith("/cases"):
        drawn = {"summary": f"words {number}", "destination": chance.choice(("AE", "SA", "DE", ""))}
    else:
        drawn = dict.fromkeys(("latin_name", "known_as", "father_name"), f"Name {number}")
    names = chance.sample(sorted(drawn), k=chance.randint(1, 2))
    return {name: drawn[name] for name in names}


@pytest.mark.slow
@pytest.mark.parametrize("what", ["person", "case"])
def test_histories_through_the_pages_lose_nothing(urls: dict[str, str], client: Clients, what: str) -> None:
    url, chance = urls[what], random.Random(7)
    people = [client("counsellor-lahore"), client("manager-lahore")]
    conflicts = 0
    for number in range(END_TO_END // 4):
        pages = [person.get(url) for person in people]
        typed = [retyped(url, chance, number * 2 + place) for place in range(2)]
        before = present(url)
        order = [0, 1] if chance.random() < 0.5 else [1, 0]
        first, second = order
        if chance.random() < 0.4:
            pages[second] = back_from_a_draft(people[second], pages[second], url, typed[second])
        people[first].submit(pages[first], typed[first], form=None)
        answer = people[second].http.post(url, data=pages[second].form(typed[second]).values)
        changed = {name: text for name, text in typed[second].items() if text != before[name]}
        both = {
            name
            for name in typed[first].keys() & changed.keys()
            if typed[first][name] not in (changed[name], before[name])
        }
        if not both:
            assert answer.status_code == 303
            assert present(url) == before | typed[first] | changed
            continue
        conflicts += 1
        assert answer.status_code == 409
        assert present(url) == before | typed[first], "nothing of the first is overwritten"
        page = Page.of(answer, url)
        shown = page.form({}, named=url).values
        for name, text in changed.items():
            assert shown[name] == [text], "the second finds every word on the page"
        theirs = {name: chance.choice((typed[first][name], typed[second][name])) for name in both}
        people[second].submit(page, theirs, form=url)
        assert present(url) == before | typed[first] | changed | theirs
    assert conflicts > 5


def back_from_a_draft(person: PageClient, page: Page, url: str, typed: Mapping[str, str]) -> Page:
    """What was typed is kept as a draft; the form is opened again later and holds it."""
    kept = page.form(dict(typed)).values
    assert person.http.post("/drafts", data=kept | {"draft_key": [url]}).status_code == 200
    return person.get(url)


def test_a_draft_from_before_does_not_undo_what_a_colleague_changed(
    urls: dict[str, str], client: Clients
) -> None:
    url, mine, theirs = urls["person"], client("counsellor-lahore"), client("manager-lahore")
    page = mine.get(url)
    kept = page.form({"known_as": "typed yesterday"}).values
    mine.http.post("/drafts", data=kept | {"draft_key": [url]})
    theirs.post(url, {"father_name": "Karim"})
    mine.submit(mine.get(url), {"latin_name": ""})
    assert present(url)["father_name"] == "Karim"
    assert present(url)["known_as"] == "typed yesterday"


def test_a_third_save_while_the_conflict_page_is_open_is_shown_or_merged_too(
    urls: dict[str, str], client: Clients
) -> None:
    url, mine, theirs = urls["person"], client("counsellor-lahore"), client("manager-lahore")
    page = mine.get(url)
    theirs.post(url, {"latin_name": "Yousuf"})
    conflict = mine.submit(page, {"latin_name": "Yusuf", "known_as": "Bhai"}, status=409)
    theirs.post(url, {"father_name": "Karim"})
    theirs.post(url, {"latin_name": "Yousaf"})
    again = mine.submit(conflict, {"latin_name": "Yusuf"}, form=url, status=409)
    assert "Yousaf" in again.text
    mine.submit(again, {"latin_name": "Yusuf"}, form=url)
    assert dict(present(url)) == {"latin_name": "Yusuf", "known_as": "Bhai", "father_name": "Karim"}


def test_the_conflict_page_calls_fields_and_choices_as_the_form_does(
    urls: dict[str, str], client: Clients
) -> None:
    url, mine, theirs = urls["case"], client("counsellor-lahore"), client("manager-lahore")
    page = mine.get(url)
    theirs.post(url, {"priority": "urgent"})
    conflict = mine.submit(page, {"priority": "emergency"}, status=409)
    legends = [" ".join("".join(legend.itertext()).split()) for legend in conflict.find("legend")]
    assert "Priority" in legends
    assert "Emergency, 24 hours" in conflict.text
    assert "Urgent, 72 hours" in conflict.text


def test_two_who_name_a_team_at_once_do_not_undo_each_other(
    app: Flask, urls: dict[str, str], client: Clients
) -> None:
    url = urls["case"].replace("/edit", "/level")
    mine, theirs = client("protection-lahore"), client("manager-lahore")
    with app.app_context():
        counsellor, officer = (
            str(identity_of(username).user_id) for username in ("counsellor-lahore", "protection-lahore")
        )
        db.session.rollback()
    page = mine.get(url)
    theirs.post(url, {"members": [counsellor]})
    conflict = mine.submit(page, {"members": [officer]}, status=409)
    assert "Sadia Anwar" in conflict.text
    assert "Farhan Iqbal" in conflict.text
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert case.version > 1
