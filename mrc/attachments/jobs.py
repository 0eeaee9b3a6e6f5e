"""Taking bytes off the disk: of withdrawn files at once, and daily of those that no row needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from uuid import UUID

from mrc.attachments.queries import find_needed
from mrc.core import clock
from mrc.core.files import delete_file, delete_leavings, list_files
from mrc.jobs.registry import Payload, job

BATCH = 500
LONGEST_ACT = timedelta(days=1)
"""Younger bytes without a row may belong to an act that is not committed yet."""


@job("attachments.destroy")
def destroy_withdrawn(payload: Payload) -> None:
    """Take a withdrawn file off the disk."""
    file_id = UUID(payload["attachment_id"])
    if not find_needed({file_id}):
        delete_file(file_id)


@job("attachments.sweep", every_minutes=24 * 60)
def sweep(_payload: Payload) -> Iterator[None]:
    """Take off the disk what a crash left: bytes whose row was never committed, and half-written ones."""
    before = clock.now() - LONGEST_ACT
    found = list_files(before)
    while ids := set(islice(found, BATCH)):
        for file_id in ids - find_needed(ids):
            delete_file(file_id)
        yield
    delete_leavings(before)
