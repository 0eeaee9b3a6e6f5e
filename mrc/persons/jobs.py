"""Keeping the search keys of names up to date."""

from __future__ import annotations

from collections.abc import Iterator

from mrc.jobs.registry import Payload, job
from mrc.persons.queries import list_with_old_keys
from mrc.persons.service import index_names

BATCH = 500


@job("persons.index_names", every_minutes=24 * 60)
def index_old_names(_payload: Payload) -> Iterator[None]:
    """Make the keys anew of persons whose keys an earlier release made in another way."""
    while persons := list_with_old_keys(BATCH):
        for person in persons:
            index_names(person)
        yield
