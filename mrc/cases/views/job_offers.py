"""Job-offer checks and their letter. In centres outside Pakistan these pages do not exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.models import Case, JobOfferCheck
from mrc.cases.policy import JOB_OFFERS
from mrc.cases.service.job_offers import COUNTRY
from mrc.cases.states import JOB_OFFER, WORKED_ON, OfferResult, OfferStatus
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import workable
from mrc.cases.views.content import day_of, partial
from mrc.cases.views.refusals import show_on
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.errors import NotFound, Refused
from mrc.i18n.locales import LOCALES, SOURCE, locale_of
from mrc.vocab.queries import choices
from mrc.web.commits import commits
from mrc.web.forms import shown
from mrc.web.pdf import pdf_response

MINOR = 100
"""Minor units of the amounts that are typed in whole rupees, riyals and dirhams."""
FEE_CURRENCY = "PKR"
LINES = ("promoter", "licence", "permission", "employer", "occupation", "doubts", "not_checked")
CODES = ("licence_state", "licence_source", "country", "salary_currency")
DAYS = ("licence_checked_on", "permission_issued_on")
LANGUAGES = "any(en, ur, ps, fa_AF, ar, ckb)"


@blueprint.route("/cases/<uuid:case_id>/job-offers/new", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def new_job_offer(case_id: UUID) -> Any:
    """Begin the check of one offer."""
    case = _checkable(workable(case_id))
    form = forms.job_offer_form()
    if form.validate_on_submit():
        values = {name: shown(form[name].data) for name in _values(None)}
        try:
            check = service.start_job_offer(case, _columns(values), by=current())
            if form.finishes.data:
                service.finish_job_offer(case, check, by=current())
            return _shown(case, check)
        except Refused as refusal:
            show_on(form, refusal)
    return _form_page(case, form)


@blueprint.get("/cases/<uuid:case_id>/job-offers/<uuid:offer_id>")
@requires(Permission.CASE_VIEW)
def job_offer(case_id: UUID, offer_id: UUID) -> str:
    """One check: what was found by which source, the fees beside the published ones, the letter."""
    case = queries.get_case(case_id, by=current())
    check: JobOfferCheck = JOB_OFFERS.get(current(), offer_id, parent_id=case.id)
    record_read(
        Event.JOB_OFFER_READ, by=current(), centre_id=case.centre_id, subject=("job_offer_check", check.id)
    )
    named = {check.licence_checked_by_id, check.checked_by_id, check.told_by_id}
    may_work = current().can(Permission.CASE_WORK, case.centre_id) and case.status in WORKED_ON
    return render_template(
        "cases/job_offer.html",
        case=case,
        check=check,
        today=clock.today_in(get_centre(case.centre_id).time_zone),
        fees=queries.published_fees(),
        people=names_of({user_id for user_id in named if user_id}),
        languages=_letter_languages(case),
        action_form=forms.ActionForm(),
        actions=[step.name for step in JOB_OFFER.allowed(check.status)] if may_work else [],
    )


@blueprint.route("/cases/<uuid:case_id>/job-offers/<uuid:offer_id>/edit", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def edit_job_offer(case_id: UUID, offer_id: UUID) -> Any:
    """Go on with a check; a colleague's change at the same time is merged or shown."""
    case = _checkable(workable(case_id))
    check = _check(case, offer_id)
    form = forms.job_offer_form()
    key = f"job_offer_check:{check.id}"
    values = _values(check)
    form.start_from(key, check.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, check.version, values)
        try:
            service.change_job_offer(case, check, _columns(merged), by=current())
            if form.finishes.data:
                service.finish_job_offer(case, check, by=current())
            return _shown(case, check)
        except Refused as refusal:
            show_on(form, refusal)
    return _form_page(case, form)


@blueprint.post("/cases/<uuid:case_id>/job-offers/<uuid:offer_id>/<any(take_back, tell):action>")
@requires(Permission.CASE_WORK)
@commits
def move_job_offer(case_id: UUID, offer_id: UUID, action: str) -> Any:
    """Make a draft of the check again, or say that the client was told."""
    case = _checkable(workable(case_id))
    check = _check(case, offer_id)
    if action == "tell":
        service.tell_job_offer(case, check, by=current())
        flash(_("It is recorded that the client was told."))
    else:
        service.take_back_job_offer(case, check, by=current())
    return _shown(case, check)


