"""Registration and changes of a file, and the search before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.core import clock
from mrc.core.phones import Phone
from mrc.persons.forms.contact import assent_options, giver_options, mode_options, relation_options
from mrc.persons.models import Person
from mrc.persons.service import NewAddress, NewConsent, PersonDetails, details_from
from mrc.persons.states import (
    AddressKind,
    AddressRelation,
    ChildAssent,
    ConsentGiver,
    ConsentMode,
    ConsentPurpose,
)
from mrc.vocab.forms import country_options, options
from mrc.web.fields import (
    CheckField,
    ChipField,
    ChipsField,
    CodeField,
    LineField,
    PartialDateField,
    PhoneField,
)
from mrc.web.forms import Form, shown


class SearchForm(Form):
    """The one box: a name in any script, a number, or a case number."""

    class Meta:
        csrf = False

    q = LineField(_l("Name, phone or case number"))


class PersonForm(Form):
    """What is known of a person. Only one name is needed."""

    name = LineField(
        _l("Name as on the document"),
        [InputRequired(_l("Write the name, in any script."))],
        description=_l("In the script of the document. One name is enough; nobody needs a surname."),
    )
    latin_name = LineField(_l("Name in Latin letters"))
    known_as = LineField(_l("Known as"))
    father_name = LineField(_l("Father's name"))
    birth = PartialDateField(
        _l("Date of birth"),
        latest=lambda: clock.now().date(),
        description=_l("As much as is known: a year is enough."),
    )
    sex = ChipField(_l("Sex"))
    nationality = CodeField(_l("Nationality"))
    district = CodeField(_l("District of origin"))
    languages = ChipsField(_l("Languages"))
    disability = CodeField(_l("Difficulty in daily life"))

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.sex.choices = [("", _("Not asked")), *options("sexes")]
        self.nationality.choices = [("", _("Not asked")), *country_options()]
        self.district.choices = [("", _("Not asked")), *options("districts", country)]
        self.languages.choices = options("languages", country)
        self.disability.choices = [("", _("Not asked")), *options("disabilities")]

    def details(self, values: Mapping[str, str] | None = None, person: Person | None = None) -> PersonDetails:
        """What was typed, or the merged texts of an edit: dates as ISO, codes joined by commas.

        With a person, what this form does not ask stays as it is in the file.
        """
        typed = {name: shown(field.data) for name, field in self.own_fields.items()}
        return details_from(typed | dict(values or {}), person)


class RegistrationForm(PersonForm):
    """Registration: the person, one number with its plan, and consent to be served."""

    phone = PhoneField(_l("Telephone"))
    is_whatsapp = CheckField(_l("This number has WhatsApp"))
    relation = ChipField(_l("Whose number"), choices=relation_options(), default=AddressRelation.SELF.value)
    may_call = CheckField(_l("Safe to call"), default=True)
    may_message = CheckField(_l("Safe to message"), default=True)
    instruction = LineField(
        _l("Contact instruction"),
        description=_l("Who else reads it, a code word, when it is safe: in a few words."),
    )
    consent = CheckField(_l("The person agrees that we keep this file in order to help"))
    consent_mode = ChipField(_l("How they agreed"), choices=mode_options(), default=ConsentMode.VERBAL.value)
    given_by = ChipField(_l("Given by"), choices=giver_options(), default=ConsentGiver.SELF.value)
    giver_name = LineField(_l("Name of the guardian or caregiver"))
    child_assent = ChipField(_l("A child old enough to be asked"), choices=assent_options(), default="")

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(country, *arguments, **keywords)
        self.phone.region = country

    def registration(self, extra: tuple[NewAddress, ...] = ()) -> PersonDetails:
        """The person with address and consent, ready for the service."""
        consents: tuple[NewConsent, ...] = ()
        if self.consent.data:
            mode = ConsentMode(self.consent_mode.data)
            consent = NewConsent(
                ConsentPurpose.SERVICE,
                mode,
                str(get_locale()),
                given_by=ConsentGiver(self.given_by.data),
                giver_name=self.giver_name.data or "",
                child_assent=ChildAssent(self.child_assent.data) if self.child_assent.data else None,
            )
            consents = (consent,)
        known = {address.value for address in extra}
        addresses = tuple(address for address in self._addresses() if address.value not in known)
        return replace(self.details(), addresses=extra + addresses, consents=consents)

    def _addresses(self) -> tuple[NewAddress, ...]:
        phone: Phone | None = self.phone.phone
        if phone is None:
            return ()
        kinds = [AddressKind.PHONE] + ([AddressKind.WHATSAPP] if self.is_whatsapp.data else [])
        return tuple(
            NewAddress(
                kind,
                phone.e164,
                AddressRelation(self.relation.data),
                may_call=self.may_call.data,
                may_message=self.may_message.data,
                instruction=self.instruction.data or "",
            )
            for kind in kinds
        )


class ActionForm(Form):
    """A single button."""
