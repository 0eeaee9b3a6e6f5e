"""The demo shows what is inside a case: somebody worked on it, by the services of the pages."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from mrc.cases.models import Assessment, Case, CaseClosure, ContactAttempt, ProtectionConcern
from mrc.core.db import db
from mrc.demo import stories, world
from mrc.demo.seed import place_of, seed
from mrc.persons.models import IdentityDocument, Relation
from mrc.tasks.models import Flag, Task


def test_every_centre_of_the_demo_has_its_stories(context: Flask) -> None:
    places = [place_of(world._centre(code), share) for code, share in world.DEMO_SHARES.items()]
    seed(world.DEMO_PERSONS, 7, places=places)
    stories.tell()
    db.session.commit()
    for model in (
        Assessment,
        CaseClosure,
        ContactAttempt,
        ProtectionConcern,
        IdentityDocument,
        Relation,
        Flag,
    ):
        assert db.session.scalar(select(func.count()).select_from(model)), model
    centres = select(func.count(Task.centre_id.distinct())).where(Task.case_id.in_(select(Case.id)))
    assert db.session.scalar(centres) == len(places)
