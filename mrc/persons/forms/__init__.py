"""Forms about a person: registration, the search before it, addresses with their plan, consents."""

from __future__ import annotations

from mrc.persons.forms.contact import AddressForm, ConsentForm, PlanForm, mode_options, relation_options
from mrc.persons.forms.files import ActionForm, PersonForm, RegistrationForm, SearchForm
from mrc.persons.forms.paper import PaperForm

__all__ = [
    "ActionForm",
    "AddressForm",
    "ConsentForm",
    "PaperForm",
    "PersonForm",
    "PlanForm",
    "RegistrationForm",
    "SearchForm",
    "mode_options",
    "relation_options",
]
