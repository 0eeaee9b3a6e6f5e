"""Pages of persons: the list and search, the file, registration and changes."""

from __future__ import annotations

from mrc.persons.views import (
    consents,
    contact,
    documents,
    duplicates,
    family,
    files,
    matches,
    paper,
    registration,
    timeline,
)
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import Panel, PanelMaker, looked_at_persons, wrong
from mrc.persons.views.tabs import PersonTab, init_person_tabs

__all__ = [
    "Panel",
    "PanelMaker",
    "PersonTab",
    "blueprint",
    "consents",
    "contact",
    "documents",
    "duplicates",
    "family",
    "files",
    "init_person_tabs",
    "looked_at_persons",
    "matches",
    "paper",
    "registration",
    "timeline",
    "wrong",
]
