"""The doctor looks at a whole installation and says what is wrong with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from mrc.core.db import db
from mrc.oversight.doctor import examine
from tests.attachments.clamd import scanner


@pytest.fixture(autouse=True)
def _no_provider(app: Flask) -> Iterator[None]:
    """What it finds at the provider is tested with messaging."""
    usual = app.extensions["mrc_settings"]
    app.extensions["mrc_settings"] = dataclasses.replace(
        usual, twilio=dataclasses.replace(usual.twilio, account_sid="")
    )
    yield
    app.extensions["mrc_settings"] = usual


def test_a_sound_installation_is_found_well(app: Flask) -> None:
    assert [finding.sentence for finding in examine(app) if not finding.is_well] == []


def test_a_scanner_that_is_named_must_answer(app: Flask) -> None:
    sound = app.extensions["mrc_settings"]
    try:
        with scanner() as address:
            app.extensions["mrc_settings"] = dataclasses.replace(sound, clamd=address)
            assert "virus scanner: answers" in [finding.sentence for finding in examine(app)]
        wrong = [finding.sentence for finding in examine(app) if not finding.is_well]
        assert wrong == ["virus scanner: does not answer, so no file is taken"]
    finally:
        app.extensions["mrc_settings"] = sound


def test_an_old_schema_is_named(app: Flask) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    assert [finding.sentence for finding in examine(app) if not finding.is_well] == ["migrations: not ready"]
