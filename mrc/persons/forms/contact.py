"""Addresses with their plan, and consents."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.persons.states import AddressKind, AddressRelation, ConsentMode, ConsentPurpose
from mrc.web.fields import (
    CheckField,
    ChipField,
    LineField,
    PhoneField,
    TextField,
)
from mrc.web.forms import Form


def relation_options() -> list[tuple[str, Any]]:
    """Whose address it is, in words."""
    return [
        (AddressRelation.SELF.value, _l("Their own")),
        (AddressRelation.SHARED.value, _l("Shared with others")),
        (AddressRelation.FAMILY.value, _l("A family member's")),
        (AddressRelation.NEIGHBOUR.value, _l("A neighbour's")),
    ]


def mode_options() -> list[tuple[str, Any]]:
    """How consent was given, in words."""
    return [
        (ConsentMode.VERBAL.value, _l("Spoken, I certify it")),
        (ConsentMode.WRITTEN.value, _l("Written and signed")),
        (ConsentMode.AUDIO.value, _l("Recorded as audio")),
        (ConsentMode.VIDEO.value, _l("Recorded as video")),
    ]


class AddressForm(Form):
    """One more address of a person."""

    phone = PhoneField(_l("Telephone"), [InputRequired(_l("Write the number."))])
    kind = ChipField(
        _l("Used for"),
        choices=[
            (AddressKind.PHONE.value, _l("Calls and SMS")),
            (AddressKind.WHATSAPP.value, _l("WhatsApp")),
        ],
        default=AddressKind.PHONE.value,
    )
    relation = ChipField(_l("Whose number"), choices=relation_options(), default=AddressRelation.SELF.value)
    may_call = CheckField(_l("Safe to call"), default=True)
    may_message = CheckField(_l("Safe to message"), default=True)
    instruction = LineField(_l("Contact instruction"))


class PlanForm(Form):
    """How and when one address may be used."""

    relation = ChipField(_l("Whose number"), choices=relation_options())
    may_call = CheckField(_l("Safe to call"))
    may_message = CheckField(_l("Safe to message"))
    may_leave_voicemail = CheckField(_l("Safe to leave a voice message"))
    never_contact = CheckField(_l("Never use this address"))
    instruction = TextField(_l("Contact instruction"))


class ConsentForm(Form):
    """One line for the consent ledger."""

    purpose = ChipField(
        _l("Agrees to"),
        choices=[
            (ConsentPurpose.SERVICE.value, _l("Help and a file for it")),
            (ConsentPurpose.CONTACT_WHATSAPP.value, _l("Messages by WhatsApp")),
            (ConsentPurpose.CONTACT_PHONE.value, _l("Telephone calls")),
            (ConsentPurpose.CONTACT_SMS.value, _l("SMS")),
            (ConsentPurpose.STATISTICS.value, _l("Figures without a name")),
        ],
        default=ConsentPurpose.SERVICE.value,
    )
    mode = ChipField(_l("How they agreed"), choices=mode_options(), default=ConsentMode.VERBAL.value)
    given_by = ChipField(
        _l("Given by"),
        choices=[
            ("self", _l("The person")),
            ("guardian", _l("Parent or guardian")),
            ("caregiver", _l("Caregiver")),
        ],
        default="self",
    )
