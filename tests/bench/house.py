"""An installation to measure: its database, its processes, and what is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text

from config import Settings, from_environment
from mrc import create_app
from mrc.accounts.models import User
from mrc.cases.models import Case, Consultation
from mrc.centres.models import Centre
from mrc.core import clock
from mrc.core.db import db
from mrc.demo.supervisor import demo_environment, environment_of
from mrc.persons.models import Person
from tests.support.processes import answers, free_port, run, start, stop, wait_until
from tests.support.services import DURABLE, start_postgresql

ROOT = Path(__file__).parent.parent.parent
MRC = Path(sys.executable).parent / "mrc"
LONG_CASE = 2_000
"""Consultations of the long case."""
SAMPLES = 60
WRITTEN_AT_ONCE = 500


@dataclass
class House:
    """Web, worker and simulator on a seeded database."""

    home: Path
    database: str
    port: int = field(default_factory=free_port)
    sim_port: int = field(default_factory=free_port)
    environment: Mapping[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return from_environment(self.environment)

    def app(self) -> Flask:
        """The application, for looking into its database."""
        return create_app(self.settings)

    def start(self, *command: str | Path, port: int | None = None) -> subprocess.Popen[bytes]:
        """Start a process that belongs to it."""
        log = self.home / "process.log"
        environment = self.environment | ({"PORT": str(port)} if port else {})
        process = start([str(part) for part in command], log=log, cwd=ROOT, environment=environment)
        self.processes.append(process)
        if port:
            wait_until(lambda: answers(port), process, log)
        return process

    def seed(self, persons: int) -> str:
        """Fill it by the ordinary command; what the command says."""
        done = subprocess.run(
            [MRC, "seed", "--persons", str(persons)],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()


@contextmanager
def opened(folder: Path, kind: str) -> Iterator[House]:
    """A house in a folder, with the demo's centres and staff; ends all that it started."""
    folder.mkdir(parents=True, exist_ok=True)
    house = House(folder / "home", kind)
    house.home.mkdir(exist_ok=True)
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MRC_", "TWILIO_"))}
    ours["MRC_HOME"] = str(house.home)
    server = None
    try:
        if kind == "postgresql":
            server = start_postgresql(folder, settings=DURABLE)
            ours["MRC_DATABASE_URL"] = f"postgresql://mrc@127.0.0.1:{server.port}/postgres"
        told = demo_environment(ours, port=house.port, sim_port=house.sim_port)
        run([MRC, "demo", "--prepare-only"], cwd=ROOT, environment=told)
        house.environment = environment_of(from_environment(told), told, house.port)
        yield house
    finally:
        for process in reversed(house.processes):
            stop(process.pid)
        if server:
            for pid in server.pids:
                stop(pid, first=server.stop_signal)


def settle(house: House) -> None:
    """Let the database know what is in it, as it would after a night."""
    with house.app().app_context():
        connection = db.engine.raw_connection()
        try:
            if house.database == "postgresql":
                connection.driver_connection.autocommit = True  # type: ignore[union-attr]
                connection.cursor().execute("VACUUM ANALYZE")
            else:
                connection.cursor().execute("ANALYZE")
        finally:
            connection.close()


def samples(house: House) -> dict[str, Any]:
    """Cases, names and codes to ask for, the same on every run: some of the newest, some from all over."""
    with house.app().app_context():
        centre = db.session.scalars(select(Centre).where(Centre.code == "LHE")).one()
        usual = select(Case.id).where(Case.centre_id == centre.id, Case.confidentiality < 2)
        newest = db.session.scalars(usual.order_by(Case.opened_at.desc(), Case.id).limit(SAMPLES // 2)).all()
        anywhere = db.session.scalars(usual.order_by(Case.id).limit(SAMPLES // 2)).all()
        people = select(Person).where(Person.centre_id == centre.id, Person.confidentiality < 2)
        names = [person.name for person in db.session.scalars(people.order_by(Person.id).limit(SAMPLES))]
        latin = [
            person.latin_name
            for person in db.session.scalars(people.order_by(Person.id.desc()).limit(SAMPLES))
        ]
        return {
            "cases": [str(key) for key in (*newest, *anywhere)],
            "names": [name for name in (*names, *latin) if name],
            "counts": {
                model.__tablename__: db.session.scalar(select(func.count()).select_from(model))
                for model in (Person, Case, Consultation)
            },
            "messages": db.session.scalar(text("SELECT count(*) FROM message")),
        }


def long_case(house: House) -> str:
    """The id of a case with 2,000 consultations, made if it is not there."""
    kept = house.home / "long-case.json"
    if kept.exists():
        return str(json.loads(kept.read_text()))
    with house.app().app_context():
        counsellor = db.session.scalars(select(User).where(User.username == "counsellor-lahore")).one()
        usual = select(Case).join(Centre, Centre.id == Case.centre_id).where(Centre.code == "LHE")
        case = db.session.scalars(usual.where(Case.confidentiality < 2).order_by(Case.id).limit(1)).one()
        now = clock.now()
        for number in range(LONG_CASE):
            made = Consultation(
                centre_id=case.centre_id, case_id=case.id, person_id=case.person_id,
                counsellor_id=counsellor.id, confidentiality=case.confidentiality, channel="hotline",
                direction="inbound", minutes=10, language="ur", outcome="information_given",
                started_at=now - timedelta(hours=3 * number + 1), topics=["overseas_employment"],
                information=[],
            )  # fmt: skip
            made.note = f"Called about the papers, day {number}. Everything was explained once more."
            db.session.add(made)
            if number % WRITTEN_AT_ONCE == 0:
                db.session.flush()
        db.session.commit()
        kept.write_text(json.dumps(str(case.id)))
        return str(case.id)


def resident_megabytes(process: subprocess.Popen[bytes]) -> float:
    """The largest resident memory among a process and its children."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return max(_resident(int(pid)) for pid in (process.pid, *map(int, children)))


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
