"""Keeping what is being typed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.web import drafts
from mrc.web.errors import is_own_path

blueprint = Blueprint("web", __name__)


@blueprint.post("/drafts")
@requires(Permission.OWN_ACCOUNT)
def keep_draft() -> dict[str, Any]:
    """Keep the fields of a form that is being filled. Its key is the path of the form.

    Answers `{"saved_at": "2026-11-23T10:42:00+00:00"}`. Raises Refused when the key is not a path of this
    site.
    """
    key = request.form.get("draft_key", "")
    user_id = current().user_id
    if not is_own_path(key) or user_id is None:
        raise Refused
    drafts.keep(user_id, key, drafts.draft_fields())
    db.session.commit()
    return {"saved_at": clock.now().isoformat(timespec="seconds")}
