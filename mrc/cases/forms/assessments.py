"""The form of an assessment, made from its instrument."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mrc.cases.forms.content import whole_day
from mrc.cases.forms.protection import grade_options
from mrc.cases.queries.instruments import Instrument
from mrc.cases.states import Finding
from mrc.vocab.forms import options
from mrc.web.fields import CheckField, ChipField, CodeField, PartialDateField, TextField
from mrc.web.forms import Form

PREFIX = "item-"


class AssessmentForm(Form):
    """What every assessment asks at its end."""

    next_review_on = PartialDateField(_l("Repeat on"), [whole_day])
    finishes = CheckField(_l("Finish: nothing is changed from then on"))


class LevelAssessmentForm(AssessmentForm):
    """An assessment that ends with a level, chosen by a person."""

    level = ChipField(_l("Level"), choices=grade_options())
    ground = TextField(_l("On what ground"))


class ScreeningForm(AssessmentForm):
    """A screening: it determines nothing."""

    finding = ChipField(
        _l("What the screening found"),
        choices=[
            (Finding.NO_INDICATION.value, _l("No indication")),
            (Finding.POSSIBLE.value, _l("Possible")),
        ],
    )
    determined_by = CodeField(_l("Who says so"))
    ground = TextField(_l("On what ground"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.determined_by.choices = [("", _("Choose…")), *options("determiners")]


def assessment_form(instrument: Instrument) -> Any:
    """A form with one closed question for every item of the instrument, `item-<code>`."""
    answers = [(answer.code, answer.label) for answer in instrument.answers]
    asked = {
        PREFIX + item.code: ChipField(item.label, choices=answers)
        for dimension in instrument.dimensions
        for item in dimension.items
    }
    kind: Any = ScreeningForm if instrument.is_screening else LevelAssessmentForm
    made = type("InstrumentForm", (kind,), asked)()
    for name in asked:
        # An item that nobody asked about is left out, which chips of WTForms call a wrong choice.
        made[name].validate_choice = bool(made[name].data)
    for name in ("level", "finding"):
        if name in made:
            made[name].validate_choice = bool(made[name].data)
    return made
