"""Words that whoever else reads a phone must not see."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from mrc.i18n.locales import LOCALES
from mrc.messaging.lexicon import DATA, Kind, faults, faults_of_version, is_safe_for_shared
from mrc.messaging.service.shipped import shipped_templates
from mrc.messaging.wording import faults_of_wording, filled, samples_of

CONTENT = json.loads(DATA.read_text(encoding="utf-8"))


def version(wording: Any, *, is_for_shared: bool = True) -> Any:
    return SimpleNamespace(
        language=wording.language,
        body=wording.body,
        variables=list(wording.variables),
        buttons=list(wording.buttons),
        is_for_shared=is_for_shared,
    )


SHIPPED = [
    pytest.param(wording, id=f"{template.key}-{wording.language}")
    for template, wordings in shipped_templates()
    for wording in wordings
]


def test_every_shipped_template_is_there_in_all_languages() -> None:
    for template, wordings in shipped_templates():
        assert [wording.language for wording in wordings] == list(LOCALES), template.key
        ids = {tuple(button["id"] for button in wording.buttons) for wording in wordings}
        names = {tuple(variable["name"] for variable in wording.variables) for wording in wordings}
        assert len(ids) == len(names) == 1, template.key


@pytest.mark.parametrize("wording", SHIPPED)
def test_no_shipped_wording_holds_a_word_of_the_lexicon(wording: Any) -> None:
    row = version(wording)
    assert faults_of_version(row, wording.language) == []
    assert is_safe_for_shared(row)
    assert not is_safe_for_shared(version(wording, is_for_shared=False))


@pytest.mark.parametrize("wording", SHIPPED)
def test_every_shipped_wording_is_one_that_whatsapp_takes(wording: Any) -> None:
    assert faults_of_wording(wording.body, wording.variables, wording.buttons) == {}
    row = version(wording)
    assert "{" not in filled(row, samples_of(row))


def test_every_word_of_the_list_is_found_alone_and_in_a_sentence() -> None:
    for topic, by_language in CONTENT["topics"].items():
        for language, words in by_language.items():
            tag = "en" if language == "latin" else language
            spared = CONTENT["harmless"].get(tag, [])
            for word in words:
                if word in spared:
                    continue
                plain = word.removesuffix("*")
                assert faults(plain, tag), f"{topic}: {word}"
                assert faults(f"— {plain}, 12", tag), f"{topic}: {word}"


def test_every_topic_has_words_in_every_language() -> None:
    for topic, by_language in CONTENT["topics"].items():
        assert set(by_language) == {*LOCALES, "latin"}, topic
        assert all(by_language.values()), topic


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Your ASYLUM claim", "en", Kind.TOPIC),
        ("The refugees’ office", "en", Kind.TOPIC),
        ("المحكمة قررت", "ar", Kind.TOPIC),
        ("اذهب للشرطة", "ar", Kind.TOPIC),
        ("سفارتِ پاکستان میں", "ur", Kind.TOPIC),
        ("د پناه غوښتنې", "ps", Kind.TOPIC),
        ("پناه‌جو هستید", "fa_AF", Kind.TOPIC),
        ("پەنابەران", "ckb", Kind.TOPIC),
        ("aap ka wakeel", "ur", Kind.TOPIC),
        ("MRC Lahore", "en", Kind.ORGANISATION),
        ("the I.O.M and IOM", "en", Kind.ORGANISATION),
        ("یو این ایچ سی آر", "ur", Kind.ORGANISATION),
        ("Bring $200", "en", Kind.MONEY),
        ("۲۰۰ افغانی", "fa_AF", Kind.MONEY),
        ("Rs. 5,000 is ready", "en", Kind.MONEY),
        ("see https://x.example", "en", Kind.LINK),
        ("see mrc.org", "en", Kind.LINK),
        ("write to a@b.c", "en", Kind.LINK),
    ],
)
def test_what_tells_too_much_is_found(text: str, language: str, kind: Kind) -> None:
    assert kind in {fault.kind for fault in faults(text, language)}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You have an answer at 10.30 on 3.3.", "en"),
        ("محکمہ", "ur"),
        ("جيل جديد", "ar"),
        ("ملاقات کا وقت 10:30", "ur"),
        ("", "en"),
    ],
)
def test_what_tells_nothing_is_left_alone(text: str, language: str) -> None:
    assert faults(text, language) == []
