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
from mrc.cases import queries as cases_queries
from mrc.cases import views as cases_views
from mrc.cases.queries import count_overdue_tasks, count_to_answer, sees_file
from mrc.cases.service import keep_person_in_step
from mrc.centres import views as centres_views
from mrc.core.db.engine import embedded_options, embedded_url, init_engine, server_options, server_url
from mrc.core.keyring import init_keyring, keyring
from mrc.core.logs import init_logs
from mrc.desk import views as desk_views
from mrc.desk.frame import init_frame
from mrc.desk.views.ways import person_ways
from mrc.directory import views as directory_views
from mrc.hotline import policy as hotline_policy
from mrc.hotline import views as hotline_views
from mrc.hotline.queries import count_open_callbacks
from mrc.i18n.select import init_i18n
from mrc.jobs.carrier import init_carrier
from mrc.messaging import policy as messaging_policy
from mrc.messaging import views as messaging_views
from mrc.messaging.queries import count_waiting
from mrc.messaging.queries.health import count_open_alarms
from mrc.messaging.queries.templates import count_troubled
from mrc.outreach import policy as outreach_policy
from mrc.outreach import views as outreach_views
from mrc.oversight import views as oversight_views
from mrc.oversight.health import init_metrics
from mrc.oversight.queries import count_unreviewed
from mrc.persons import policy as persons_policy
from mrc.persons import queries as persons_queries
from mrc.persons import views as persons_views
from mrc.persons.service import AFTER_MERGE
from mrc.persons.views import PersonTab, init_person_tabs
from mrc.tasks.service.giving import SIGHT
from mrc.vocab.queries import init_vocab
from mrc.web import views as web_views
from mrc.web.assets import init_assets
from mrc.web.errors import init_errors
from mrc.web.headers import init_headers
from mrc.web.life import init_life
from mrc.web.links import init_links
from mrc.web.menu import MenuEntry, init_menu
from mrc.web.timeline import TimelineSource, init_timeline
from mrc.web.uploads import init_uploads

__all__ = ["BLUEPRINTS", "MENU", "POLICIES", "assemble"]

ROOT = Path(__file__).parent.parent
LARGEST_FORM = 1024 * 1024

BLUEPRINTS: tuple[Blueprint, ...] = (
    web_views.blueprint,
    accounts_views.blueprint,
    centres_views.blueprint,
    directory_views.blueprint,
    persons_views.blueprint,
    cases_views.blueprint,
    messaging_views.blueprint,
    outreach_views.blueprint,
    hotline_views.blueprint,
    desk_views.blueprint,
    oversight_views.blueprint,
)

POLICIES: tuple[AnyPolicy, ...] = (
    persons_policy.PERSONS,
    persons_policy.PERSON_ADDRESSES,
    persons_policy.CONSENTS,
    persons_policy.MERGES,
    persons_policy.ADDRESSES,
    persons_policy.HIDDEN_MATCHES,
    persons_policy.IDENTITY_DOCUMENTS,
    persons_policy.RELATIONS,
    persons_policy.HOUSEHOLD_MEMBERS,
    messaging_policy.THREADS,
    messaging_policy.MESSAGES,
    messaging_policy.MEDIA,
    hotline_policy.CALLS,
    hotline_policy.CALLBACKS,
    hotline_policy.VOICEMAILS,
    cases_policy.CASES,
    cases_policy.CONSULTATIONS,
    cases_policy.TASKS,
    cases_policy.FLAGS,
    cases_policy.NEEDS,
    cases_policy.NOTES,
    cases_policy.AMENDMENTS,
    cases_policy.PARTICIPANTS,
    cases_policy.ATTEMPTS,
    cases_policy.CLOSURES,
    cases_policy.HANDOVERS,
    cases_policy.APPOINTMENTS,
    cases_policy.BATCHES,
    cases_policy.CONCERNS,
    cases_policy.ASSESSMENTS,
    cases_policy.JOB_OFFERS,
    cases_policy.FILES,
    outreach_policy.BROADCASTS,
)

PERSON_PANELS = (
    person_ways,
    cases_views.person_panel,
    cases_views.person_attempts,
    cases_views.person_files,
)
"""What packages above persons show on a person's page, in order."""

