"""A partner, an offer, a focal point, and a profile to look with. Codes come from the lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.core.phones import parse_phone
from mrc.directory.matching import Profile
from mrc.directory.models import FocalPoint, Partner, ServiceOffer
from mrc.directory.service import FocalPointDetails, OfferDetails, PartnerDetails
from mrc.directory.states import Cost, ReferralMethod, Room, Served
from mrc.directory.words import COSTS, METHODS, ROOMS, SERVED
from mrc.i18n.calendars import PartialDate
from mrc.i18n.locales import LOCALES
from mrc.vocab.forms import country_options, grouped_options, options
from mrc.web.fields import (
    CheckField,
    ChipField,
    ChipsField,
    CodeField,
    DayField,
    LineField,
    NumberField,
    PhoneField,
    TextField,
)
from mrc.web.forms import Form, shown

OLDEST = 120
SCRIPTS = ("ur", "ps", "fa_AF", "ar", "ckb")
OWN = (
    "name", "kind", "district", "address", "is_address_secret", "phone", "email", "website", "hours",
    "languages", "served", "referral_method", "method_note", "agreement_from", "agreement_until",
)  # fmt: skip
OFFERED = ("service", "details", "requires", "sexes", "age_from", "age_to", "client_types", "nationalities",
           "districts", "languages", "cost", "room", "wait_days")  # fmt: skip
SPOKEN_TO = ("name", "role", "phone", "email", "language", "is_first")


class ActionForm(Form):
    """A single button."""


class PartnerForm(Form):
    """What a partner is and how it is safely reached."""

    name = LineField(_l("Name"), [InputRequired(_l("Write the name in Latin letters."))])
    name_ur = LineField("اردو")
    name_ps = LineField("پښتو")
    name_fa_af = LineField("دری")
    name_ar = LineField("العربية")
    name_ckb = LineField("کوردی")
    kind = CodeField(_l("What it is"), [InputRequired(_l("Choose what it is."))])
    district = CodeField(_l("District"))
    address = TextField(_l("Address and how to get there"))
    is_address_secret = CheckField(
        _l("Where it is stays secret"),
        description=_l("A safe house: the address stands on no card and no letter."),
    )
    phone = PhoneField(_l("Telephone"))
    email = LineField(_l("E-mail"))
    website = LineField(_l("Web address"), longest=300)
    hours = TextField(
        _l("When it is open"), description=_l("For example: Monday to Friday, 9 to 15, not on feast days.")
    )
    languages = ChipsField(_l("Languages spoken"))
    served = ChipField(_l("Whom it lets in"), choices=[(key.value, words) for key, words in SERVED.items()])
    referral_method = ChipField(
        _l("How it is safely told of somebody"),
        choices=[(key.value, words) for key, words in METHODS.items()],
    )
    method_note = TextField(_l("What to know before referring"))
    agreement_from = DayField(_l("Agreement from"))
    agreement_until = DayField(_l("Agreement until"))

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.country = country
        self.phone.region = country
        self.kind.choices = [("", _("Choose…")), *options("partner_types")]
        self.district.choices = [("", _("Not known")), *options("districts", country)]
        self.languages.choices = options("languages")
        self.served.data = self.served.data or Served.EVERYBODY.value
        self.referral_method.data = self.referral_method.data or ReferralMethod.LINK.value

    @staticmethod
    def values_of(partner: Partner) -> dict[str, Any]:
        """A partner as the form shows it."""
        values = {name: getattr(partner, name) for name in OWN}
        values |= {f"name_{tag.lower()}": partner.names.get(tag, "") for tag in SCRIPTS}
        return values | {name: _partial(values[name]) for name in ("agreement_from", "agreement_until")}

    def details(self, texts: Mapping[str, str] | None = None) -> PartnerDetails:
        """What the form says, or what its merged texts say."""
        given = texts or _texts(self)
        phone = parse_phone(given["phone"], self.country) if given["phone"] else None
        return PartnerDetails(
            name=given["name"],
            kind=given["kind"],
            names={tag: given[f"name_{tag.lower()}"] for tag in SCRIPTS if given[f"name_{tag.lower()}"]},
            district=given["district"] or None,
            address=given["address"],
            is_address_secret=given["is_address_secret"] == str(True),
            phone=phone.e164 if phone else "",
            email=given["email"],
            website=given["website"],
            hours=given["hours"],
            languages=_codes(given["languages"]),
            served=Served(given["served"]),
            referral_method=ReferralMethod(given["referral_method"]),
            method_note=given["method_note"],
            agreement_from=_day(given["agreement_from"]),
            agreement_until=_day(given["agreement_until"]),
        )


class OfferForm(Form):
    """One service: for whom, where, at what cost."""

    service = CodeField(_l("Service"), [InputRequired(_l("Choose the service."))])
    details = TextField(_l("What is done"))
    requires = TextField(_l("What the person must bring"))
    sexes = ChipsField(_l("For whom, by sex"), description=_l("Nothing chosen: for all."))
    age_from = NumberField(_l("Youngest, in years"), least=0, most=OLDEST)
    age_to = NumberField(_l("Oldest, in years"), least=0, most=OLDEST)
    client_types = ChipsField(_l("For which clients"), description=_l("Nothing chosen: for all."))
    nationalities = ChipsField(_l("Of which nationalities"), description=_l("Nothing chosen: for all."))
    districts = ChipsField(
        _l("For people who live in"), description=_l("Nothing chosen: in the whole country.")
    )
    languages = ChipsField(_l("Languages"), description=_l("Nothing chosen: those of the partner."))
    cost = ChipField(_l("Cost"), choices=[(key.value, words) for key, words in COSTS.items()])
    room = ChipField(_l("Room"), choices=[(key.value, words) for key, words in ROOMS.items()])
    wait_days = NumberField(_l("Days that people wait"), least=0, most=3_650)

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        grouped = grouped_options("partner_services")
        self.service.choices = {"": [("", _("Choose…"))], **grouped}
        self.sexes.choices = options("sexes")
        self.client_types.choices = options("client_types", country)
        self.nationalities.choices = country_options()[:6]
        self.districts.choices = options("districts", country)
        self.languages.choices = options("languages")
        self.cost.data = self.cost.data or Cost.UNKNOWN.value
        self.room.data = self.room.data or Room.UNKNOWN.value

    @staticmethod
    def values_of(offer: ServiceOffer) -> dict[str, Any]:
        """An offer as the form shows it."""
        return {name: getattr(offer, name) for name in OFFERED}

    def offer(self, texts: Mapping[str, str] | None = None) -> OfferDetails:
        """What the form says, or what its merged texts say."""
        given = texts or _texts(self)
        return OfferDetails(
            service=given["service"],
            details=given["details"],
            requires=given["requires"],
            sexes=_codes(given["sexes"]),
            age_from=_number(given["age_from"]),
            age_to=_number(given["age_to"]),
            client_types=_codes(given["client_types"]),
            nationalities=_codes(given["nationalities"]),
            districts=_codes(given["districts"]),
            languages=_codes(given["languages"]),
            cost=Cost(given["cost"]),
            room=Room(given["room"]),
            wait_days=_number(given["wait_days"]),
        )


class FocalPointForm(Form):
    """Somebody who is spoken to at a partner."""

    name = LineField(_l("Name"), [InputRequired(_l("Write the name."))], longest=120)
    role = LineField(_l("What they do there"), longest=120)
    phone = PhoneField(_l("Telephone"))
    email = LineField(_l("E-mail"))
    language = ChipField(
        _l("In which language they are written to"),
        choices=[(tag, locale.name) for tag, locale in LOCALES.items()],
    )
    is_first = CheckField(_l("Asked first"))

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.country = country
        self.phone.region = country
        self.language.data = self.language.data or "en"

    @staticmethod
    def values_of(row: FocalPoint) -> dict[str, Any]:
        """A focal point as the form shows it."""
        return {name: getattr(row, name) for name in SPOKEN_TO}

    def focal_point(self, texts: Mapping[str, str] | None = None) -> FocalPointDetails:
        """What the form says, or what its merged texts say."""
        given = texts or _texts(self)
        phone = parse_phone(given["phone"], self.country) if given["phone"] else None
        return FocalPointDetails(
            name=given["name"],
            role=given["role"],
            phone=phone.e164 if phone else "",
            email=given["email"],
            language=given["language"],
            is_first=given["is_first"] == str(True),
        )


class ProfileForm(Form):
    """For whom something is looked for; nothing of it is kept."""

    need = CodeField(_l("Need"))
    service = CodeField(_l("Service"))
    sex = ChipField(_l("Sex"))
    age = NumberField(_l("Age"), least=0, most=OLDEST)
    client_type = CodeField(_l("Client type"))
    nationality = CodeField(_l("Nationality"))
    district = CodeField(_l("District where they live"))
    language = CodeField(_l("Language"))

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        nothing = ("", _("Not known"))
        self.need.choices = [("", _("All")), *options("partner_services_groups")]
        self.service.choices = {"": [("", _("All"))], **grouped_options("partner_services")}
        self.sex.choices = [nothing, *options("sexes")]
        self.client_type.choices = [nothing, *options("client_types", country)]
        self.nationality.choices = [nothing, *country_options()]
        self.district.choices = [nothing, *options("districts", country)]
        self.language.choices = [nothing, *options("languages")]

    @property
    def profile(self) -> Profile:
        """What was chosen."""
        return Profile(
            sex=self.sex.data or None,
            age=self.age.data,
            client_type=self.client_type.data or None,
            nationality=self.nationality.data or None,
            district=self.district.data or None,
            languages=[self.language.data] if self.language.data else [],
        )


def _texts(form: Form) -> dict[str, str]:
    return {name: shown(field.data) for name, field in form.own_fields.items()}


def _codes(text: str) -> list[str]:
    return [code for code in text.split(",") if code]


def _number(text: str) -> int | None:
    return int(text) if text else None


def _partial(day: date | None) -> PartialDate | None:
    return PartialDate.from_iso(day.isoformat()) if day else None


def _day(text: str) -> date | None:
    return PartialDate.from_iso(text).earliest if text else None
