"""Pages of persons: the list and search, the file, registration and changes."""

from __future__ import annotations

from mrc.persons.views import contact, duplicates, files
from mrc.persons.views.blueprint import blueprint
from mrc.persons.views.files import Panel, PanelMaker, looked_at_persons

__all__ = ["Panel", "PanelMaker", "blueprint", "contact", "duplicates", "files", "looked_at_persons"]
