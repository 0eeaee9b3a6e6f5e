"""`mrc doctor`: what an operator should know before the centre's people do."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from mrc.attachments.scanner import ScannerSilent, find_virus
from mrc.audit import chain
from mrc.core import clock
from mrc.core.db import db
from mrc.core.settings import settings
from mrc.hotline.wire import SPOOL as VOICE_SPOOL
from mrc.jobs import queries as jobs
from mrc.jobs.models import JobState
from mrc.messaging import account, spool
from mrc.messaging.queries import health
from mrc.messaging.service.watching import ONLINE, TEXTS_KEPT, points_here
from mrc.oversight.health import checks

STALE_JOB_SECONDS = 600
TEXTS_LOOKED_AT = 200
ACTIVE = "active"
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
            findings += [*_files(), *_attachments(), *_jobs(), *_spool(), *_audit(), *_provider()]
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


def _spool() -> Iterator[Finding]:
    for name in (spool.MESSAGES, VOICE_SPOOL):
        waiting, aside = len(spool.list_waiting(name)), spool.count_set_aside(name)
        yield Finding(not aside, f"forms kept in {name}: {waiting} wait, {aside} cannot be filed")


def _audit() -> Iterator[Finding]:
    broken = [f"{found.chain}:{found.seq}" for found in chain.verify(db.session())]
    yield Finding(not broken, f"broken audit chains: {', '.join(broken) or 'none'}")


def _provider() -> Iterator[Finding]:
    """Credentials, addresses of webhooks, files behind a password, texts emptied: asked of the provider."""
    if not settings().twilio.is_configured:
        yield Finding(not settings().is_production, "provider: none is set (TWILIO_ACCOUNT_SID)")
        return
    try:
        status = account.account_status()
    except account.CannotAsk:
        yield Finding(False, "provider: does not answer, or refuses our credentials")
        return
    yield Finding(status == ACTIVE, f"provider: the account is {status}")
    try:
        yield from _provider_lines()
        is_guarded = account.is_media_protected()
        yield Finding(is_guarded, f"provider: files {'need' if is_guarded else 'DO NOT NEED'} a password")
        kept = account.count_readable_texts(before=clock.now() - TEXTS_KEPT, limit=TEXTS_LOOKED_AT)
        yield Finding(not kept, f"provider: texts older than two days that can still be read there: {kept}")
    except account.CannotAsk:
        yield Finding(False, "provider: does not tell how it is set up")


def _provider_lines() -> Iterator[Finding]:
    told = {line.address: line for line in account.list_provider_lines()}
    for line in health.list_lines_in_use():
        name = f"line {line.label}"
        found = told.get(line.address)
        if found is None:
            yield Finding(False, f"{name}: the provider does not know it")
            continue
        here = points_here(line, found)
        yield Finding(here, f"{name}: what comes in is sent {'to us' if here else 'elsewhere'}")
        if found.status:
            yield Finding(found.status == ONLINE, f"{name}: {found.status.lower()}")
        if line.kind == "voice":
            has_fallback = bool(found.call_fallback_url)
            yield Finding(
                has_fallback, f"{name}: an answer while we are away is {'' if has_fallback else 'not '}set"
            )
