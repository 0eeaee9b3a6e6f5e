"""Sending an approved wording or an information sheet from a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import InputRequired

from mrc.messaging.models import TemplateVersion
from mrc.messaging.wording import LONGEST_VALUE
from mrc.web.fields import ChipField, LineField, TextField
from mrc.web.forms import Form

PLACE = "place-"


class SheetForm(Form):
    """Sending an information sheet with a few words."""

    compose_id = HiddenField()
    sheet = ChipField(_l("Sheet"), [InputRequired(_l("Choose the sheet."))])
    body = TextField(_l("Words with it"), [InputRequired(_l("Write the words that go with it."))])

    def __init__(self, sheets: Sequence[tuple[str, str]], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.sheet.choices = list(sheets)


class WordingForm(Form):
    """The places of one wording. Made with `of`, because each wording has its own."""

    wording = HiddenField()
    compose_id = HiddenField()

    @classmethod
    def of(cls, version: TemplateVersion) -> WordingForm:
        """The form for a wording, a field for each of its places."""
        fields: dict[str, Any] = {
            PLACE + variable["name"]: LineField(
                variable["name"],
                longest=LONGEST_VALUE,
                description=_("Such as: %(sample)s", sample=variable["sample"]),
            )
            for variable in version.variables
        }
        made: WordingForm = type("WordingForm", (cls,), fields)()
        return made

    @property
    def places(self) -> list[Any]:
        """The fields of the places, in their order."""
        return [field for name, field in self._fields.items() if name.startswith(PLACE)]

    @property
    def variables(self) -> dict[str, str]:
        """What was typed, by the name of the place."""
        return {field.name.removeprefix(PLACE): field.data or "" for field in self.places}
