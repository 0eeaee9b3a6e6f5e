"""What an installation needs before anybody signs in, and the demo's people, lines and cases."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from mrc.access.identity import Identity
from mrc.access.roles import Role, ScopeKind
from mrc.accounts import passwords
from mrc.accounts.models import RoleGrant, User
from mrc.accounts.passwords import hash_password
from mrc.cases.models import Case
from mrc.cases.service import set_level
from mrc.centres import service as centres
from mrc.centres.models import Centre, PhoneLine
from mrc.centres.queries import find_centre_by_code
from mrc.core import clock
from mrc.core.db import db
from mrc.demo import sayings, stories
from mrc.demo.hotline import make_hotline
from mrc.demo.partners import make_partners
from mrc.demo.seed import place_of, seed
from mrc.messaging.service.shipped import load_shipped_templates
from mrc.tasks.service import load_shipped_rules
from mrc.vocab import service as vocab

DEMO_PASSWORD = passwords.DEMO_PASSWORD
DEMO_PERSONS = 140
DEMO_SHARES = {"LHE": 0.5, "EBL": 0.25, "KBL": 0.25}


@dataclass(frozen=True)
class DemoUser:
    """Someone who signs in to the demo."""

    username: str
    name: str
    role: Role
    centre: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class DemoLine:
    """A line of the demo. The numbers are of the right form and belong to nobody we know."""

    centre: str
    kind: str
    address: str
    label: str


ANSWERING = frozenset({"ISB", "PEW"})
"""Centres of the demo whose WhatsApp line greets by itself."""
DEMO_USERS = (
    DemoUser("frontdesk-lahore", "Bushra Malik", Role.FRONT_DESK, "LHE"),
    DemoUser("counsellor-lahore", "Sadia Anwar", Role.COUNSELLOR, "LHE"),
    DemoUser("protection-lahore", "Farhan Iqbal", Role.PROTECTION_OFFICER, "LHE"),
    DemoUser("manager-lahore", "Ayesha Siddiqui", Role.CENTRE_MANAGER, "LHE"),
    DemoUser("counsellor-erbil", "Shwan Karim", Role.COUNSELLOR, "EBL"),
    DemoUser("manager-erbil", "Tara Hussein", Role.CENTRE_MANAGER, "EBL"),
    DemoUser("counsellor-kabul", "Farid Noori", Role.COUNSELLOR, "KBL"),
    DemoUser("manager-kabul", "Maryam Rahimi", Role.CENTRE_MANAGER, "KBL"),
    DemoUser("coordinator-pakistan", "Imran Qureshi", Role.COUNTRY_COORDINATOR, country="PK"),
    DemoUser("analyst", "Lena Berg", Role.ANALYST),
    DemoUser("admin", "Omar Haddad", Role.ADMINISTRATOR),
    DemoUser("auditor", "Nadia Petrov", Role.AUDITOR),
)
DEMO_USERNAMES = tuple(user.username for user in DEMO_USERS)
DEMO_LINES = (
    DemoLine("LHE", "whatsapp", "whatsapp:+923000000101", "Lahore WhatsApp"),
    DemoLine("LHE", "voice", "+924200000101", "Lahore hotline"),
    DemoLine("ISB", "whatsapp", "whatsapp:+923000000102", "Islamabad WhatsApp"),
    DemoLine("PEW", "whatsapp", "whatsapp:+923000000103", "Peshawar WhatsApp"),
    DemoLine("EBL", "whatsapp", "whatsapp:+9647500000101", "Erbil WhatsApp"),
    DemoLine("ISU", "whatsapp", "whatsapp:+9647700000101", "Sulaymaniyah WhatsApp"),
    DemoLine("BGW", "whatsapp", "whatsapp:+9647800000101", "Baghdad WhatsApp"),
    DemoLine("BGD", "whatsapp", "whatsapp:+9647900000101", "Baghdad 2 WhatsApp"),
    DemoLine("KBL", "whatsapp", "whatsapp:+93700000101", "Kabul WhatsApp"),
)


def load_reference() -> None:
    """Countries, centres and code lists, as every installation has them. Safe to repeat. Does not commit."""
    centres.load_shipped()
    vocab.load_shipped()
    load_shipped_rules()
    load_shipped_templates()


def is_empty() -> bool:
    """True before the demo's people were made."""
    return not db.session.scalar(select(func.count()).select_from(User))


def make_users() -> None:
    """The demo's sign-ins and lines. Does not commit."""
    password_hash = hash_password(DEMO_PASSWORD)
    for shipped in DEMO_USERS:
        user = User(username=shipped.username, name=shipped.name, password_hash=password_hash)
        user.password_changed_at = clock.now()
        db.session.add(user)
        db.session.flush()
        db.session.add(_grant(user, shipped))
    for line in DEMO_LINES:
        centre = _centre(line.centre)
        row = PhoneLine(centre_id=centre.id, kind=line.kind, address=line.address, label=line.label)
        row.answers_by_itself = line.kind == "whatsapp" and line.centre in ANSWERING
        db.session.add(row)
    db.session.flush()


def make_world() -> None:
    """Everything of the demo: lists, sign-ins, lines, and people with cases in three centres, some of them
    worked on.
    """
    load_reference()
    make_users()
    places = [place_of(_centre(code), share) for code, share in DEMO_SHARES.items()]
    seed(DEMO_PERSONS, 7, now=clock.now(), places=places, waiting_share=0.15)
    by = Identity.system("demo")
    newest = select(Case).join(Centre, Centre.id == Case.centre_id).where(Centre.code == "LHE")
    for case in db.session.scalars(newest.order_by(Case.opened_at.desc(), Case.id).limit(40)).all()[::13]:
        set_level(case, 2, by=by)
    stories.tell()
    sayings.make_answers()
    make_hotline()
    make_partners()


def _centre(code: str) -> Centre:
    centre = find_centre_by_code(code)
    assert centre is not None
    return centre


def _grant(user: User, shipped: DemoUser) -> RoleGrant:
    if shipped.centre:
        centre_id = _centre(shipped.centre).id
        scope = f"{ScopeKind.CENTRE}:{centre_id}"
        return RoleGrant(
            user_id=user.id, role=shipped.role, scope_kind=ScopeKind.CENTRE, centre_id=centre_id, scope=scope
        )
    if shipped.country:
        scope = f"{ScopeKind.COUNTRY}:{shipped.country}"
        return RoleGrant(
            user_id=user.id,
            role=shipped.role,
            scope_kind=ScopeKind.COUNTRY,
            country=shipped.country,
            scope=scope,
        )
    return RoleGrant(user_id=user.id, role=shipped.role, scope_kind=ScopeKind.EVERYWHERE, scope="everywhere")
