"""The second step of registration: the whole file, in sections, and what a centre asks in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mrc.persons.forms.files import PersonForm
from mrc.persons.rules import Rules
from mrc.persons.states import FieldRule
from mrc.vocab.forms import Options, country_options, grouped_options, options
from mrc.vocab.queries import label
from mrc.web.fields import CheckField, ChipField, ChipsField, CodeField, LineField
from mrc.web.forms import Form

DISTRICT_COUNTRIES = ("PK", "AF", "IQ")
TIME_ZONES = (
    "Asia/Karachi", "Asia/Kabul", "Asia/Baghdad", "Asia/Tehran", "Asia/Dubai", "Asia/Riyadh",
    "Asia/Qatar", "Asia/Muscat", "Asia/Kuala_Lumpur", "Europe/Istanbul", "Europe/Athens", "Europe/Sofia",
    "Europe/Belgrade", "Europe/Rome", "Europe/Vienna", "Europe/Berlin", "Europe/Paris", "Europe/London",
    "Africa/Tripoli", "America/New_York", "America/Toronto",
)  # fmt: skip
"""Where the people of our centres are; a city stands for its zone."""

SECTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("names", _l("Names"), (
        "name", "latin_name", "other_names", "known_as", "father_name", "grandfather_name",
        "great_grandfather_name", "mother_name", "husband_name", "family_name",
    )),
    ("about", _l("About the person"), (
        "birth", "sex", "care_status", "marital_status", "education", "occupation", "languages", "reads",
    )),
    ("difficulties", _l("Difficulties in daily life"), (
        "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "disability",
    )),
    ("places", _l("Origin and present place"), (
        "nationality", "district", "present_country", "present_district", "place", "time_zone",
    )),
    ("migration", _l("Migration"), ("migration_status", "journey_stage", "destination")),
)  # fmt: skip
"""Name, title and fields of each section, in the order in which people are asked."""
NEVER_HIDDEN = frozenset({"name", "birth", "sex", "care_status", "time_zone", "disability"})


class FullRegistrationForm(PersonForm):
    """Everything that a file may say of a person. Only one name is needed for saving."""

    other_names = LineField(
        _l("Further spellings"), description=_l("As on other papers; several with commas between them.")
    )
    grandfather_name = LineField(_l("Grandfather's name"))
    great_grandfather_name = LineField(_l("Great-grandfather's name"))
    mother_name = LineField(_l("Mother's name"))
    husband_name = LineField(_l("Husband's name"))
    family_name = LineField(_l("Family name or tribe"))
    marital_status = ChipField(_l("Marital status"))
    education = CodeField(_l("Highest schooling"))
    occupation = CodeField(_l("Work they know"))
    reads = ChipsField(
        _l("Languages they read"), description=_l("Nothing chosen: they cannot read, or were not asked.")
    )
    seeing = ChipField(_l("Do they have difficulty seeing, even with glasses?"))
    hearing = ChipField(_l("Do they have difficulty hearing, even with a hearing aid?"))
    walking = ChipField(_l("Do they have difficulty walking or climbing steps?"))
    remembering = ChipField(_l("Do they have difficulty remembering or concentrating?"))
    self_care = ChipField(_l("Do they have difficulty washing all over or dressing?"))
    communicating = ChipField(
        _l("Using their usual language, do they have difficulty understanding or being understood?")
    )
    present_country = CodeField(_l("Country where they are now"))
    present_district = CodeField(_l("District where they are now"))
    place = LineField(_l("Village, street or camp"))
    time_zone = CodeField(
        _l("Time zone"), description=_l("Safe hours for calls and messages are kept in it.")
    )
    migration_status = CodeField(_l("Migration status"))
    journey_stage = ChipField(_l("Where on the journey"))
    destination = CodeField(_l("Destination"))
    care_status = ChipField(_l("Under 18: with whom do they live?"))

    def __init__(self, country: str, rules: Rules, *arguments: Any, **keywords: Any) -> None:
        super().__init__(country, *arguments, **keywords)
        blank = ("", _("Not asked"))
        for name, codes in (
            ("marital_status", options("marital_statuses")),
            ("education", options("education_levels")),
            ("present_country", country_options()),
            ("time_zone", time_zone_options()),
            ("migration_status", options("migration_statuses")),
            ("journey_stage", options("journey_stages")),
            ("destination", options("destinations")),
            ("care_status", options("care_statuses")),
        ):
            self._fields[name].choices = [blank, *codes]
        for name in ("seeing", "hearing", "walking", "remembering", "self_care", "communicating"):
            self._fields[name].choices = [blank, *options("difficulty_levels")]
        self.reads.choices = options("languages", country)
        self.occupation.choices = {"": [blank], **grouped_options("occupations")}
        self.present_district.choices = {"": [blank], **district_options()}
        self.rules = rules
        for name in list(self.own_fields):
            if name not in NEVER_HIDDEN and rules.of(name) is FieldRule.HIDDEN:
                del self[name]

    def sections(self) -> list[tuple[str, Any, list[Any]]]:
        """Name, title and fields of each section that has any, for the page."""
        found = [
            (name, title, [self._fields[one] for one in names if one in self._fields])
            for name, title, names in SECTIONS
        ]
        return [section for section in found if section[2]]

    def is_needed(self, name: str) -> bool:
        """True when the registration is not complete without this field."""
        return self.rules.of(name) is FieldRule.MANDATORY


class RuleForm(Form):
    """What a centre asks at registration. One question per field, made from the rules."""

    takes_photos = CheckField(
        _l("Photos may be taken"),
        description=_l("Off unless really needed. Each photo still needs the person's consent."),
    )


def rule_form(names: Sequence[str], labels: dict[str, Any]) -> type[RuleForm]:
    """A form class with a choice for every ruled field."""
    choices = [
        (FieldRule.MANDATORY.value, _l("Needed for service")),
        (FieldRule.OPTIONAL.value, _l("May be asked")),
        (FieldRule.HIDDEN.value, _l("Not asked")),
    ]
    fields = {f"rule_{name}": ChipField(labels[name], choices=choices) for name in names}
    return type("CentreRuleForm", (RuleForm,), fields)


def time_zone_options() -> Options:
    """The time zones on offer, by the city that people know."""
    return [(zone, zone.partition("/")[2].replace("_", " ")) for zone in TIME_ZONES]


def district_options() -> dict[str, Options]:
    """The districts of our three countries, by country."""
    return {label("countries", country): options("districts", country) for country in DISTRICT_COUNTRIES}
