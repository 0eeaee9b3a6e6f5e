"""The blueprint of the account pages, and what accounts do around every request."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for

from mrc.access.identity import Identity, find_current
from mrc.accounts.session import touch_session
from mrc.accounts.words import ROLE_WORDS, STATE_WORDS
from mrc.centres.queries import KnownCentre, list_known_centres

blueprint = Blueprint("accounts", __name__)
blueprint.after_app_request(touch_session)

ALWAYS_OPEN = frozenset({
    "static", "accounts.sign_in", "accounts.sign_out", "accounts.confirm", "accounts.choose_language",
})  # fmt: skip


@blueprint.before_app_request
def lead_to_first_duty() -> Any:
    """Lead people without a second factor (in production), or with a password to change, there before
    anything else.
    """
    duty = g.get("leads_to")
    if duty and request.endpoint not in ALWAYS_OPEN | {duty}:
        return redirect(url_for(duty), 303)
    return None


@blueprint.before_app_request
def be_in_their_centre() -> None:
    """Tell instants in the time zone of the centre in which the reader works, in pages and in refusals."""
    g.centres = _centres_of(identity) if (identity := find_current()) else []
    active = next((one for one in g.centres if identity and one.id == identity.active_centre_id), None)
    g.active_centre = active or next(iter(g.centres), None)
    if g.active_centre is not None:
        g.time_zone = g.active_centre.time_zone


@blueprint.app_context_processor
def frame_values() -> dict[str, Any]:
    """Offer the reader's centres to the frame."""
    url = url_for("accounts.choose_centre")
    return {"centres": g.get("centres", ()), "active_centre": g.get("active_centre"), "centre_url": url}


@blueprint.context_processor
def words() -> dict[str, Any]:
    """Offer the words for roles and states to our own pages."""
    return {"role_words": ROLE_WORDS, "state_words": STATE_WORDS}


def with_no_trace(response: Response) -> Response:
    """A page that holds a secret is not even kept for the back button."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _centres_of(identity: Identity) -> list[KnownCentre]:
    """The centres in which somebody works by name, by name; nobody works everywhere."""
    ids = identity.home_centre_ids
    return list_known_centres(ids) if ids else []