@blueprint.get(f"/cases/<uuid:case_id>/job-offers/<uuid:offer_id>/letter/<{LANGUAGES}:language>")
@requires(Permission.CASE_WORK)
def job_offer_letter(case_id: UUID, offer_id: UUID, language: str) -> Any:
    """The result as a letter in the client's language, as PDF. A draft has none."""
    case = workable(case_id)
    check = _check(case, offer_id)
    if check.status is OfferStatus.DRAFT:
        raise NotFound
    record_read(
        Event.JOB_OFFER_LETTER_MADE,
        by=current(),
        centre_id=case.centre_id,
        subject=("job_offer_check", check.id),
        details={"language": language},
    )
    with force_locale(language):
        return pdf_response(
            "cases/job_offer_letter.html",
            filename=f"job-offer-{case.number}",
            case=case,
            centre=get_centre(case.centre_id),
            check=check,
            fees=queries.published_fees(),
            documents=choices("job_documents"),
            paper_locale=locale_of(language),
        )


def _letter_languages(case: Case) -> list[tuple[str, str]]:
    """The languages of the letter as (tag, own name), those that the client speaks first."""
    spoken = [tag for tag in case.person.languages if tag in LOCALES]
    ordered = dict.fromkeys([*spoken, *LOCALES, SOURCE])
    return [(tag, LOCALES[tag].name) for tag in ordered]


def _values(check: JobOfferCheck | None) -> dict[str, Any]:
    """The fields of the form and what stands in the row; empty without one."""
    values: dict[str, Any] = {name: getattr(check, name) if check else None for name in (*LINES, *CODES)}
    values |= {name: partial(getattr(check, name)) if check else None for name in DAYS}
    values["route"] = check.route if check else "promoter"
    values["contract"] = check.contract if check else "not_seen"
    values["documents"] = list(check.documents) if check else []
    values["result"] = check.result.value if check and check.result else ""
    for name in ("salary_promised", "salary_written"):
        amount = getattr(check, f"{name}_minor") if check else None
        values[name] = None if amount is None else amount // MINOR
    asked = {str(fee["kind"]): fee for fee in check.fees} if check else {}
    for choice in choices("job_fees"):
        fee: dict[str, Any] | None = asked.get(choice.code)
        values[forms.FEE + choice.code] = fee["amount_minor"] // MINOR if fee else None
        values[forms.RECEIPT + choice.code] = bool(fee and fee["has_receipt"])
    return values


def _columns(values: Mapping[str, str]) -> dict[str, object]:
    """The columns of the check from the texts of the form."""
    columns: dict[str, object] = {name: values[name] or None for name in (*LINES, *CODES)}
    columns |= {name: day_of(values[name]) for name in DAYS}
    columns |= {"route": values["route"], "contract": values["contract"]}
    columns["documents"] = [code for code in values["documents"].split(",") if code]
    columns["result"] = OfferResult(values["result"]) if values["result"] else None
    for name in ("salary_promised", "salary_written"):
        columns[f"{name}_minor"] = int(values[name]) * MINOR if values[name] else None
    columns["fees"] = [
        {
            "kind": name.removeprefix(forms.FEE),
            "amount_minor": int(text) * MINOR,
            "currency": FEE_CURRENCY,
            "has_receipt": values[forms.RECEIPT + name.removeprefix(forms.FEE)] == str(True),
        }
        for name, text in values.items()
        if name.startswith(forms.FEE) and text
    ]
    return columns


def _checkable(case: Case) -> Case:
    if get_centre(case.centre_id).country != COUNTRY:
        raise NotFound
    return case


def _check(case: Case, offer_id: UUID) -> JobOfferCheck:
    check: JobOfferCheck = JOB_OFFERS.get(
        current(), offer_id, parent_id=case.id, permission=Permission.CASE_WORK
    )
    return check


def _form_page(case: Case, form: Any) -> Any:
    fees = [(choice.code, choice.label) for choice in choices("job_fees")]
    page = render_template(
        "cases/edit_job_offer.html", case=case, form=form, fees=fees, published=queries.published_fees()
    )
    return page, 422 if form.errors else 200


def _shown(case: Case, check: JobOfferCheck) -> Any:
    return redirect(url_for("cases.job_offer", case_id=case.id, offer_id=check.id), 303)
