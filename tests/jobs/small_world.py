"""A small application for the tests of the queue: a few kinds of jobs, and a table of what they did."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask_babel import Babel, get_locale
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select

from config import Settings
from mrc.core.db import db
from mrc.core.db.engine import embedded_options, embedded_url, init_engine, server_options, server_url
from mrc.jobs import carrier
from mrc.jobs.faults import crash_at
from mrc.jobs.models import Job
from mrc.jobs.registry import Payload, job

EFFECT = Table(
    "effect",
    MetaData(),  # its own, so that the tests of the migrations do not meet it
    Column("id", Integer, primary_key=True),
    Column("name", String),
    Column("what", String),
)


def make_app(settings: Settings) -> Flask:
    """The smallest application in which jobs run."""
    app = Flask("small_world")
    app.extensions["mrc_settings"] = settings
    Babel(app)
    if settings.is_embedded:
        settings.home.mkdir(parents=True, exist_ok=True)
        options = embedded_options(settings.database_path, bytes(range(32)))
        init_engine(app, embedded_url(settings.database_path), options)
    else:
        init_engine(app, server_url(settings.database_url), server_options())
    carrier.init_carrier(app)
    return app


def create_tables(app: Flask) -> None:
    """Make the two tables anew."""
    with app.app_context():
        for table in (Job.__table__, EFFECT):
            table.drop(db.engine, checkfirst=True)
            table.create(db.engine)


def note(name: str, what: str = "done") -> None:
    """Have an effect in the database."""
    db.session.execute(insert(EFFECT).values(name=name, what=what))


def effects(app: Flask) -> dict[tuple[str, str], int]:
    """How often which effect is in the database: (name, what) → times."""
    with app.app_context():
        rows = db.session.execute(
            select(EFFECT.c.name, EFFECT.c.what, func.count()).group_by(EFFECT.c[1], EFFECT.c[2])
        )
        return {(name, what): count for name, what, count in rows}


@job("test.note")
def note_it(payload: Payload) -> None:
    note(payload["name"])


@job("test.tough", max_attempts=20)
def note_it_in_the_end(payload: Payload) -> None:
    note(payload["name"])


@job("test.locale")
def note_locale(payload: Payload) -> None:
    note(payload["name"], str(get_locale()))


@job("test.slow")
def note_slowly(payload: Payload) -> None:
    time.sleep(payload["seconds"])
    note(payload["name"])


@job("test.send", max_attempts=20)
def send(payload: Payload) -> Iterator[None]:
    """Like messaging: remember the try, call out without a connection, store the answer, never call twice."""
    name = payload["name"]
    was_tried = db.session.scalar(
        select(EFFECT.c.id).where(EFFECT.c.name == name, EFFECT.c.what == "sending")
    )
    if was_tried:
        note(name, "unknown")
        return
    note(name, "sending")
    yield
    with Path(payload["outside"]).open("a", encoding="utf-8") as outside:
        outside.write(f"{name}\n")
    crash_at("after_call")
    note(name, "sent")


@job("test.poison")
def fail_always(payload: Payload) -> None:
    note(payload["name"])
    raise ValueError("Gul Khan, +93 70 000 0000")


@job("test.deadly")
def die_always(payload: Payload) -> None:
    note(payload["name"])
    os.kill(os.getpid(), signal.SIGKILL)
