"""The `mrc` command: run, install, seed and check an installation.

Every error is one clear line and a non-zero exit. A command acts as the system under its own name. What
only one command needs is imported in it, so that the web processes do not carry the demo.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

import config
from config import SettingsRefused
from mrc import create_app
from mrc.access.identity import Identity
from mrc.access.roles import Role
from mrc.accounts import service as accounts
from mrc.audit import chain
from mrc.core.db import db
from mrc.core.db.migrations import SchemaRefused, upgrade_schema
from mrc.core.errors import MRCError
from mrc.i18n import catalogues
from mrc.jobs import carrier, worker
from mrc.oversight import doctor as examination
from mrc.web.server import serve_application

P = ParamSpec("P")
R = TypeVar("R")


def says_errors_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what can go wrong into one line on standard error and exit code 1."""

    @wraps(command)
    def guarded(*arguments: P.args, **keywords: P.kwargs) -> R:
        try:
            return command(*arguments, **keywords)
        except SettingsRefused as refusal:
            for problem in refusal.problems:
                click.echo(problem, err=True)
        except (MRCError, SchemaRefused) as error:
            click.echo(str(error) or type(error).__name__, err=True)
        except DBAPIError as error:
            click.echo(f"The database does not answer as it should ({type(error.orig).__name__}).", err=True)
        sys.exit(1)

    return guarded


def application() -> Flask:
    return create_app(config.from_environment())


@click.group()
def main() -> None:
    """Case management for Migrant Resource Centres."""


@main.command()
@click.option(
    "--port", default=8000, envvar="PORT", show_default=True, help="Port on the loopback interface."
)
@click.option("--bind", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@says_errors_plainly
def serve(port: int, bind: str, workers: int) -> None:
    """Serve the pages and the webhooks."""
    config.from_environment()
    serve_application(application, bind=f"{bind}:{port}", workers=workers)


@main.command()
@says_errors_plainly
def work() -> None:
    """Run the jobs: with the local driver, or with Celery when MRC_BROKER_URL is set."""
    app = application()
    run = carrier.run if app.extensions["mrc_settings"].broker_url else worker.run_forever
    run(app)


@main.command()
@says_errors_plainly
def migrate() -> None:
    """Bring the database to the present schema and load the shipped lists."""
    from mrc.demo import world

    with application().app_context():
        upgrade_schema()
        world.load_reference()
        db.session.commit()
    click.echo("The database is up to date.")


@main.command()
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="Port of the pages.")
@click.option(
    "--sim-port", default=8001, envvar="SIM_PORT", show_default=True, help="Port of the phone simulator."
)
@click.option("--prepare-only", is_flag=True, help="Make the database with demo data and stop.")
@says_errors_plainly
def demo(port: int, sim_port: int, prepare_only: bool) -> None:
    """Start the whole system with demo data: pages, worker and phone simulator, until Ctrl-C."""
    from mrc.demo import sayings, supervisor, world

    environment = supervisor.demo_environment(os.environ, port=port, sim_port=sim_port)
    settings = config.from_environment(environment)
    with create_app(settings).app_context():
        upgrade_schema()
        if world.is_empty():
            click.echo("Making the demo data …")
            world.make_world()
        if settings.twilio.base_url:
            sayings.offer_wordings()
        db.session.commit()
    if not prepare_only:
        sys.exit(supervisor.run(settings, environment, port=port, sim_port=sim_port))


@main.command()
@click.option("--persons", default=1000, show_default=True, help="How many persons to make.")
@click.option("--seed", "number", default=1, show_default=True, help="The same number makes the same people.")
@says_errors_plainly
def seed(persons: int, number: int) -> None:
    """Fill the database with believable people, consultations, cases and threads."""
    from mrc.demo.seed import seed as make_people

    with application().app_context():
        report = make_people(persons, number)
    click.echo(f"{report.persons} persons in {report.seconds:.1f} s ({report.rate:.0f} persons/s)")


