"""Protection concerns."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.cases.states import Grade
from mrc.core import clock
from mrc.vocab.forms import options
from mrc.web.fields import ChipField, CodeField, PartialDateField, TextField
from mrc.web.forms import Form


def grade_options() -> list[tuple[str, Any]]:
    """How serious, in words."""
    return [
        (Grade.LOW.value, _l("Low")),
        (Grade.MEDIUM.value, _l("Medium")),
        (Grade.HIGH.value, _l("High")),
    ]


class ConcernForm(Form):
    """A danger to the person."""

    kind = CodeField(_l("Concern"), [InputRequired(_l("Choose the concern."))])
    severity = ChipField(
        _l("How serious"), [InputRequired(_l("Choose how serious it is."))], choices=grade_options()
    )
    determined_by = CodeField(_l("Who says so"), [InputRequired(_l("Choose who says so."))])
    since = PartialDateField(_l("Since"), latest=lambda: clock.now().date())
    details = TextField(_l("What it is"))
    safety_plan = TextField(
        _l("Safety plan"), description=_l("What was agreed with the person, step by step.")
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.kind.choices = [("", _("Choose…")), *options("protection_concerns")]
        self.determined_by.choices = [("", _("Choose…")), *options("determiners")]


class ResolveForm(Form):
    """Why a concern no longer stands."""

    resolution = TextField(
        _l("Why it no longer stands"), [InputRequired(_l("Write why it no longer stands."))]
    )
