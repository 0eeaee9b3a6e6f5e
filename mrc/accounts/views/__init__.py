"""Pages of accounts."""

from __future__ import annotations

from mrc.accounts.views import own, people, sign_in
from mrc.accounts.views.blueprint import blueprint

__all__ = ["blueprint", "own", "people", "sign_in"]
