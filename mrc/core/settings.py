"""The settings of the running application."""

from __future__ import annotations

from typing import cast

from flask import current_app

from config import Settings, TwilioSettings

__all__ = ["Settings", "TwilioSettings", "settings"]


def settings() -> Settings:
    """What `config.from_environment` read when this application was made."""
    return cast(Settings, current_app.extensions["mrc_settings"])
