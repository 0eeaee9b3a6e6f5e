"""The one module that knows every package: it puts the application together, in an order that matters.

Adding a package means naming here its blueprint, its policies, the modules that hold its job handlers and its
menu line. Upward talk, such as messaging telling cases that someone wrote, is a job kind, not an import.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy import URL
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from mrc.access.guards import Guard, mark, refuse_unguarded
from mrc.access.permissions import Permission
from mrc.access.policy import AnyPolicy
from mrc.accounts import views as accounts_views
from mrc.accounts.session import load_identity
from mrc.audit.service import init_audit
from mrc.cases import policy as cases_policy
from mrc.cases import views as cases_views
from mrc.centres import views as centres_views
from mrc.core.db import db
from mrc.core.db.engine import embedded_options, embedded_url, init_engine, server_options, server_url
from mrc.core.keyring import init_keyring, keyring
from mrc.core.logs import init_logs
from mrc.desk import views as desk_views
from mrc.desk.frame import init_frame
from mrc.i18n.select import init_i18n
from mrc.jobs.carrier import init_carrier
from mrc.messaging import policy as messaging_policy
from mrc.messaging import views as messaging_views
from mrc.messaging.queries import count_waiting
from mrc.oversight import views as oversight_views
from mrc.oversight.health import init_metrics
from mrc.persons import policy as persons_policy
from mrc.persons import views as persons_views
from mrc.vocab.queries import init_vocab
from mrc.web import views as web_views
from mrc.web.assets import init_assets
from mrc.web.errors import init_errors
from mrc.web.headers import init_headers
from mrc.web.life import init_life
from mrc.web.links import init_links
from mrc.web.menu import MenuEntry, init_menu

__all__ = ["BLUEPRINTS", "MENU", "POLICIES", "assemble"]

ROOT = Path(__file__).parent.parent
LARGEST_FORM = 1024 * 1024

BLUEPRINTS: tuple[Blueprint, ...] = (
    web_views.blueprint,
    accounts_views.blueprint,
    centres_views.blueprint,
    persons_views.blueprint,
    cases_views.blueprint,
    messaging_views.blueprint,
    desk_views.blueprint,
    oversight_views.blueprint,
)

POLICIES: tuple[AnyPolicy, ...] = (
    persons_policy.PERSONS,
    persons_policy.PERSON_ADDRESSES,
    persons_policy.CONSENTS,
    persons_policy.ADDRESSES,
    persons_policy.IDENTITY_DOCUMENTS,
    persons_policy.RELATIONS,
    persons_policy.HOUSEHOLD_MEMBERS,
    messaging_policy.THREADS,
    messaging_policy.MESSAGES,
    cases_policy.CASES,
    cases_policy.CONSULTATIONS,
    cases_policy.NEEDS,
    cases_policy.NOTES,
)

PERSON_PANELS = (cases_views.person_panel,)
"""What packages above persons show on a person's page, in order."""

JOB_ROOMS = ("mrc.jobs.retention", "mrc.accounts.jobs", "mrc.messaging.jobs", "mrc.oversight.jobs")

P = Permission
MENU = (
    MenuEntry("desk.my_day", _l("My day"), "calendar-check", (P.WORK_LIST,)),
    MenuEntry("desk.inbox", _l("Inbox"), "inbox", (P.THREAD_VIEW,), count_waiting),
    MenuEntry("cases.consultations", _l("Consultations"), "headset", (P.CONSULTATION_VIEW,)),
    MenuEntry("persons.index", _l("Persons"), "users", (P.PERSON_VIEW,)),
    MenuEntry("cases.index", _l("Cases"), "folder", (P.CASE_VIEW,)),
    MenuEntry("oversight.grants", _l("Protected cases opened"), "lock-open", (P.BREAK_GLASS_REVIEW,)),
    MenuEntry("centres.index", _l("Centres"), "building", (P.CENTRE_MANAGE,), is_administration=True),
    MenuEntry(
        "accounts.users",
        _l("People and roles"),
        "user-cog",
        (P.USER_MANAGE, P.ACCOUNT_LOCK),
        is_administration=True,
    ),
    MenuEntry("oversight.jobs", _l("Jobs"), "stack-2", (P.JOB_MONITOR,), is_administration=True),
    MenuEntry("oversight.audit_log", _l("Audit log"), "history", (P.AUDIT_VIEW,), is_administration=True),
)


def assemble(app: Flask, settings: Settings) -> None:
    """Put the application together. Raises UnguardedEndpoint while an endpoint names no permission."""
    app.extensions["mrc_settings"] = settings
    _configure(app, settings)
    init_logs()
    init_keyring(app, settings.keyring)
    _init_database(app, settings)
    init_life(app, load_identity)
    init_headers(app)
    csrf = CSRFProtect(app)
    init_i18n(app)
    init_audit(app)
    init_carrier(app)
    init_errors(app)
    init_assets(app)
    init_links(app)
    init_vocab(app)
    init_menu(app, MENU)
    init_frame(app)
    init_metrics(app)
    app.extensions["mrc_person_panels"] = PERSON_PANELS
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for view in messaging_views.CSRF_EXEMPT:
        csrf.exempt(view)
    for room in JOB_ROOMS:
        import_module(room)
    mark(
        app.view_functions["static"],
        Guard(public_because="style, script, fonts and icons; nothing of a person"),
    )
    refuse_unguarded(app)


def _configure(app: Flask, settings: Settings) -> None:
    host = "__Host-" if settings.is_production else ""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=1_000,
        SESSION_COOKIE_NAME=host + "mrc_form",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # This cookie protects forms and opens nothing: who is signed in stands in a table. What was typed
        # in the evening must still be understood after the night, to be kept until the person signs in again.
        PERMANENT_SESSION_LIFETIME=timedelta(days=31),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if settings.is_production:
        # One proxy ends TLS in front of us. The webhook's signature never trusts these headers.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]


def _init_database(app: Flask, settings: Settings) -> None:
    if settings.is_embedded:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made by us first, so that it and the files that SQLite lays beside it are ours alone to read.
        settings.database_path.touch(mode=0o600)
        with app.app_context():
            key = keyring().subkey("database", keyring().oldest)
        url: str | URL = embedded_url(settings.database_path)
        options = embedded_options(settings.database_path, key)
    else:
        url, options = server_url(settings.database_url), server_options()
    init_engine(app, cast(str, url), options)
    Migrate(app, db, directory=str(ROOT / "migrations"))
