"""Pages of persons: the list and search, the file and its timeline, registration and changes."""

from __future__ import annotations

from mrc.persons.views import contact, duplicates, files, matches, paper, timeline
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import Panel, PanelMaker, looked_at_persons
from mrc.persons.views.tabs import PersonTab, init_person_tabs

__all__ = [
    "Panel",
    "PanelMaker",
    "PersonTab",
    "blueprint",
    "contact",
    "duplicates",
    "files",
    "init_person_tabs",
    "looked_at_persons",
    "matches",
    "paper",
    "timeline",
]
