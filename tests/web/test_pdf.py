"""Papers are shaped with our fonts, in both directions, and take nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from pypdf import PdfReader

from mrc.i18n.locales import locale_of
from mrc.web import pdf

CENTRE = SimpleNamespace(name="Lahore")


@pytest.fixture
def paper(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An application with a paper of the test's own."""
    (tmp_path / "paper.html").write_text(
        '{% extends "layouts/paper.html" %}{% block title %}{{ words }}{% endblock %}'
        "{% block content %}{{ content|default('')|safe }}{% endblock %}"
    )
    searched = app.jinja_loader.searchpath
    searched.insert(0, str(tmp_path))
    yield app
    searched.remove(str(tmp_path))


def made(app: Flask, **values: object) -> PdfReader:
    with app.test_request_context():
        return PdfReader(BytesIO(pdf.pdf_of("paper.html", centre=CENTRE, **values)))


def fonts_of(document: PdfReader) -> str:
    return " ".join(
        str(font.get_object()["/BaseFont"])
        for page in document.pages
        for font in page["/Resources"]["/Font"].values()
    )


@pytest.mark.parametrize(
    ("tag", "words", "font"),
    [
        ("ur", "رضامندی کا فارم", "Nastaliq"),
        ("ps", "د رضایت پاڼه", "Vazirmatn"),
        ("fa_AF", "ورقهٔ رضایت", "Vazirmatn"),
        ("ar", "استمارة الموافقة", "Naskh"),
        ("ckb", "فۆڕمی ڕەزامەندی", "Naskh"),
    ],
    ids=["ur", "ps", "fa_AF", "ar", "ckb"],
)
def test_each_script_is_shaped_with_its_own_font(paper: Flask, tag: str, words: str, font: str) -> None:
    assert font in fonts_of(made(paper, words=words, paper_locale=locale_of(tag)))


def test_no_font_of_the_machine_that_has_the_name_of_ours_is_mixed_in(paper: Flask) -> None:
    """Digits and full stops beside the words: they come from the system's Latin font, not from a namesake."""
    content = '<p class="words">انہوں نے 2026 میں بتایا. LHE-2026-000001-K</p><p><b>پاسپورٹ 12</b></p>'
    found = fonts_of(made(paper, words="رضامندی 1.", content=content, paper_locale=locale_of("ur")))
    for name in ("Nastaliq", "Naskh", "Vazirmatn"):
        assert found.count(name) == found.count("+Paper-Noto-" + name) + found.count("+Paper-" + name), found


def test_a_paper_reads_no_file_of_the_machine_and_no_address(paper: Flask) -> None:
    content = '<link rel="attachment" href="file:///etc/passwd"><img src="http://127.0.0.1:9/x.png">'
    document = made(paper, words="Letter", content=content)
    assert not document.attachments
    assert b"root:" not in document.stream.getvalue()
