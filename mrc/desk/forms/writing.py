"""The quick log and the composer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.cases.forms import kind_options
from mrc.cases.service import ConsultationDetails, GroupDetails
from mrc.cases.states import ConsultationKind
from mrc.core import clock
from mrc.persons.models import Person
from mrc.vocab.forms import Options, country_options, grouped_options, options
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


class QuickLogForm(Form):
    """One encounter, in the order of a real conversation."""

    channel = ChipField(_l("Channel"), [InputRequired(_l("Choose the channel."))])
    direction = ChipField(_l("Direction"), default="inbound")
    language = CodeField(_l("Language spoken"))
    sex = ChipField(_l("Sex"))
    age_band = ChipField(_l("Age"))
    nationality = CodeField(_l("Nationality"))
    district = CodeField(_l("District of origin"))
    topics = ChipsField(_l("Topics"), [InputRequired(_l("Choose at least one topic."))])
    information = ChipsField(_l("Information given"))
    outcome = ChipField(_l("Outcome"), [InputRequired(_l("Choose the outcome."))])
    minutes = NumberField(
        _l("Minutes"), [InputRequired(_l("Write how many minutes it took."))], least=0, most=600
    )
    has_interpreter = CheckField(_l("An interpreter took part"))
    note = TextField(_l("Note"))
    kind = ChipField(_l("First or follow-up"))
    interpreter_kind = CodeField(_l("Who interpreted"))
    interpreter_language = CodeField(_l("Language interpreted"))
    interpreter_name = LineField(_l("Name of the interpreter"))
    information_language = CodeField(_l("Language of the information given"))
    split = NumbersField(
        _l("Minutes per topic"),
        most=600,
        description=_l("Only if you want to tell: together they make all the minutes."),
    )

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.country = country
        self.channel.choices = options("channels")
        self.direction.choices = options("directions")
        self.language.choices = [("", _("Not recorded")), *options("languages", country)]
        self.sex.choices = [("", _("Not asked")), *options("sexes")]
        self.age_band.choices = [("", _("Not asked")), *options("age_bands")]
        self.nationality.choices = [("", _("Not asked")), *country_options()]
        self.district.choices = [("", _("Not asked")), *options("districts", country)]
        self.topics.choices = grouped_options("topics", country)
        self.information.choices = options("information_sheets", country)
        self.outcome.choices = options("consultation_outcomes")
        self.kind.choices = kind_options()
        self.interpreter_kind.choices = [("", _("Not recorded")), *options("interpreter_kinds")]
        self.interpreter_language.choices = self.information_language.choices = self.language.choices
        self.split.keys = [topic for group in self.topics.choices.values() for topic in group]

    def lead_with(self, favourites: Sequence[str]) -> None:
        """Show these topics before all others."""
        self.topics.choices = favourites_first(grouped_options("topics", self.country), favourites)

    def details(self) -> ConsultationDetails:
        """What was typed, ready for the service. The encounter began its minutes ago."""
        minutes = self.minutes.data or 0
        # Who names the interpreter need not tick that there was one.
        interpreted = self.interpreter_kind.data or self.interpreter_name.data
        return ConsultationDetails(
            channel=self.channel.data,
            direction=self.direction.data,
            started_at=clock.minutes_ago(minutes),
            minutes=minutes,
            outcome=self.outcome.data,
            language=self.language.data or None,
            topics=tuple(self.topics.data or ()),
            information=tuple(self.information.data or ()),
            has_interpreter=bool(self.has_interpreter.data or interpreted),
            note=self.note.data or "",
            sex=self.sex.data or None,
            age_band=self.age_band.data or None,
            nationality=self.nationality.data or None,
            district=self.district.data or None,
            kind=ConsultationKind(self.kind.data) if self.kind.data else None,
            interpreter_kind=self.interpreter_kind.data or None,
            interpreter_language=self.interpreter_language.data or None,
            interpreter_name=self.interpreter_name.data or "",
            information_language=self.information_language.data or None,
            split=self.split.data,
        )


class GroupLogForm(QuickLogForm):
    """One encounter with several people: those named, and how many others by sex and age."""

    consented = ChipsField(_l("Agreed to be listed"))
    main = ChipField(_l("Mainly about"), id="mainly-about")
    counts = NumbersField(_l("Others, without a name"), most=500)

    def __init__(self, country: str, persons: Sequence[Person], *arguments: Any, **keywords: Any) -> None:
        super().__init__(country, *arguments, **keywords)
        named = [(str(person.id), person.name or "") for person in persons]
        self.consented.choices = named
        self.main.choices = [("", _("Nobody in particular")), *named]
        self.sexes = [*options("sexes"), ("", _("Not known"))]
        self.age_bands = [*options("age_bands"), ("", _("Not known"))]
        self.counts.keys = [
            (f"{sex}.{band}", f"{sex_label}, {band_label}")
            for sex, sex_label in self.sexes
            for band, band_label in self.age_bands
        ]

    def group(self, persons: Sequence[Person]) -> GroupDetails:
        """Who took part, ready for the service."""
        parts = {key: tuple(key.split(".", 1)) for key in self.counts.data}
        return GroupDetails(
            persons=tuple(persons),
            consented_ids=frozenset(UUID(text) for text in self.consented.data or ()),
            main_id=UUID(self.main.data) if self.main.data else None,
            counts={(parts[key][0], parts[key][1]): people for key, people in self.counts.data.items()},
        )


def favourites_first(groups: dict[str, Options], favourites: Sequence[str]) -> dict[str, Options]:
    """The groups of a list, led by one of the codes used most; those are left out of their own group."""
    known = dict(option for group in groups.values() for option in group)
    often = [(code, known[code]) for code in favourites if code in known]
    if not often:
        return groups
    rest = {title: [option for option in group if option not in often] for title, group in groups.items()}
    return {_("Often asked here"): often} | {title: group for title, group in rest.items() if group}


class HandOverForm(Form):
    """Who takes a thread."""

    counsellor = CodeField(_l("Counsellor"), [InputRequired(_l("Choose a counsellor."))])

    def __init__(self, people: Sequence[tuple[Any, str]], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.counsellor.choices = [("", _("Choose…")), *((str(user_id), name) for user_id, name in people)]


class PickPersonForm(Form):
    """The person whom a consultation or a thread is about."""

    person = LineField(_l("Person"), [InputRequired()])


class ActionForm(Form):
    """A single button."""
