"""Job-offer checks: what may be said, what the letter says in six languages, and where they exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.cases import service
from mrc.cases.models import Case, JobOfferCheck
from mrc.cases.states import OfferResult, OfferStatus
from mrc.core.db import db
from mrc.core.errors import Refused
from tests.support.pages import PageClient

People = Callable[[str], Identity]
Clients = Callable[..., PageClient]
CHECKED: dict[str, Any] = {
    "route": "promoter",
    "promoter": "Al Noor Manpower",
    "licence": "2233/LHR",
    "licence_state": "valid",
    "licence_source": "beoe_list",
    "licence_checked_on": date(2026, 3, 1),
    "permission": "P-77",
    "permission_issued_on": date(2025, 10, 1),
    "employer": "Gulf Clean",
    "contract": "seen",
    "result": OfferResult.DOUBTS,
    "doubts": "The employer is not named in the demand.",
}


@pytest.fixture
def offer(quiet_case: Case, identity: People) -> JobOfferCheck:
    made = service.start_job_offer(quiet_case, CHECKED, by=identity("counsellor-lahore"))
    db.session.commit()
    return made


def test_an_offer_is_checked_on_pages_and_the_client_told(quiet_case: Case, client: Clients) -> None:
    counsellor, url = client("counsellor-lahore"), f"/cases/{quiet_case.id}/job-offers"
    db.session.commit()
    page = counsellor.post(
        f"{url}/new",
        {
            "route": "promoter",
            "employer": "Gulf Clean",
            "licence_state": "valid",
            "licence_source": "protector_office",
            "licence_checked_on-year": "2026",
            "licence_checked_on-month": "3",
            "licence_checked_on-day": "1",
            "permission_issued_on-year": "2025",
            "permission_issued_on-month": "10",
            "permission_issued_on-day": "1",
            "salary_promised": "2000",
            "salary_written": "1500",
            "salary_currency": "SAR",
            "fee-registration": "9000",
            "receipt-registration": "y",
            "documents": ["visa", "passport"],
            "result": "nothing_wrong_found",
            "finishes": "y",
        },
    )
    for said in ("The permission ended on 29 Jan 2026", "less than promised", "more than published"):
        assert said in page.text
    check = db.session.scalars(select(JobOfferCheck)).one()
    assert check.fees == [
        {"kind": "registration", "amount_minor": 900_000, "currency": "PKR", "has_receipt": True}
    ]
    assert (check.status, check.salary_promised_minor) == (OfferStatus.CHECKED, 200_000)
    one = f"{url}/{check.id}"
    db.session.commit()
    counsellor.post(one, {}, form=f"{one}/tell")
    db.session.expire_all()
    assert (check.status, check.told_at is not None) == (OfferStatus.TOLD, True)


@pytest.mark.parametrize("language", ["en", "ur", "ps", "fa_AF", "ar", "ckb"])
def test_the_letter_is_a_paper_in_each_language(
    quiet_case: Case, offer: JobOfferCheck, identity: People, client: Clients, language: str
) -> None:
    service.finish_job_offer(quiet_case, offer, by=identity("counsellor-lahore"))
    db.session.commit()
    answer = client("counsellor-lahore").http.get(
        f"/cases/{quiet_case.id}/job-offers/{offer.id}/letter/{language}"
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    if language != "ur":
        # The Latin letters of the Urdu font carry no text that can be taken out of a paper again.
        assert "2233/LHR" in text
    if language == "en":
        for said in ("Doubts", "The employer is not named", "valid until 29 Jan 2026", "did not see"):
            assert said in " ".join(text.split())
    assert "cases:job_offer:letter_made" in db.session.scalars(select(AuditEvent.tag)).all()


def test_a_draft_has_no_letter(quiet_case: Case, offer: JobOfferCheck, client: Clients) -> None:
    url = f"/cases/{quiet_case.id}/job-offers/{offer.id}/letter/en"
    db.session.commit()
    assert client("counsellor-lahore").http.get(url).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"result": None}, "result"),
        ({"doubts": None}, "doubts"),
        ({"result": OfferResult.COULD_NOT_CHECK}, "not_checked"),
        ({"licence_source": None}, "licence_source"),
        ({"result": OfferResult.NOTHING_WRONG_FOUND, "licence_state": None}, "licence_state"),
    ],
)
def test_a_result_says_no_more_than_was_looked_up(
    quiet_case: Case, offer: JobOfferCheck, identity: People, changed: dict[str, object], field: str
) -> None:
    by = identity("counsellor-lahore")
    service.change_job_offer(quiet_case, offer, changed, by=by)
    with pytest.raises(Refused) as refused:
        service.finish_job_offer(quiet_case, offer, by=by)
    assert list(refused.value.fields) == [field]


def test_a_result_that_stands_is_taken_back_before_it_is_changed(
    quiet_case: Case, offer: JobOfferCheck, identity: People
) -> None:
    by = identity("counsellor-lahore")
    service.finish_job_offer(quiet_case, offer, by=by)
    with pytest.raises(Refused, match="Take it back"):
        service.change_job_offer(quiet_case, offer, {"employer": "another"}, by=by)
    service.take_back_job_offer(quiet_case, offer, by=by)
    service.change_job_offer(quiet_case, offer, {"employer": "another"}, by=by)
    db.session.commit()
    assert (offer.status, offer.employer, offer.checked_at) == (OfferStatus.DRAFT, "another", None)


def test_who_looked_the_licence_up_is_who_changed_it(
    quiet_case: Case, offer: JobOfferCheck, identity: People
) -> None:
    manager = identity("manager-lahore")
    service.change_job_offer(quiet_case, offer, {"licence_state": "expired"}, by=manager)
    assert offer.licence_checked_by_id == manager.user_id


def test_two_people_go_on_with_one_check(quiet_case: Case, offer: JobOfferCheck, client: Clients) -> None:
    url = f"/cases/{quiet_case.id}/job-offers/{offer.id}/edit"
    db.session.commit()
    mine, theirs = client("counsellor-lahore"), client("manager-lahore")
    opened = mine.get(url)
    theirs.post(url, {"fee-visa": "5000", "documents": ["visa"]})
    mine.submit(opened, {"occupation": "cleaner"})
    db.session.expire_all()
    assert (offer.occupation, offer.documents, len(offer.fees)) == ("cleaner", ["visa"], 1)
    assert (offer.employer, offer.licence_checked_on) == ("Gulf Clean", date(2026, 3, 1))


def test_outside_pakistan_there_is_nothing_to_check_against(
    open_in: Callable[..., Case], identity: People, client: Clients
) -> None:
    case = open_in("EBL", "counsellor-erbil")
    with pytest.raises(Refused):
        service.start_job_offer(case, CHECKED, by=identity("counsellor-erbil"))
    db.session.rollback()
    counsellor = client("counsellor-erbil")
    assert counsellor.http.get(f"/cases/{case.id}/job-offers/new").status_code == 404
    assert "Job-offer checks" not in counsellor.get(f"/cases/{case.id}").text