JOB_ROOMS = (
    "mrc.jobs.retention",
    "mrc.accounts.jobs",
    "mrc.attachments.jobs",
    "mrc.tasks.jobs",
    "mrc.persons.jobs",
    "mrc.cases.jobs",
    "mrc.messaging.jobs",
    "mrc.outreach.jobs",
    "mrc.hotline.jobs",
    "mrc.oversight.jobs",
)
CLOSURE_BLOCKERS = (cases_queries.own_blockers,)
"""What packages keep open in a case, each counted by a function; a case is closed when nothing is."""

P = Permission

PERSON_TABS = (
    PersonTab("persons.show", _l("Overview"), (P.PERSON_VIEW,)),
    PersonTab("persons.timeline", _l("Timeline"), (P.PERSON_VIEW,)),
    PersonTab("oversight.person_readers", _l("Who looked"), (P.PERSON_VIEW,)),
)
"""The parts of a person's file, in order; a package adds the page of its own here."""

TIMELINE_SOURCES = (
    TimelineSource(
        kind="consultation",
        label=_l("Consultations"),
        rows=cases_queries.consultation_rows,
        template="cases/_timeline_consultation.html",
        macro="consultation_item",
        at="started_at",
        author="counsellor_id",
    ),
    TimelineSource(
        kind="note",
        label=_l("Notes"),
        rows=cases_queries.note_rows,
        template="cases/_timeline_note.html",
        macro="note_item",
        at="created_at",
        author="author_id",
    ),
    TimelineSource(
        kind="consultation",
        label=_l("Consultations"),
        rows=cases_queries.group_timeline_rows,
        template="cases/_timeline_group.html",
        macro="group_item",
        at="started_at",
    ),
    TimelineSource(
        kind="attempt",
        label=_l("Attempts to reach"),
        rows=cases_queries.attempt_timeline_rows,
        template="cases/_timeline_attempt.html",
        macro="attempt_item",
        at="at",
        author="by_id",
    ),
    TimelineSource(
        kind="task",
        label=_l("Tasks"),
        rows=cases_queries.task_rows,
        template="cases/_timeline_task.html",
        macro="task_item",
        at="closed_at",
        author="closed_by_id",
    ),
    TimelineSource(
        kind="message",
        label=_l("Messages"),
        rows=cases_queries.message_rows,
        template="cases/_timeline_message.html",
        macro="message_item",
        at="at",
        author="author_id",
    ),
    TimelineSource(
        kind="case",
        label=_l("Cases"),
        rows=cases_queries.opened_case_rows,
        template="cases/_timeline_case.html",
        macro="opened_item",
        at="opened_at",
        author="opened_by_id",
        is_of_person=True,
    ),
    TimelineSource(
        kind="case",
        label=_l("Cases"),
        rows=cases_queries.closed_case_rows,
        template="cases/_timeline_case.html",
        macro="closed_item",
        at="closed_at",
        is_of_person=True,
    ),
    TimelineSource(
        kind="assessment",
        label=_l("Assessments"),
        rows=cases_queries.assessment_timeline_rows,
        template="cases/_timeline_assessment.html",
        macro="assessment_item",
        at="taken_at",
        author="taken_by_id",
        is_of_person=True,
    ),
    TimelineSource(
        kind="concern",
        label=_l("Protection concerns"),
        rows=cases_queries.concern_timeline_rows,
        template="cases/_timeline_concern.html",
        macro="concern_item",
        at="created_at",
        author="raised_by_id",
        is_of_person=True,
    ),
    TimelineSource(
        kind="closure",
        label=_l("Closures"),
        rows=cases_queries.closure_timeline_rows,
        template="cases/_timeline_closure.html",
        macro="closure_item",
        at="requested_at",
        author="requested_by_id",
        is_of_person=True,
    ),
    TimelineSource(
        kind="job_offer",
        label=_l("Job-offer checks"),
        rows=cases_queries.job_offer_timeline_rows,
        template="cases/_timeline_job_offer.html",
        macro="job_offer_item",
        at="created_at",
        author="started_by_id",
        is_of_person=True,
    ),
    TimelineSource(
        kind="file",
        label=_l("Files"),
        rows=cases_queries.file_timeline_rows,
        template="cases/_timeline_file.html",
        macro="file_item",
        at="created_at",
        author="added_by_id",
        is_of_person=True,
    ),
    TimelineSource(
        kind="consent",
        label=_l("Consents"),
        rows=persons_queries.given_consent_rows,
        template="persons/_timeline_contact.html",
        macro="given_item",
        at="given_at",
        author="recorded_by_id",
        is_of_person=True,
    ),
    TimelineSource(
        kind="consent",
        label=_l("Consents"),
        rows=persons_queries.withdrawn_consent_rows,
        template="persons/_timeline_contact.html",
        macro="withdrawn_item",
        at="withdrawn_at",
        is_of_person=True,
    ),
    TimelineSource(
        kind="address",
        label=_l("Addresses"),
        rows=persons_queries.address_rows,
        template="persons/_timeline_contact.html",
        macro="address_item",
        at="created_at",
        is_of_person=True,
    ),
)
"""What the timeline of a person and of a case is put together from, in the order of the chips."""

