"""Forms about a person: registration in two steps, papers, family, addresses with their plan, consents."""

from __future__ import annotations

from mrc.persons.forms.contact import (
    AddressForm,
    CodeWordForm,
    ConsentForm,
    PlanForm,
    WithdrawForm,
    mode_options,
    relation_options,
    weekday_options,
)
from mrc.persons.forms.documents import DocumentForm
from mrc.persons.forms.family import HouseholdForm, MemberForm, RelativeForm
from mrc.persons.forms.files import ActionForm, PersonForm, RegistrationForm, SearchForm
from mrc.persons.forms.paper import PaperForm
from mrc.persons.forms.registration import FullRegistrationForm, rule_form

__all__ = [
    "ActionForm",
    "AddressForm",
    "CodeWordForm",
    "ConsentForm",
    "DocumentForm",
    "FullRegistrationForm",
    "HouseholdForm",
    "MemberForm",
    "PaperForm",
    "PersonForm",
    "PlanForm",
    "RegistrationForm",
    "RelativeForm",
    "SearchForm",
    "WithdrawForm",
    "mode_options",
    "relation_options",
    "rule_form",
    "weekday_options",
]
