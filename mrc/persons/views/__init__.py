"""Pages of persons: the list and search, the file, registration and changes."""

from __future__ import annotations

from mrc.persons.views import consents, contact, documents, family, files, registration
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import Panel, PanelMaker, looked_at_persons, wrong

__all__ = [
    "Panel",
    "PanelMaker",
    "blueprint",
    "consents",
    "contact",
    "documents",
    "family",
    "files",
    "looked_at_persons",
    "registration",
    "wrong",
]
