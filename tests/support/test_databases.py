"""Every test gets the world as new, whatever the one before did to it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select, text

from mrc.accounts.models import User
from mrc.core.db import db
from mrc.demo.world import DEMO_USERNAMES
from tests.support.databases import World


def test_what_a_test_wrote_is_gone_for_the_next(app: Flask, database: str, worlds: Callable[[str], World]):
    with app.app_context():
        for user in db.session.scalars(select(User)):
            user.name = "Somebody else"
        (app.extensions["mrc_settings"].home / "left-behind").touch()
        db.session.commit()
    worlds(database).renew()
    with app.app_context():
        assert not db.session.scalars(select(User).where(User.name == "Somebody else")).all()
        assert not (app.extensions["mrc_settings"].home / "left-behind").exists()


def test_a_connection_left_open_is_in_nobodys_way(app: Flask, database: str, worlds: Callable[[str], World]):
    with app.app_context():
        left_open = db.engine.connect()
        left_open.execute(text("SELECT 1"))
        worlds(database).renew()
        assert db.session.scalar(select(func.count()).select_from(User)) == len(DEMO_USERNAMES)
        left_open.invalidate()


def test_both_kinds_of_database_are_what_they_say(app: Flask, database: str):
    with app.app_context():
        assert db.engine.dialect.name == database
        header = app.extensions["mrc_settings"].home / "mrc.db"
        assert database == "postgresql" or not header.read_bytes().startswith(b"SQLite format 3")
