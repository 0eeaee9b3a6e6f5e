"""What the frame of every page needs: who reads, in which centre, and where its links lead."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, url_for

from mrc.access.identity import Identity, find_current
from mrc.access.permissions import Permission
from mrc.centres.models import Centre
from mrc.centres.queries import find_work_centre, list_centres
from mrc.core.settings import settings


def init_frame(app: Flask) -> None:
    """Offer the frame's values to the templates."""
    app.context_processor(_values)


def _values() -> dict[str, Any]:
    identity = find_current()
    centres = _centres_of(identity)
    return {
        "identity": identity,
        "request_id": g.get("request_id", ""),
        "language_url": url_for("accounts.choose_language"),
        "settings_url": url_for("accounts.choose_language"),
        "centre_url": url_for("accounts.choose_centre"),
        "account_url": url_for("accounts.me"),
        "sign_out_url": url_for("accounts.sign_out"),
        "search_url": url_for("desk.search") if _can(identity, Permission.PERSON_VIEW) else None,
        "new_consultation_url": url_for("desk.quick_log")
        if _can(identity, Permission.CONSULTATION_RECORD)
        else None,
        "second_factor_banner": identity is not None and not settings().is_production,
        "simulator_url": settings().simulator_url,
        "centres": centres,
        "active_centre": _active(identity, centres),
    }


def _can(identity: Identity | None, permission: Permission) -> bool:
    return identity is not None and identity.can(permission)


def _centres_of(identity: Identity | None) -> list[Centre]:
    """The centres in which the reader works; nothing to ask for people without a caseload."""
    if identity is None or not identity.can(Permission.WORK_LIST):
        return []
    return list(list_centres(identity.centres(Permission.WORK_LIST)))


def _active(identity: Identity | None, centres: list[Centre]) -> Centre | None:
    if identity is None or not centres:
        return None
    chosen = next((centre for centre in centres if centre.id == identity.active_centre_id), None)
    return chosen or find_work_centre(identity, Permission.WORK_LIST)
