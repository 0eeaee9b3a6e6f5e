"""MRC: case management for Migrant Resource Centres. `create_app(settings)` and nothing else."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from config import Settings
from mrc import registry

ROOT = Path(__file__).parent.parent


def create_app(settings: Settings) -> Flask:
    """Build the application for one installation. Raises UnguardedEndpoint while an endpoint names no
    permission.
    """
    app = Flask("mrc", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "mrc" / "static"))
    registry.assemble(app, settings)
    return app
