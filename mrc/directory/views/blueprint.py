"""The blueprint of the directory, and the words its templates use."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from mrc.core import clock
from mrc.directory.matching import is_stale
from mrc.directory.words import COSTS, METHODS, REASONS, ROOMS, SERVED

blueprint = Blueprint("directory", __name__, url_prefix="/directory")


@blueprint.context_processor
def words() -> dict[str, Any]:
    """Offer the words, and whether an entry is stale."""
    today = clock.now().date()
    return {
        "costs": COSTS,
        "methods": METHODS,
        "rooms": ROOMS,
        "served_words": SERVED,
        "reason_words": REASONS,
        "is_stale": lambda partner: is_stale(partner.verified_on, today),
        "today": today,
    }