@main.command("names-bench")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--misses", is_flag=True, help="Print the lines that were not answered as they should be.")
@says_errors_plainly
def names_bench(table: Path, misses: bool) -> None:
    """Measure how well names are found: lines of match|differ, stored name, query and birth year, by tabs."""
    from mrc.persons import names_bench as bench

    with application().app_context():
        results = list(bench.run(bench.read_table(table.read_text(encoding="utf-8"))))
    for result in results:
        if misses and (result.place != 0 if result.line.is_match else result.place == 0):
            click.echo(f"# {result.place} {result.line}")
    figures = bench.figures_of(results)
    for name, value, unit, goal, is_met in (
        ("name_recall_at_10", figures.recall_at_10, "share", 0.97, figures.recall_at_10 >= 0.97),
        ("name_first", figures.first, "share", 0.85, figures.first >= 0.85),
        ("name_false_first", figures.false_first, "share", 0.02, figures.false_first <= 0.02),
        ("name_search_p50", figures.p50, "ms", 40, figures.p50 <= 40),
        ("name_search_p95", figures.p95, "ms", 120, figures.p95 <= 120),
    ):
        click.echo(f"{name} {value:.4g} {unit} {goal} {'met' if is_met else 'short'}")


@main.command()
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@says_errors_plainly
def places(table: Path) -> None:
    """Load districts by p-code from a CSV file: code, parent, en and any of our languages."""
    from mrc.vocab.places import load_places

    with application().app_context():
        count = load_places(table, by=Identity.system("mrc places"))
        db.session.commit()
    click.echo(f"{count} places loaded.")


@main.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--centre", help="Code of the centre the role is for, such as LHE.")
@click.option("--country", help="Code of the country the role is for, such as PK.")
@says_errors_plainly
def add_user(username: str, name: str, role: str, centre: str | None, country: str | None) -> None:
    """Add a person and print the link by which they choose their password."""
    with application().app_context():
        link = accounts.add_user(username, name, role=Role(role), centre_code=centre, country=country)
        db.session.commit()
    click.echo(link)


@main.group()
def audit() -> None:
    """The audit log."""


@audit.command("verify")
@click.option(
    "--against", type=click.Path(exists=True, path_type=Path), help="Heads kept from `mrc audit heads`."
)
@says_errors_plainly
def verify_audit(against: Path | None) -> None:
    """Check every chain; name the first row of each that is not as it was written."""
    heads = json.loads(against.read_text()) if against else None
    with application().app_context():
        breaks = list(chain.verify(db.session(), heads))
    for broken in breaks:
        click.echo(f"chain {broken.chain}: row {broken.seq} is {broken.reason}", err=True)
    if breaks:
        sys.exit(1)
    click.echo("Every chain is whole.")


@audit.command("heads")
@says_errors_plainly
def print_heads() -> None:
    """Print where each chain ends, as JSON, to be kept away from this machine."""
    with application().app_context():
        click.echo(json.dumps(chain.heads(db.session()), indent=1, sort_keys=True))


@main.group()
def keys() -> None:
    """The keyring that seals fields."""


@keys.command("new")
def new_keys() -> None:
    """Print a fresh keyring with one random key, for MRC_KEYRING."""
    click.echo(config.new_keyring())


@main.group()
def i18n() -> None:
    """Translations."""


@i18n.command("status")
@click.option("--check", is_flag=True, help="Fail when a catalogue does not match the source.")
@says_errors_plainly
def translation_status(check: bool) -> None:
    """Print how much of each language is translated."""
    for line in catalogues.status():
        click.echo(line)
    if check and (problems := catalogues.problems()):
        click.echo("\n".join(problems), err=True)
        sys.exit(1)


@main.command()
@says_errors_plainly
def doctor() -> None:
    """Examine the installation and say what is wrong with it."""
    findings = examination.examine(application())
    for finding in findings:
        click.echo(f"{'ok  ' if finding.is_well else 'WRONG'}  {finding.sentence}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


if __name__ == "__main__":
    main()
