"""Code lists: complete in six languages, kept by an administrator, retired and never deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from mrc.access.identity import Identity
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.i18n.locales import LOCALES
from mrc.vocab.queries import choices, forget_lists, get_code, label
from mrc.vocab.service import add_code, load_shipped, relabel, retire_code, shipped

People = Callable[[str], Identity]
PROPER_NAMES = frozenset({"districts", "programmes"})


def test_every_shipped_code_has_words_in_all_six_languages() -> None:
    missing = [
        (code.list_name, code.code, tag)
        for code in shipped()
        for tag in LOCALES
        if not code.labels.get(tag) and code.list_name not in PROPER_NAMES and has_letters(code.labels["en"])
    ]
    assert missing == []


def has_letters(words: str) -> bool:
    """False for "0–4", which reads the same in every language."""
    return any(character.isalpha() for character in words)


def test_no_code_is_shipped_twice() -> None:
    keys = [(code.list_name, code.code) for code in shipped()]
    assert len(keys) == len(set(keys))


def test_loading_again_changes_nothing(context: Flask) -> None:
    assert load_shipped() == 0


def test_a_retired_code_is_offered_no_more_and_read_for_ever(context: Flask, identity: People) -> None:
    code = get_code("topics", "overseas_employment")
    assert code is not None
    words = label("topics", "overseas_employment")
    retire_code(code, by=identity("admin"))
    db.session.commit()
    forget_lists()
    assert "overseas_employment" not in {choice.code for choice in choices("topics")}
    assert label("topics", "overseas_employment") == words
    forget_lists()


def test_words_can_be_changed_and_the_english_ones_are_needed(context: Flask, identity: People) -> None:
    code = get_code("topics", "overseas_employment")
    assert code is not None
    relabel(code, {"en": "Jobs abroad"}, by=identity("admin"))
    db.session.commit()
    forget_lists()
    assert label("topics", "overseas_employment") == "Jobs abroad"
    with pytest.raises(Refused):
        relabel(code, {"en": ""}, by=identity("admin"))
    db.session.rollback()
    forget_lists()


def test_a_code_of_ones_own_is_added_once_by_an_administrator(context: Flask, identity: People) -> None:
    add_code("topics", "sea_rescue", {"en": "Rescue at sea"}, by=identity("admin"))
    db.session.commit()
    with pytest.raises(Refused):
        add_code("topics", "sea_rescue", {"en": "Rescue at sea"}, by=identity("admin"))
    with pytest.raises(Forbidden):
        add_code("topics", "other", {"en": "x"}, by=identity("manager-lahore"))
    db.session.rollback()
    forget_lists()


def test_an_unknown_code_is_shown_as_it_is(context: Flask) -> None:
    assert label("topics", "never_heard") == "never_heard"
