"""The provider's questions, the pages of the hotline, and what a manager sets up."""

from __future__ import annotations

from mrc.hotline.views import lines, pages, webhooks
from mrc.hotline.views.blueprint import blueprint

__all__ = ["CSRF_EXEMPT", "blueprint", "lines", "pages"]

CSRF_EXEMPT = webhooks.CSRF_EXEMPT
