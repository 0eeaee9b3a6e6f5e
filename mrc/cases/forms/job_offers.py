"""The form of a job-offer check."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.cases.forms.content import whole_day
from mrc.cases.states import OfferResult
from mrc.core import clock
from mrc.vocab.forms import country_options, options
from mrc.web.fields import (
    CheckField,
    ChipField,
    ChipsField,
    CodeField,
    LineField,
    NumberField,
    PartialDateField,
    TextField,
)
from mrc.web.forms import Form

FEE, RECEIPT = "fee-", "receipt-"
CURRENCIES = ("SAR", "AED", "QAR", "OMR", "KWD", "BHD", "MYR", "PKR", "EUR", "USD")
DEAREST = 999_999_999


def result_options() -> list[tuple[str, Any]]:
    """What a check found, in words."""
    return [
        (OfferResult.NOTHING_WRONG_FOUND.value, _l("Nothing wrong found")),
        (OfferResult.DOUBTS.value, _l("Doubts")),
        (OfferResult.DO_NOT_TRAVEL.value, _l("Do not travel on this offer")),
        (OfferResult.COULD_NOT_CHECK.value, _l("Could not be checked")),
    ]


def contract_options() -> list[tuple[str, Any]]:
    """What was seen of the contract, in words."""
    return [
        ("not_seen", _l("Not seen")),
        ("seen", _l("Seen, without the Protector's countersignature")),
        ("countersigned", _l("Seen, countersigned by the Protector")),
    ]


class JobOfferForm(Form):
    """One offer and what was found out about it. The fees come from the list, see `job_offer_form`."""

    route = ChipField(
        _l("Route"),
        [InputRequired(_l("Choose the route."))],
        choices=[("promoter", _l("Overseas employment promoter")), ("direct", _l("Direct employment"))],
        default="promoter",
    )
    promoter = LineField(_l("Name of the promoter"))
    licence = LineField(_l("Licence number"))
    licence_state = CodeField(_l("The licence is"))
    licence_source = CodeField(_l("Looked up in"))
    licence_checked_on = PartialDateField(_l("Looked up on"), [whole_day], latest=lambda: clock.now().date())
    permission = LineField(_l("Permission number"), description=_l("It is valid for 120 days."))
    permission_issued_on = PartialDateField(
        _l("Permission issued on"), [whole_day], latest=lambda: clock.now().date()
    )
    employer = LineField(_l("Employer"))
    country = CodeField(_l("Country of the work"))
    occupation = LineField(_l("Work that was offered"))
    contract = ChipField(_l("Contract"), choices=contract_options(), default="not_seen")
    salary_promised = NumberField(_l("Monthly pay as promised"), least=0, most=DEAREST)
    salary_written = NumberField(_l("Monthly pay as the contract says"), least=0, most=DEAREST)
    salary_currency = CodeField(_l("Currency of the pay"))
    documents = ChipsField(_l("Papers that were seen"))
    result = ChipField(_l("Result"), choices=result_options())
    doubts = TextField(_l("What is doubtful"), description=_l("It stands in the letter to the client."))
    not_checked = TextField(
        _l("What could not be checked"), description=_l("It stands in the letter to the client.")
    )
    finishes = CheckField(_l("Let the result stand, for the letter"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.licence_state.choices = [("", _("Not looked up")), *options("licence_states")]
        self.licence_source.choices = [("", _("Choose…")), *options("licence_sources")]
        self.country.choices = [("", _("Choose…")), *country_options()]
        self.salary_currency.choices = [("", _("Choose…")), *((code, code) for code in CURRENCIES)]
        self.documents.choices = options("job_documents")
        self.result.validate_choice = bool(self.result.data)


def job_offer_form() -> Any:
    """The form with an amount and a receipt for every kind of fee, `fee-<code>` and `receipt-<code>`."""
    fields: dict[str, Any] = {}
    for code, label in options("job_fees"):
        fields[FEE + code] = NumberField(label, least=0, most=DEAREST)
        fields[RECEIPT + code] = CheckField(_("Receipt seen: %(fee)s", fee=label))
    return type("JobOfferFeesForm", (JobOfferForm,), fields)()
