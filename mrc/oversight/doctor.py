"""`mrc doctor`: what an operator should know before the centre's people do."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from mrc.attachments.scanner import ScannerSilent, find_virus
from mrc.audit import chain
from mrc.core.db import db
from mrc.core.settings import settings
from mrc.jobs import queries as jobs
from mrc.jobs.models import JobState
from mrc.oversight.health import checks

STALE_JOB_SECONDS = 600
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Finding:
    """One sentence about the installation."""

    is_well: bool
    sentence: str


def examine(app: Flask) -> list[Finding]:
    """Look at database, keys, files, jobs and the audit log."""
    with app.app_context():
        findings = [
            Finding(check.is_well, f"{check.name}: {'well' if check.is_well else 'not ready'}")
            for check in checks()
        ]
        if all(finding.is_well for finding in findings):
            findings += [*_files(), *_attachments(), *_jobs(), *_audit()]
        return findings


def _files() -> Iterator[Finding]:
    home = settings().home
    files = sorted(path for path in home.iterdir() if path.is_file()) if home.is_dir() else []
    names = ", ".join(path.name for path in files if path.stat().st_mode & FOR_OTHERS)
    yield Finding(not names, f"files readable by other users: {names or 'none'}")
    keys_inside = settings().is_production and (home / "keyring.json").exists()
    yield Finding(
        not keys_inside,
        "the keyring is kept apart from the data" if not keys_inside else "the keyring lies beside the data",
    )


def _attachments() -> Iterator[Finding]:
    root = settings().home / "files"
    is_ours = not root.exists() or (os.access(root, os.W_OK) and not root.stat().st_mode & FOR_OTHERS)
    yield Finding(is_ours, f"the folder of sealed files: {'well' if is_ours else 'not ours alone'}")
    if not (address := settings().clamd):
        yield Finding(True, "virus scanner: none is set (MRC_CLAMD), files are not scanned")
        return
    try:
        find_virus(b"", address)
    except ScannerSilent:
        yield Finding(False, "virus scanner: does not answer, so no file is taken")
    else:
        yield Finding(True, "virus scanner: answers")


def _jobs() -> Iterator[Finding]:
    age = jobs.oldest_ready_seconds()
    yield Finding(age < STALE_JOB_SECONDS, f"oldest waiting job: {age:.0f} s")
    parked = jobs.count_by_state().get(JobState.PARKED, 0)
    yield Finding(parked == 0, f"parked jobs: {parked}")


def _audit() -> Iterator[Finding]:
    broken = [f"{found.chain}:{found.seq}" for found in chain.verify(db.session())]
    yield Finding(not broken, f"broken audit chains: {', '.join(broken) or 'none'}")
