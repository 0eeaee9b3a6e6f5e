"""What a list shows and what an object check permits are the same, for every policy, person, level and
relation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import product
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import HeldRole, Identity, Scope
from mrc.access.permissions import Permission
from mrc.access.policy import AnyPolicy, CentrePolicy
from mrc.access.roles import Role
from mrc.accounts.queries import identity_of
from mrc.cases.models import Case, CaseMember, Consultation
from mrc.cases.policy import ASSESSMENT_LEVEL, CASES, CONCERN_LEVEL, FILE_LEVEL, NOTE_LEVEL
from mrc.centres.models import Centre
from mrc.core import clock
from mrc.core.db import db
from mrc.demo.world import DEMO_USERNAMES
from mrc.hotline.models import Call, Callback
from mrc.messaging.models import Thread
from mrc.persons.models import Person, PersonMember
from mrc.registry import POLICIES
from mrc.tasks.models import Flag, Task
from tests.contracts.records import Records, make_records

CODES = ("LHE", "ISB", "EBL", "KBL")


@pytest.fixture
def world(context: Flask) -> dict[str, Records]:
    """Records of four centres, each level of confidentiality, with and without somebody named."""
    made = {code: make_records(code, with_family=True) for code in CODES}
    named = identity_of("frontdesk-lahore").user_id
    for code, level in product(CODES, range(4)):
        records = make_records(code)
        for model, key in (
            (Case, "case_id"),
            (Person, "person_id"),
            (Thread, "thread_id"),
            (Call, "call_id"),
            (Callback, "callback_id"),
            (Consultation, "consultation_id"),
            (Task, "task_id"),
            (Flag, "flag_id"),
        ):
            db.session.get_one(model, records.keys[key]).confidentiality = level
        if level % 2:
            db.session.add(CaseMember(case_id=records.keys["case_id"], user_id=named, added_at=clock.now()))
            db.session.add(PersonMember(person_id=records.keys["person_id"], user_id=named))
        made[f"{code}-{level}"] = records
    db.session.flush()
    return made


def people(world: dict[str, Records]) -> Iterator[Identity]:
    """Every demo user, each also with a break-glass grant on protected records, somebody in two centres,
    nobody.
    """
    granted = frozenset(world[name].keys["case_id"] for name in ("LHE-2", "EBL-2")) | {
        world["LHE-3"].keys["person_id"]
    }
    for username in DEMO_USERNAMES:
        identity = identity_of(username)
        yield identity
        yield dataclasses.replace(identity, granted_ids=granted)
    centres: list[UUID] = [world[code].centre_id for code in ("LHE", "KBL")]
    roles = tuple(
        HeldRole(role, Scope(ids=frozenset({at})))
        for role, at in zip((Role.COUNSELLOR, Role.PROTECTION_OFFICER), centres, strict=True)
    )
    yield Identity(user_id=None, name="two centres", roles=roles)
    yield Identity(user_id=None, name="nobody")
    yield Identity.system("a job")


def disagreements(policy: AnyPolicy, identity: Identity, permission: Permission | None = None) -> set[UUID]:
    """The keys on which list and object check do not agree."""
    shown = set(db.session.scalars(policy.visible(identity, select(policy.model.id), permission)))
    rows = db.session.scalars(select(policy.model)).all()
    assert rows, f"no rows of {policy.model.__name__} to compare"
    return shown ^ {row.id for row in rows if policy.permits(identity, row, permission)}


def test_lists_and_objects_agree(world: dict[str, Records]) -> None:
    for identity in people(world):
        for policy in POLICIES:
            assert not disagreements(policy, identity), f"{policy.model.__name__} for {identity.name}"


def test_lists_and_objects_agree_for_other_permissions(world: dict[str, Records]) -> None:
    for identity in people(world):
        for policy, permission in product(POLICIES, (Permission.CASE_WORK, Permission.MESSAGE_SEND)):
            assert not disagreements(policy, identity, permission), (
                f"{policy.model.__name__} for {identity.name}"
            )


def test_a_rule_that_forgets_the_level_would_be_found(world: dict[str, Records]) -> None:
    class Forgetful(CentrePolicy):
        def permits(self, identity: Identity, row: object, permission: Permission | None = None) -> bool:
            return identity.can(self.permission, row.centre_id)  # type: ignore[attr-defined]

    forgetful = Forgetful(Case, Permission.CASE_VIEW, level="confidentiality")
    assert disagreements(forgetful, identity_of("counsellor-lahore"))


def test_sealed_cases_are_seen_by_the_named_only(world: dict[str, Records]) -> None:
    case = db.session.get_one(Case, world["LHE-3"].keys["case_id"])
    policy = next(policy for policy in POLICIES if policy.model is Case)
    assert policy.permits(identity_of("frontdesk-lahore"), case)
    for username in ("manager-lahore", "protection-lahore", "coordinator-pakistan", "counsellor-lahore"):
        assert not policy.permits(identity_of(username), case), username


def test_every_model_with_a_centre_and_content_has_a_policy(world: dict[str, Records]) -> None:
    """Tables with a centre are read through a policy, or are on this list with what guards them instead."""
    guarded_otherwise = {
        "access_grant": "oversight.queries, by scope",
        "audit_event": "oversight.queries, by chain",
        "name_key": "only joined to persons",
        "absence": "shown within the reader's work centre, ended by policy of the view",
        "task_rule": "a setting; holds no content",
        "person_pair": "shown where both persons are visible",
        "person_merge": "a child of the kept file",
        "voice_prompt": "HOTLINE_MANAGE; played to every caller",
        "hotline_menu": "HOTLINE_MANAGE; holds no content",
        "duty": "HOTLINE_MANAGE, and one's own",
        "job": "JOB_MONITOR; holds no content",
        "messaging_alarm": "JOB_MONITOR; a kind and a figure",
        "registration_rule": "CENTRE_MANAGE; holds no content",
        "information_sheet": "a file for everybody; holds nobody's content",
        "satisfaction": "a score; shown as figures alone",
        "canned_answer": "a wording for everybody; holds nobody's content",
    }
    covered = {policy.model.__tablename__ for policy in POLICIES}
    own = {table.name for table in db.metadata.sorted_tables if "centre_id" in table.c}
    reference = {
        table.name
        for table in Centre.metadata.sorted_tables
        if table.name.startswith(("centre", "opening", "holiday", "phone", "role", "user"))
    }
    assert own - covered - set(guarded_otherwise) - reference == set()


def test_what_a_case_shows_of_its_inside_is_what_its_rules_permit(world: dict[str, Records]) -> None:
    """Inside one case a shorter condition is asked; it lets through what the rule itself would."""
    for identity in people(world):
        for level in (NOTE_LEVEL, CONCERN_LEVEL, ASSESSMENT_LEVEL, FILE_LEVEL):
            for case in db.session.scalars(CASES.visible(identity, select(Case))):
                inside = select(level.model).where(level.model.case_id == case.id)
                shown = set(db.session.scalars(inside.where(level.within(identity, case))))
                rows = db.session.scalars(inside).all()
                assert shown == {row for row in rows if level.permits(identity, row)}, identity.name
