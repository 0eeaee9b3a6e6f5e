"""The blueprint that the pages of persons share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("persons", __name__)
