"""Correcting a consultation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.cases.models import Consultation
from mrc.cases.states import ConsultationKind
from mrc.vocab.forms import country_options, grouped_options, options
from mrc.vocab.queries import label
from mrc.web.fields import (
    CheckField,
    ChipField,
    ChipsField,
    CodeField,
    LineField,
    NumberField,
    NumbersField,
    TextField,
)
from mrc.web.forms import Form

WORDS = ("note", "interpreter_name")
LISTS = ("topics", "information")
CODES = (
    "direction", "channel", "outcome", "language", "information_language", "interpreter_kind",
    "interpreter_language", "sex", "age_band", "nationality", "district",
)  # fmt: skip
ENQUIRER = ("sex", "age_band", "nationality", "district")


def kind_options() -> list[tuple[str, Any]]:
    """First or follow-up, in words; the blank one leaves it to the order of the consultations."""
    return [
        ("", _l("By itself")),
        (ConsultationKind.INITIAL.value, _l("First consultation")),
        (ConsultationKind.FOLLOW_UP.value, _l("Follow-up")),
    ]


class AmendForm(Form):
    """What a consultation says, to be corrected. Of a named one the enquirer stands in the person's file."""

    kind = ChipField(_l("First or follow-up"), choices=kind_options()[1:])
    channel = ChipField(_l("Channel"), [InputRequired(_l("Choose the channel."))])
    direction = ChipField(_l("Direction"))
    sex = ChipField(_l("Sex"))
    age_band = ChipField(_l("Age"))
    nationality = CodeField(_l("Nationality"))
    district = CodeField(_l("District of origin"))
    language = CodeField(_l("Language spoken"))
    has_interpreter = CheckField(_l("An interpreter took part"))
    interpreter_kind = CodeField(_l("Who interpreted"))
    interpreter_language = CodeField(_l("Language interpreted"))
    interpreter_name = LineField(_l("Name of the interpreter"))
    topics = ChipsField(_l("Topics"), [InputRequired(_l("Choose at least one topic."))])
    information = ChipsField(_l("Information given"))
    information_language = CodeField(_l("Language of the information given"))
    outcome = ChipField(_l("Outcome"), [InputRequired(_l("Choose the outcome."))])
    minutes = NumberField(
        _l("Minutes"), [InputRequired(_l("Write how many minutes it took."))], least=0, most=600
    )
    note = TextField(_l("Note"))
    reason = LineField(_l("Why it is corrected"))

    def __init__(self, consultation: Consultation, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        spoken = [("", _("Not recorded")), *options("languages", country)]
        self.channel.choices = options("channels")
        self.direction.choices = options("directions")
        self.language.choices = self.interpreter_language.choices = spoken
        self.information_language.choices = spoken
        self.interpreter_kind.choices = [("", _("Not recorded")), *options("interpreter_kinds")]
        self.topics.choices = grouped_options("topics", country)
        self.information.choices = options("information_sheets", country)
        self.outcome.choices = options("consultation_outcomes")
        if consultation.person_id is not None or consultation.is_group:
            for name in ENQUIRER:
                del self[name]
            return
        self.sex.choices = [("", _("Not asked")), *options("sexes")]
        self.age_band.choices = [("", _("Not asked")), *options("age_bands")]
        self.nationality.choices = [("", _("Not asked")), *country_options()]
        self.district.choices = [("", _("Not asked")), *options("districts", country)]

    def values_of(self, consultation: Consultation) -> dict[str, Any]:
        """What the consultation says now, by field."""
        names = [name for name in self.own_fields if name != "reason"]
        values = {name: getattr(consultation, name) for name in names}
        return values | {"kind": consultation.kind.value}

    def corrected(self, texts: Mapping[str, str]) -> dict[str, object]:
        """The merged texts as the service takes them."""
        values: dict[str, object] = {}
        for name, text in texts.items():
            if name in LISTS:
                values[name] = [code for code in text.split(",") if code]
            elif name in CODES or name in WORDS:
                values[name] = text or None
            elif name == "has_interpreter":
                values[name] = text == "True"
            elif name == "kind":
                values[name] = ConsultationKind(text)
            elif name == "minutes":
                values[name] = int(text or 0)
        return values


class SplitForm(Form):
    """How many of the minutes went to which topic."""

    split = NumbersField(_l("Minutes per topic"), most=600)
    reason = LineField(_l("Why it is corrected"))

    def __init__(self, topics: list[str], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.split.keys = [(topic, label("topics", topic)) for topic in topics]


class VoidConsultationForm(Form):
    """Why a consultation should not have been recorded."""

    reason = LineField(_l("Why it was recorded by mistake"), [InputRequired(_l("Write the reason."))])


class ReasonForm(Form):
    """Why something is corrected."""

    reason = LineField(_l("Why it is corrected"))


class ParticipantForm(Form):
    """Somebody who took part in a group and was left out."""

    has_consented = CheckField(_l("The person agreed to be listed"))
    reason = LineField(_l("Why it is corrected"))
