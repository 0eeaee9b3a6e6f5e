"""Addresses with their plan, code words, and consents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mrc.core.phones import format_phone
from mrc.i18n.locales import LOCALES
from mrc.persons.models import Address
from mrc.persons.states import (
    AddressKind,
    AddressRelation,
    ChildAssent,
    ConsentGiver,
    ConsentMode,
    ConsentPurpose,
)
from mrc.vocab.forms import options
from mrc.web.fields import (
    CheckField,
    ChipField,
    ChipsField,
    CodeField,
    LineField,
    PartialDateField,
    PhoneField,
    TextField,
)
from mrc.web.forms import Form

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


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


def giver_options() -> list[tuple[str, Any]]:
    """Who gave consent, in words."""
    return [
        (ConsentGiver.SELF.value, _l("The person")),
        (ConsentGiver.GUARDIAN.value, _l("Parent or guardian")),
        (ConsentGiver.CAREGIVER.value, _l("Caregiver")),
    ]


def assent_options() -> list[tuple[str, Any]]:
    """What a child answered, in words."""
    return [
        ("", _l("Not a child of that age")),
        (ChildAssent.GIVEN.value, _l("The child agrees")),
        (ChildAssent.REFUSED.value, _l("The child does not agree")),
    ]


def purpose_options() -> list[tuple[str, Any]]:
    """What can be agreed to, in words."""
    return [
        (ConsentPurpose.SERVICE.value, _l("Help and a file for it")),
        (ConsentPurpose.CONTACT_WHATSAPP.value, _l("Messages by WhatsApp")),
        (ConsentPurpose.CONTACT_PHONE.value, _l("Telephone calls")),
        (ConsentPurpose.CONTACT_SMS.value, _l("SMS")),
        (ConsentPurpose.CONTACT_EMAIL.value, _l("E-mail")),
        (ConsentPurpose.CONTACT_VOICEMAIL.value, _l("Voice messages left for them")),
        (ConsentPurpose.SHARE_PARTNER.value, _l("Sharing with a partner")),
        (ConsentPurpose.SHARE_CENTRE.value, _l("Sharing with another centre")),
        (ConsentPurpose.PHOTO.value, _l("A photo")),
        (ConsentPurpose.VOICE_RECORDING.value, _l("A recording of their voice")),
        (ConsentPurpose.STATISTICS.value, _l("Figures without a name")),
        (ConsentPurpose.DONOR_VISIT.value, _l("Visits of donors and auditors")),
    ]


def weekday_options() -> list[tuple[str, str]]:
    """The days of the week, 0 is Monday, in the reader's language."""
    names = Locale.parse(str(get_locale() or "en")).days["format"]["abbreviated"]
    return [(str(day), str(names[day])) for day in range(7)]


