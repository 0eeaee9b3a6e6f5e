"""The consent ledger: purposes, wording versions, who gives it for a child, withdrawal, and the paper."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.centres.queries import get_centre
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.i18n.locales import LOCALES
from mrc.persons.models import Consent, Person
from mrc.persons.queries import has_consent, has_withdrawn
from mrc.persons.service import NewConsent, change_rules, record_consent, withdraw_consent
from mrc.persons.states import ChildAssent, ConsentGiver, ConsentMode, ConsentPurpose
from mrc.persons.wordings import DATA, current_wording, wordings
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
Registered = Callable[..., Person]
People = Callable[[str], Identity]
Purpose = ConsentPurpose
PUBLISHED = {"2026-01": "3c84ed541033a7f09f381b66baf08c3c23510f9c7a692cfa06690685fd330744"}
"""A digest of every version that was ever read to anybody. A changed wording is a new version."""


def given(person: Person, by: Identity, **values: object) -> Consent:
    known = {"purpose": Purpose.SERVICE, "mode": ConsentMode.VERBAL, "language": "ur"} | values
    consent = record_consent(person, NewConsent(**known), by=by)  # type: ignore[arg-type]
    db.session.commit()
    return consent


def test_a_published_wording_never_changes() -> None:
    content = json.loads(DATA.read_text(encoding="utf-8"))["versions"]
    digests = {
        known["version"]: hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
        for known in content
    }
    assert digests == PUBLISHED


def test_every_purpose_is_worded_in_six_languages() -> None:
    for wording in wordings().values():
        assert set(wording.languages) == set(LOCALES)
        for purpose in Purpose:
            assert set(wording.purposes[purpose.value]) == set(LOCALES)
        assert all(set(words) == set(LOCALES) for words in wording.form.values())


def test_a_line_names_the_words_that_were_read(registered: Registered, counsellor: Identity) -> None:
    consent = given(registered(), counsellor)
    assert consent.wording_version == current_wording().version
    assert consent.wording_version in wordings()


def test_nothing_said_is_no_consent(registered: Registered, counsellor: Identity) -> None:
    person = registered()
    assert not has_consent(person.id, Purpose.STATISTICS)
    assert not has_withdrawn(person.id, Purpose.STATISTICS)


def test_withdrawal_counts_at_once_and_may_be_undone_by_a_new_line_only(
    registered: Registered, counsellor: Identity, clock: time_machine.Traveller
) -> None:
    person = registered()
    consent = given(person, counsellor, purpose=Purpose.CONTACT_WHATSAPP)
    assert has_consent(person.id, Purpose.CONTACT_WHATSAPP)
    withdraw_consent(consent, by=counsellor, reason="a cousin reads it")
    db.session.commit()
    assert not has_consent(person.id, Purpose.CONTACT_WHATSAPP)
    assert has_withdrawn(person.id, Purpose.CONTACT_WHATSAPP)
    assert (consent.withdrawn_by_id, consent.withdrawn_reason) == (counsellor.user_id, "a cousin reads it")
    clock.shift(timedelta(hours=1))
    given(person, counsellor, purpose=Purpose.CONTACT_WHATSAPP)
    assert has_consent(person.id, Purpose.CONTACT_WHATSAPP)
    assert not has_withdrawn(person.id, Purpose.CONTACT_WHATSAPP)


def test_a_consent_ends_on_its_last_day(
    registered: Registered, counsellor: Identity, clock: time_machine.Traveller
) -> None:
    person = registered()
    given(person, counsellor, expires_on=date(2026, 3, 3))
    clock.shift(timedelta(days=1))
    assert has_consent(person.id, Purpose.SERVICE)
    clock.shift(timedelta(days=1))
    assert not has_consent(person.id, Purpose.SERVICE)


def test_sharing_with_one_is_not_sharing_with_another(registered: Registered, counsellor: Identity) -> None:
    person = registered()
    with pytest.raises(Refused) as refused:
        given(person, counsellor, purpose=Purpose.SHARE_PARTNER)
    assert list(refused.value.fields) == ["recipient"]
    given(person, counsellor, purpose=Purpose.SHARE_PARTNER, recipient="Edhi Foundation")
    assert has_consent(person.id, Purpose.SHARE_PARTNER, "edhi  foundation")
    assert not has_consent(person.id, Purpose.SHARE_PARTNER, "Red Crescent")


class TestAMinor:
    """Somebody decides for them, and from twelve on they are asked too."""

    @pytest.mark.parametrize(
        ("birth", "values", "fields"),
        [
            ("2014-03-03", {}, {"given_by"}),
            ("2020", {"given_by": ConsentGiver.GUARDIAN}, {"giver_name"}),
            ("2012", {"given_by": ConsentGiver.GUARDIAN, "giver_name": "Gul Khan"}, {"child_assent"}),
        ],
    )
    def test_is_not_taken_for_an_adult(
        self,
        registered: Registered,
        counsellor: Identity,
        birth: str,
        values: dict[str, object],
        fields: set[str],
    ) -> None:
        with pytest.raises(Refused) as refused:
            given(registered(birth=birth), counsellor, **values)
        assert set(refused.value.fields) == fields

    def test_is_served_with_a_guardian_and_their_own_yes(
        self, registered: Registered, counsellor: Identity
    ) -> None:
        child = registered(birth="2012")
        by_guardian = {"given_by": ConsentGiver.GUARDIAN, "giver_name": "Gul Khan"}
        given(child, counsellor, child_assent=ChildAssent.GIVEN, **by_guardian)
        assert has_consent(child.id, Purpose.SERVICE)

    def test_may_say_no_and_then_nothing_counts(self, registered: Registered, counsellor: Identity) -> None:
        child = registered(birth="2012")
        by_guardian = {"given_by": ConsentGiver.GUARDIAN, "giver_name": "Gul Khan"}
        given(child, counsellor, child_assent=ChildAssent.REFUSED, **by_guardian)
        assert not has_consent(child.id, Purpose.SERVICE)

    def test_is_adult_on_the_eighteenth_birthday(self, registered: Registered, counsellor: Identity) -> None:
        given(registered(birth="2008-03-02"), counsellor)
        with pytest.raises(Refused):
            given(registered(birth="2008-03-03"), counsellor)

    def test_is_registered_with_the_guardians_consent_on_one_page(
        self, counsellor: Identity, clients_of: Clients
    ) -> None:
        desk = clients_of("frontdesk-lahore")
        typed = {"name": "Zarghuna", "birth-year": "2015", "consent": "y"}
        again = desk.post("/persons/new", typed, form="register", status=422)
        assert "A minor does not decide alone" in again.text
        desk.submit(again, {"given_by": "guardian", "giver_name": "Gul Khan"}, form="register")
        assert db.session.scalars(select(Consent)).one().giver_name == "Gul Khan"


def test_a_photo_needs_a_centre_that_takes_them(
    registered: Registered, counsellor: Identity, identity: People, clients_of: Clients
) -> None:
    person = registered()
    with pytest.raises(Refused) as refused:
        given(person, counsellor, purpose=Purpose.PHOTO)
    assert list(refused.value.fields) == ["purpose"]
    url = f"/persons/{person.id}/consents/new"
    page = clients_of("counsellor-lahore").get(url)
    assert not page.find("input", name="purpose", value="photo")
    person = db.session.scalars(select(Person)).one()
    change_rules(get_centre(person.centre_id), {}, takes_photos=True, by=identity("admin"))
    db.session.commit()
    given(person, counsellor, purpose=Purpose.PHOTO)


def test_nobody_records_or_withdraws_in_another_centre(
    registered: Registered, counsellor: Identity, identity: People
) -> None:
    person = registered()
    consent = given(person, counsellor)
    with pytest.raises(Forbidden):
        given(person, identity("counsellor-erbil"))
    with pytest.raises(Forbidden):
        withdraw_consent(consent, by=identity("counsellor-erbil"))


def test_the_page_tells_first_and_takes_back_with_a_reason(
    registered: Registered, clients_of: Clients
) -> None:
    person_id = registered(languages=("ur",)).id
    desk = clients_of("frontdesk-lahore")
    page = desk.get(f"/persons/{person_id}/consents/new")
    assert current_wording().told("ur")[0] in page.text
    desk.submit(page, {"purpose": "share_partner", "recipient": "Edhi"}, form=None)
    consent_id = db.session.scalars(select(Consent.id)).one()
    db.session.rollback()
    page = desk.post(f"/persons/{person_id}/consents/{consent_id}/withdraw", {"reason": "changed my mind"})
    assert "withdrawn" in page.text
    assert "changed my mind" in page.text


@pytest.mark.parametrize(("language", "font"), [("ur", "Nastaliq"), ("ckb", "Naskh"), ("", "Vazirmatn")])
def test_the_form_is_printed_in_the_persons_language(
    registered: Registered, clients_of: Clients, language: str, font: str
) -> None:
    url = f"/persons/{registered(languages=('haz', 'fa_AF')).id}/consent-form?language={language}"
    answer = clients_of("frontdesk-lahore").http.get(url)
    assert answer.mimetype == "application/pdf"
    assert "Gul" not in answer.headers["Content-Disposition"]
    document = PdfReader(BytesIO(answer.get_data()))
    fonts = " ".join(
        str(one.get_object()["/BaseFont"])
        for page in document.pages
        for one in page["/Resources"]["/Font"].values()
    )
    assert font in fonts
