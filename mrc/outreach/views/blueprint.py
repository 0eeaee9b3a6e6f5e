"""The blueprint that the pages of the library share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("outreach", __name__)
