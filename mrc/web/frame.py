"""What the frame of every page needs: who reads, where its links lead, and the present address with changes."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request, url_for

from mrc.access.identity import find_current
from mrc.access.permissions import Permission
from mrc.core.settings import settings

NEVER_KEPT = frozenset({"cursor", "before"})


def init_frame(app: Flask) -> None:
    """Offer the frame's values to the templates; `here` also to macros."""
    app.context_processor(_values)
    app.jinja_env.globals["here"] = here


def here(**changes: str | None) -> str:
    """The present page with some of its query changed; None takes a name away. A changed filter starts at the top."""
    kept = {name: value for name, value in request.args.items() if name not in NEVER_KEPT}
    query = {name: value for name, value in (kept | changes).items() if value}
    return url_for(request.endpoint or "desk.my_day", **(request.view_args or {}), **query)


def _values() -> dict[str, Any]:
    identity = find_current()
    can = identity.can if identity else lambda _permission: False
    return {
        "identity": identity,
        "request_id": g.get("request_id", ""),
        "settings_url": url_for("accounts.choose_settings"),
        "account_url": url_for("accounts.me"),
        "sign_out_url": url_for("accounts.sign_out"),
        "search_url": url_for("desk.search") if can(Permission.PERSON_VIEW) else None,
        "new_consultation_url": url_for("desk.quick_log") if can(Permission.CONSULTATION_RECORD) else None,
        "second_factor_banner": bool(identity) and not settings().is_production,
        "simulator_url": settings().simulator_url,
    }
