"""The blueprint of the hotline."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hotline", __name__)
