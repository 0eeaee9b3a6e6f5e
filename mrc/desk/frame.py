"""What the frame of every page needs: who reads, in which centre, and where its links lead."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, url_for

from mrc.access.identity import Identity, find_current
from mrc.access.permissions import Permission
from mrc.core.settings import settings


def init_frame(app: Flask) -> None:
    """Offer the frame's values to the templates."""
    app.context_processor(_values)


def _values() -> dict[str, Any]:
    identity = find_current()
    return {
        "identity": identity,
        "request_id": g.get("request_id", ""),
        "language_url": url_for("accounts.choose_language"),
        "settings_url": url_for("accounts.choose_language"),
        "account_url": url_for("accounts.me"),
        "sign_out_url": url_for("accounts.sign_out"),
        "search_url": url_for("desk.search") if _can(identity, Permission.PERSON_VIEW) else None,
        "new_consultation_url": url_for("desk.quick_log")
        if _can(identity, Permission.CONSULTATION_RECORD)
        else None,
        "second_factor_banner": identity is not None and not settings().is_production,
        "simulator_url": settings().simulator_url,
    }


def _can(identity: Identity | None, permission: Permission) -> bool:
    return identity is not None and identity.can(permission)
