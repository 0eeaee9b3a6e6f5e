"""A ready world, made once per worker and kind of database, and a fresh copy of it for every test.

Making it means migrating an empty database from nothing and loading the reference data and the demo users;
copying it takes milliseconds. The Flask application is made once as well and finds another database under the
same address in every test.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from flask import Flask

from config import Mode, Settings, TwilioSettings
from mrc import create_app
from mrc.core.db import db
from mrc.core.db.migrations import upgrade_schema
from mrc.demo.world import load_reference, make_users
from tests.support.services import Services

KEYRING = json.dumps(
    {"current": 1, "keys": {"1": base64.b64encode(hashlib.sha256(b"tests").digest()).decode()}}
)
LIGHT_PASSWORDS = 64
"""Kibibytes for argon2, a thousandth of what the product uses: tests sign in thousands of times."""

KEPT_FOR_A_WHILE = ("mrc_task_rules", "mrc_centres")
"""What the application remembers of its database for half a minute: the next test has another one."""


class Copies(Protocol):
    """What can be kept as it is now and brought back as often as a test wants."""

    database_url: str

    def keep(self) -> None: ...
    def renew(self) -> None: ...


class EmbeddedCopies:
    """The encrypted file lies in the data folder, which `World` copies anyway."""

    database_url = ""

    def keep(self) -> None:
        """Nothing to do beyond the folder."""

    def renew(self) -> None:
        """Nothing to do beyond the folder."""


class ServerCopies:
    """A PostgreSQL database and its template, by name."""

    def __init__(self, services: Services, name: str) -> None:
        self.name, self.kept = name, f"{name}_kept"
        self.database_url = services.postgresql_url(name)
        self.server_url = services.postgresql_url()
        self._tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')

    def keep(self) -> None:
        """Turn the database into the template; until `renew` there is none of its own name."""
        self._tell(f'ALTER DATABASE "{self.name}" RENAME TO "{self.kept}"')

    def renew(self) -> None:
        """Replace the database; connections that a test left open are cut."""
        copied = f'CREATE DATABASE "{self.name}" TEMPLATE "{self.kept}" STRATEGY FILE_COPY'
        self._tell(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)', copied)

    def _tell(self, *commands: str) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as server:
            for command in commands:
                server.execute(command.encode())


class World:
    """One application and its database, as new, again and again."""

    def __init__(self, services: Services, name: str, kind: str) -> None:
        self.home = services.folder / name
        self.kept_home = services.folder / f"{name}-kept"
        self.copies: Copies = ServerCopies(services, name) if kind == "postgresql" else EmbeddedCopies()
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(mode=0o700)
        self.app = create_app(settings_for(self.home, self.copies.database_url))
        self.app.testing = True
        with self.app.app_context():
            upgrade_schema()
            load_reference()
            make_users()
            db.session.commit()
        self.close()
        self.copies.keep()
        shutil.copytree(self.home, self.kept_home)

    def renew(self) -> Flask:
        """Undo whatever the last test did to the database and the data folder."""
        self.close()
        shutil.rmtree(self.home)
        shutil.copytree(self.kept_home, self.home)
        self.copies.renew()
        for name in KEPT_FOR_A_WHILE:
            self.app.extensions.pop(name, None)
        return self.app

    def close(self) -> None:
        """Close every connection; SQLite then has all it knows in the one file."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def settings_for(home: Path, database_url: str) -> Settings:
    """What the tests run with: a demo installation with a real carrier account that leads nowhere."""
    return Settings(
        mode=Mode.DEMO,
        home=home,
        secret_key="a key for the tests alone, as long as a real one 0123456789",
        keyring=KEYRING,
        database_url=database_url,
        public_url="http://localhost",
        metrics_token="a metrics token for the tests alone 0123456789",
        twilio=TwilioSettings(
            account_sid="AC" + "0" * 32, auth_token="f" * 32, base_url="http://127.0.0.1:9"
        ),
        password_memory_kib=LIGHT_PASSWORDS,
    )


@contextmanager
def away(app: Flask, services: Services) -> Iterator[None]:
    """Take the application's database away: the file, or the server's readiness to connect."""
    with app.app_context():
        engine = db.engine
    engine.dispose()
    if engine.dialect.name == "sqlite":
        path = app.extensions["mrc_settings"].database_path
        hidden = path.with_suffix(".away")
        path.rename(hidden)
        path.mkdir()
        yield
        path.rmdir()
        hidden.rename(path)
        return
    name = engine.url.database
    with psycopg.connect(services.postgresql_url(), autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
