"""What the tests of accounts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import event, select

from config import Mode
from mrc.accounts.models import User
from mrc.audit.models import AuditEvent
from mrc.core import clock as the_clock
from mrc.core.db import db
from tests.support.pages import Page, PageClient

NEW_PASSWORD = "river tin umbrella forty"


@pytest.fixture
def tags(app: Flask) -> Callable[[], list[str]]:
    """The tags of the log so far, the oldest first."""

    def read() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(select(AuditEvent.tag).order_by(AuditEvent.seq)))

    return read


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """Change columns of somebody's account behind the application's back."""

    def write(username: str, **values: object) -> None:
        with app.app_context():
            user = db.session.scalars(select(User).where(User.username == username)).one()
            for name, value in values.items():
                setattr(user, name, value)
            db.session.commit()

    return write


@pytest.fixture
def production(app: Flask) -> Iterator[Flask]:
    """The application as it behaves in production."""
    demo = app.extensions["mrc_settings"]
    app.extensions["mrc_settings"] = replace(demo, mode=Mode.PRODUCTION)
    yield app
    app.extensions["mrc_settings"] = demo


@contextmanager
def asked(app: Flask) -> Iterator[list[str]]:
    """Collect what the database is asked meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def set_up_factor(browser: PageClient) -> tuple[str, list[str]]:
    """Set up the second factor through the pages. Returns its secret and the recovery codes."""
    page = browser.get("/account/second-factor")
    secret = secret_on(page)
    shown = browser.submit(page, {"code": code_of(secret)})
    return secret, [item.text or "" for item in shown.find("code") if "-" in (item.text or "")]


def secret_on(page: Page) -> str:
    """The key that is written beneath the picture."""
    return (page.find("code", id="key")[0].text or "").replace(" ", "")


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return pyotp.TOTP(secret).at(the_clock.now(), counter_offset=steps)