MENU = (
    MenuEntry("desk.my_day", _l("My day"), "calendar-check", (P.WORK_LIST,)),
    MenuEntry("desk.inbox", _l("Inbox"), "inbox", (P.THREAD_VIEW,), count_waiting),
    MenuEntry("hotline.index", _l("Hotline"), "phone", (P.CALL_VIEW,), count_open_callbacks),
    MenuEntry("cases.consultations", _l("Consultations"), "headset", (P.CONSULTATION_VIEW,)),
    MenuEntry("persons.index", _l("Persons"), "users", (P.PERSON_VIEW,)),
    MenuEntry("cases.index", _l("Cases"), "folder", (P.CASE_VIEW,)),
    MenuEntry("cases.handovers", _l("Hand-overs"), "arrows-exchange", (P.CASE_WORK,), count_to_answer),
    MenuEntry("cases.appointments", _l("Appointments"), "calendar-event", (P.TASK_WORK,)),
    MenuEntry("desk.tasks", _l("Tasks"), "checklist", (P.TASK_WORK,), count_overdue_tasks),
    MenuEntry("directory.index", _l("Directory"), "address-book", (P.DIRECTORY_VIEW,)),
    MenuEntry("outreach.library", _l("Library"), "book", (P.LIBRARY_VIEW,)),
    MenuEntry("outreach.broadcasts", _l("Outreach"), "speakerphone", (P.BROADCAST_WRITE,)),
    MenuEntry(
        "oversight.grants",
        _l("Protected cases opened"),
        "lock-open",
        (P.BREAK_GLASS_REVIEW,),
        count_unreviewed,
    ),
    MenuEntry("centres.index", _l("Centres"), "building", (P.CENTRE_MANAGE,), is_administration=True),
    MenuEntry(
        "accounts.users",
        _l("People and roles"),
        "user-cog",
        (P.USER_MANAGE, P.ACCOUNT_LOCK),
        is_administration=True,
    ),
    MenuEntry(
        "outreach.templates",
        _l("Templates"),
        "message",
        (P.TEMPLATE_MANAGE,),
        count_troubled,
        is_administration=True,
    ),
    MenuEntry(
        "hotline.lines", _l("Hotline lines"), "phone-incoming", (P.HOTLINE_MANAGE,), is_administration=True
    ),
    MenuEntry(
        "oversight.messaging",
        _l("Messaging"),
        "activity",
        (P.JOB_MONITOR,),
        count_open_alarms,
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
    # Before the token is looked for, because finding it means reading the whole body.
    init_uploads(app)
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
    app.extensions[AFTER_MERGE] = (keep_person_in_step,)
    init_person_tabs(app, PERSON_TABS)
    init_timeline(app, TIMELINE_SOURCES)
    app.extensions[SIGHT] = sees_file
    app.extensions["mrc_closure_blockers"] = CLOSURE_BLOCKERS
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for view in (*messaging_views.CSRF_EXEMPT, *hotline_views.CSRF_EXEMPT):
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
