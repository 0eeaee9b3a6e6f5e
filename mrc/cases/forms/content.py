"""Notes and needs."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.cases.states import NeedStatus
from mrc.vocab.forms import options
from mrc.web.fields import ChipField, CodeField, TextField
from mrc.web.forms import Form


class NoteForm(Form):
    """A note."""

    text = TextField(_l("Note"), [InputRequired(_l("Write the note."))])


class NeedForm(Form):
    """One more need."""

    area = CodeField(_l("Need"), [InputRequired(_l("Choose the need."))])

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.area.choices = [("", _("Choose…")), *options("need_areas")]


class NeedStatusForm(Form):
    """What became of a need."""

    status = ChipField(_l("State"), choices=[(status.value, status.value) for status in NeedStatus])