class AddressForm(Form):
    """One more address of a person: a number, an e-mail, or one that is known from the family."""

    kind = ChipField(
        _l("Used for"),
        choices=[
            (AddressKind.PHONE.value, _l("Calls and SMS")),
            (AddressKind.WHATSAPP.value, _l("WhatsApp")),
            (AddressKind.EMAIL.value, _l("E-mail")),
        ],
        default=AddressKind.PHONE.value,
    )
    phone = PhoneField(_l("Telephone"))
    email = LineField(_l("E-mail address"))
    known = CodeField(_l("Or an address of the family"))
    relation = ChipField(_l("Whose address"), choices=relation_options(), default=AddressRelation.SELF.value)
    may_call = CheckField(_l("Safe to call"), default=True)
    may_message = CheckField(_l("Safe to message"), default=True)
    instruction = LineField(_l("Contact instruction"))

    def __init__(self, known: Sequence[Address], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.addresses = {str(address.id): address for address in known}
        shown = [(key, format_phone(address.value or "")) for key, address in self.addresses.items()]
        self.known.choices = [("", _("None of them")), *shown]
        if not shown:
            del self.known

    def value(self) -> tuple[AddressKind, str] | None:
        """Kind and value of the address that was chosen or typed; None, with the fault at its field."""
        if "known" in self and self.known.data:
            address = self.addresses[self.known.data]
            return address.kind, address.value or ""
        kind = AddressKind(self.kind.data)
        if kind is AddressKind.EMAIL:
            return self._email()
        if self.phone.phone is None:
            self.phone.errors = [_("Write the number.")]
            return None
        return kind, self.phone.phone.e164

    def _email(self) -> tuple[AddressKind, str] | None:
        typed = (self.email.data or "").casefold()
        if not EMAIL.fullmatch(typed):
            self.email.errors = [_("Write a whole e-mail address, such as name@example.org.")]
            return None
        return AddressKind.EMAIL, typed


class PlanForm(Form):
    """How and when one address may be used."""

    relation = ChipField(_l("Whose address"), choices=relation_options())
    never_contact = CheckField(_l("Never use this address"))
    may_call = CheckField(_l("Safe to call"))
    may_message = CheckField(_l("Safe to message"))
    may_leave_voicemail = CheckField(_l("Safe to leave a voice message"))
    days_1 = ChipsField(_l("Safe on these days"), description=_l("Nothing chosen: every day."))
    from_1 = LineField(_l("From"), longest=5)
    until_1 = LineField(_l("Until"), longest=5, description=_l("An earlier time is past midnight."))
    days_2 = ChipsField(_l("Also safe on these days"))
    from_2 = LineField(_l("From"), longest=5)
    until_2 = LineField(_l("Until"), longest=5)
    days_3 = ChipsField(_l("Also safe on these days"))
    from_3 = LineField(_l("From"), longest=5)
    until_3 = LineField(_l("Until"), longest=5)
    language = CodeField(_l("Language to write in"))
    needs_voice = CheckField(_l("Cannot read: call, or send a voice message"))
    read_by = ChipsField(_l("Who else reads or hears it"))
    sender_name = LineField(
        _l("Who we say we are"), description=_l("A neutral name, agreed with the person; never our own.")
    )
    interruption_phrase = LineField(
        _l("What is said when somebody listens"),
        description=_l("A harmless sentence after which both end the call."),
    )
    counsellor_sex = ChipField(_l("Prefers to speak to"))
    dropped_call = CodeField(_l("When a call drops"))
    instruction = TextField(_l("Contact instruction"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        days = weekday_options()
        for number in (1, 2, 3):
            self._fields[f"days_{number}"].choices = days
        own = [(locale.tag, locale.name) for locale in LOCALES.values()]
        self.language.choices = [("", _("Not asked")), *own]
        self.read_by.choices = options("address_readers")
        self.counsellor_sex.choices = [
            ("", _("Anybody")),
            ("female", _("A woman")),
            ("male", _("A man")),
        ]
        self.dropped_call.choices = [("", _("Not agreed")), *options("dropped_call_plans")]


class CodeWordForm(Form):
    """The word by which both sides know each other on the phone."""

    code_word = LineField(_l("Code word"), longest=60, description=_l("Leave it empty to drop it."))


class ConsentForm(Form):
    """One line for the consent ledger."""

    purpose = ChipField(_l("Agrees to"), choices=purpose_options(), default=ConsentPurpose.SERVICE.value)
    recipient = LineField(
        _l("With whom may be shared"), description=_l("Only for sharing: the partner or the other centre.")
    )
    language = CodeField(
        _l("Language of the words"), choices=[(locale.tag, locale.name) for locale in LOCALES.values()]
    )
    mode = ChipField(_l("How they agreed"), choices=mode_options(), default=ConsentMode.VERBAL.value)
    given_by = ChipField(_l("Given by"), choices=giver_options(), default=ConsentGiver.SELF.value)
    giver_name = LineField(_l("Name of the guardian or caregiver"))
    giver_relation = CodeField(_l("What they are to the person"))
    child_assent = ChipField(_l("A child old enough to be asked"), choices=assent_options(), default="")
    expires = PartialDateField(_l("Counts until"), description=_l("Empty: until it is withdrawn."))

    def __init__(self, *arguments: Any, takes_photos: bool = False, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.giver_relation.choices = [("", _("Not asked")), *options("relations")]
        if not takes_photos:
            photo = ConsentPurpose.PHOTO.value
            self.purpose.choices = [choice for choice in purpose_options() if choice[0] != photo]


class WithdrawForm(Form):
    """Why a consent is taken back. Nobody has to give a reason."""

    reason = TextField(_l("Why, in the person's words"))
