"""Relatives, found or newly registered, and the household."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.core.phones import format_phone
from mrc.persons.forms.files import RegistrationForm
from mrc.persons.models import Address
from mrc.persons.service import NewAddress, RelativeDetails
from mrc.persons.states import AddressRelation
from mrc.vocab.forms import Options, options
from mrc.web.fields import CheckField, ChipField, ChipsField, CodeField, LineField
from mrc.web.forms import Form

OTHER_DECIDES, PERSON_DECIDES = "other", "person"


def decider_options() -> list[tuple[str, Any]]:
    """Who of the two decides for whom, in words."""
    return [
        ("", _l("Neither decides for the other")),
        (OTHER_DECIDES, _l("This relative is the guardian of the person")),
        (PERSON_DECIDES, _l("The person is the guardian of this relative")),
    ]


class RelativeFields:
    """What somebody is to the person; the same questions for those found and those newly registered."""

    kind = CodeField(_l("What this relative is to the person"), [InputRequired(_l("Choose what they are."))])
    decider = ChipField(_l("Guardian"), choices=decider_options(), default="")
    guardian_basis = CodeField(_l("What the guardianship rests on"))
    lives_here = CheckField(_l("They live in the same household"))

    def fill_relative(self) -> None:
        """Give the lists their codes."""
        self.kind.choices = [("", _("Choose")), *options("relations")]
        self.guardian_basis.choices = [("", _("Nobody is a guardian")), *options("guardian_bases")]

    def relative(self) -> RelativeDetails:
        """The relation as it was filled in. A guardian without a basis is left to the service to refuse."""
        basis = self.guardian_basis.data if self.decider.data else None
        return RelativeDetails(
            self.kind.data,
            guardian_basis=basis or None,
            decides_for_other=self.decider.data == PERSON_DECIDES,
        )

    def lacks_basis(self) -> bool:
        """True, with the fault at its field, when a guardian was named without a reason."""
        if self.decider.data and not self.guardian_basis.data:
            self.guardian_basis.errors = [_("Say what the guardianship rests on.")]
            return True
        return False


class RelativeForm(RelativeFields, Form):
    """What a person who was found is to this one."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fill_relative()


class MemberForm(RelativeFields, RegistrationForm):
    """A new member of a family: registration, the relation, and which addresses of the person reach them."""

    family_name = LineField(_l("Family name or tribe"))
    shared = ChipsField(_l("Reached at the same address"))

    def __init__(self, country: str, addresses: Sequence[Address], **keywords: Any) -> None:
        super().__init__(country, **keywords)
        self.fill_relative()
        self.known = {str(address.id): address for address in addresses}
        shown: Options = [(key, format_phone(address.value or "")) for key, address in self.known.items()]
        self.shared.choices = shown
        if not shown:
            del self.shared

    def shared_addresses(self) -> tuple[NewAddress, ...]:
        """The chosen addresses of the family, as the new person's own links to them."""
        chosen = self.shared.data or [] if "shared" in self else []
        return tuple(
            NewAddress(self.known[key].kind, self.known[key].value or "", AddressRelation.FAMILY)
            for key in chosen
        )


class HouseholdForm(Form):
    """Somebody's role in a household, and what staff call it."""

    role = ChipField(_l("Role in the household"))
    label = LineField(_l("What we call the household"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.role.choices = options("household_roles")
