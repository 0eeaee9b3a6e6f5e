"""Keeping the directory: who may, what is refused, what is written down, and what a page shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.directory import queries, service
from mrc.directory.matching import Profile
from mrc.directory.models import FocalPoint, Partner, ServiceOffer
from mrc.directory.queries import PartnerFilter
from mrc.directory.service import FocalPointDetails, OfferDetails, PartnerDetails
from tests.support.pages import PageClient

pytestmark = pytest.mark.usefixtures("context")
Identities = Callable[[str], Identity]
Client = Callable[..., PageClient]
CLINIC = PartnerDetails("Legal Clinic", "legal_service", names={"ur": "قانونی کلینک"}, district="PK6")
KEEPERS = ("manager-lahore", "coordinator-pakistan")
OTHERS = ("counsellor-lahore", "frontdesk-lahore", "manager-erbil", "analyst", "admin", "auditor")


def add(identity: Identities, details: PartnerDetails = CLINIC, country: str = "PK") -> Partner:
    by = identity("manager-lahore" if country == "PK" else "manager-erbil")
    partner = service.add_partner(details, country, by=by)
    db.session.commit()
    return partner


def added(identity: Identities, details: PartnerDetails = CLINIC, *offers: OfferDetails) -> UUID:
    """The key of a new partner of Pakistan, with the session at rest."""
    partner = add(identity, details)
    for offer in offers:
        service.add_offer(partner, offer, by=identity(KEEPERS[0]))
    key = partner.id
    db.session.commit()
    db.session.rollback()
    return key


def names(identity: Identity, **wanted: Any) -> list[str]:
    return [partner.name for partner in queries.list_partners(identity, PartnerFilter(**wanted), None).items]


@pytest.mark.parametrize("username", KEEPERS)
def test_who_keeps_it_adds_changes_and_closes(identity: Identities, username: str) -> None:
    by = identity(username)
    partner = service.add_partner(CLINIC, "PK", by=by)
    service.change_partner(partner, replace(CLINIC, email="clinic@example.org"), by=by)
    service.verify_partner(partner, by=by)
    service.close_partner(partner, by=by)
    service.close_partner(partner, by=by)
    service.reopen_partner(partner, by=by)
    db.session.commit()
    tags = list(db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == partner.id)))
    assert sorted(tags) == [f"directory:partner:{what}" for what in ("added", "changed", "closed", "reopened",
                                                                    "verified")]  # fmt: skip


@pytest.mark.parametrize("username", OTHERS)
def test_nobody_else_does(identity: Identities, username: str) -> None:
    by = identity(username)
    with pytest.raises(Forbidden):
        service.add_partner(CLINIC, "PK", by=by)
    partner = add(identity)
    offer = service.add_offer(partner, OfferDetails("legal_advice"), by=identity("manager-lahore"))
    someone = FocalPointDetails("Nadia", phone="+923005550612")
    focal_point = service.add_focal_point(partner, someone, by=identity("manager-lahore"))
    for act in (
        lambda: service.change_partner(partner, CLINIC, by=by),
        lambda: service.verify_partner(partner, by=by),
        lambda: service.close_partner(partner, by=by),
        lambda: service.add_offer(partner, OfferDetails("legal_advice"), by=by),
        lambda: service.change_offer(offer, OfferDetails("legal_advice"), by=by),
        lambda: service.end_offer(offer, by=by),
        lambda: service.add_focal_point(partner, someone, by=by),
        lambda: service.change_focal_point(focal_point, someone, by=by),
        lambda: service.say_left(focal_point, by=by),
    ):
        with pytest.raises(Forbidden):
            act()
    db.session.rollback()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": "circus"}, "kind"),
        ({"district": "AF01"}, "district"),
        ({"email": "no address"}, "email"),
        ({"email": "a@b@c.org"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "https://"}, "website"),
        ({"website": "https://[::1"}, "website"),
        ({"agreement_from": date(2026, 3, 2), "agreement_until": date(2026, 3, 1)}, "agreement_until"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(identity: Identities, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        service.add_partner(replace(CLINIC, **wrong), "PK", by=identity("manager-lahore"))
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"service": "magic"}, "service"), ({"age_from": 40, "age_to": 18}, "age_to"),
     ({"districts": ["AF01"]}, "districts")],
)  # fmt: skip
def test_an_offer_that_cannot_be_is_refused(identity: Identities, wrong: dict[str, Any], field: str) -> None:
    partner = add(identity)
    with pytest.raises(Refused) as refusal:
        service.add_offer(
            partner, OfferDetails(**({"service": "legal_advice"} | wrong)), by=identity(KEEPERS[0])
        )
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": ""}, "phone"),
        ({"email": "x"}, "email"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_focal_point_needs_a_name_and_a_way(
    identity: Identities, wrong: dict[str, Any], field: str
) -> None:
    partner = add(identity)
    details = FocalPointDetails(**({"name": "Nadia", "phone": "+923005550612"} | wrong))
    with pytest.raises(Refused) as refusal:
        service.add_focal_point(partner, details, by=identity(KEEPERS[0]))
    assert set(refusal.value.fields) == {field}


def test_one_is_asked_first_and_nothing_of_them_stands_open(identity: Identities) -> None:
    partner, by = add(identity), identity(KEEPERS[0])
    for name in ("Nadia Rafiq", "Omar Sheikh"):
        details = FocalPointDetails(name, phone="+923005550612", email="n@example.org", is_first=True)
        service.add_focal_point(partner, details, by=by)
        db.session.commit()
    rows = db.session.scalars(select(FocalPoint)).all()
    assert [row.name for row in rows if row.is_first] == ["Omar Sheikh"]
    assert all(b"Nadia" not in (row.name_sealed or b"") for row in rows)
    audited = str([event.details for event in db.session.scalars(select(AuditEvent))])
    assert "Nadia" not in audited
    assert "923005550612" not in audited
    service.say_left(rows[1], by=by)
    db.session.commit()
    assert not rows[1].is_first


def test_it_is_found_by_name_in_any_script_place_kind_and_service(identity: Identities) -> None:
    partner, by = add(identity), identity(KEEPERS[0])
    service.add_offer(partner, OfferDetails("legal_advice"), by=by)
    db.session.commit()
    reader = identity("frontdesk-lahore")
    for wanted in (
        {"text": "legal"}, {"text": "CLINIC legal"}, {"text": "قانوني"}, {"text": "punjab"},
        {"text": "پنجاب"}, {"kind": "legal_service"}, {"service": "legal_advice"},
        {"district": "PK6"}, {"is_stale": True},
    ):  # fmt: skip
        assert names(reader, **wanted) == ["Legal Clinic"], wanted
    for wanted in (
        {"text": "circus"}, {"text": "legal circus"}, {"kind": "ngo"}, {"service": "cash"},
        {"district": "PK5"}, {"is_closed": True},
    ):  # fmt: skip
        assert names(reader, **wanted) == [], wanted


def test_each_country_has_its_own(identity: Identities) -> None:
    erbil = add(identity, replace(CLINIC, district="IQG12"), "IQ")
    assert names(identity("manager-lahore")) == []
    assert names(identity("counsellor-erbil")) == ["Legal Clinic"]
    with pytest.raises(NotFound):
        queries.get_partner(erbil.id, by=identity("manager-lahore"))


def test_what_nobody_asked_about_for_half_a_year_is_counted(
    identity: Identities, clock: time_machine.Traveller
) -> None:
    partner, by = add(identity), identity(KEEPERS[0])
    assert (queries.count_stale(by), queries.count_stale(identity("counsellor-lahore"))) == (1, 0)
    service.verify_partner(partner, by=by)
    db.session.commit()
    clock.shift(timedelta(days=180))
    assert queries.count_stale(by) == 0
    clock.shift(timedelta(days=1))
    assert queries.count_stale(by) == 1


def test_an_ended_offer_and_a_closed_partner_are_found_no_more(identity: Identities) -> None:
    partner, by = add(identity), identity(KEEPERS[0])
    kept = service.add_offer(partner, OfferDetails("legal_advice"), by=by)
    ended = service.add_offer(partner, OfferDetails("legal_advice", details="old"), by=by)
    service.end_offer(ended, by=by)
    db.session.commit()
    reader = identity("counsellor-lahore")
    services = queries.services_of("legal")
    found = queries.find_offers(services, Profile(), by=reader)
    assert [one.offer.id for one in found] == [kept.id]
    assert queries.find_offers(services, Profile(), by=identity("counsellor-erbil")) == []
    service.close_partner(partner, by=by)
    db.session.commit()
    assert queries.find_offers(services, Profile(), by=reader) == []


class TestPages:
    """The pages, as the people of a centre meet them."""

    def test_a_manager_keeps_an_entry(self, client: Client, context: Flask) -> None:
        manager = client("manager-lahore")
        page = manager.post("/directory/new", {
            "name": "Shelter <b>Umeed</b>", "kind": "shelter", "name_ur": "امید", "district": "PK6",
            "address": "Street of roses 5", "is_address_secret": "y", "phone": "0423 5550130",
            "languages": ["ur", "ps"], "served": "women", "referral_method": "accompanied",
            "agreement_until-day": "1", "agreement_until-month": "3", "agreement_until-year": "2026",
        })  # fmt: skip
        assert "Shelter <b>Umeed</b>" in page.text
        assert "The agreement with them ended on" in page.text
        url = page.url
        offer = {"service": "safe_shelter", "sexes": ["female"], "cost": "free", "room": "open"}
        page = manager.post(f"{url}/offers/new", offer)
        assert "Safe shelter" in page.text
        nadia = {"name": "Nadia", "phone": "0300 5550613", "language": "ur"}
        page = manager.post(f"{url}/focal-points/new", nadia)
        assert "+92 300 5550613" in page.text
        page = manager.post(url, {}, form=f"{url}/verify")
        assert "The entry holds as of today" in page.text or "holds as of today" in page.text
        manager.post(f"{url}/edit", {"name": "Umeed"})
        partner = db.session.scalars(select(Partner)).one()
        assert (partner.name, partner.names, partner.phone) == ("Umeed", {"ur": "امید"}, "+924235550130")

    def test_two_who_change_the_same_field_see_both(self, client: Client, identity: Identities) -> None:
        url = f"/directory/{added(identity)}/edit"
        manager, coordinator = client("manager-lahore"), client("coordinator-pakistan")
        form = coordinator.get(url)
        manager.post(url, {"hours": "9 to 14"})
        page = coordinator.submit(form, {"hours": "9 to 15"}, status=409)
        assert "9 to 14" in page.html
        assert "9 to 15" in page.html

    def test_a_counsellor_finds_who_fits_and_why(self, client: Client, identity: Identities) -> None:
        women = OfferDetails("legal_advice", sexes=["female"], districts=["PK6"])
        partner_id = added(identity, CLINIC, women)
        counsellor = client("counsellor-lahore")
        page = counsellor.get("/directory/find?need=legal&sex=male&district=PK6")
        assert "does not fit" in page.text
        assert "not for people of this sex" in page.text
        assert "serves where they live" in page.text
        assert "No partner offers this." in counsellor.get("/directory/find?service=cash").text
        assert counsellor.get("/directory/find?age=old&need=legal").status == 200
        assert f"/directory/{partner_id}/edit" not in counsellor.get(f"/directory/{partner_id}").html

    @pytest.mark.parametrize(
        "username", ["counsellor-lahore", "manager-erbil", "analyst", "admin", "auditor"]
    )
    def test_others_change_nothing(self, client: Client, identity: Identities, username: str) -> None:
        partner_id = added(identity)
        stranger = client(username).http
        for path in ("edit", "verify", "close", "offers/new", "focal-points/new"):
            assert stranger.post(f"/directory/{partner_id}/{path}").status_code in {400, 403, 404}
        assert db.session.get_one(Partner, partner_id).verified_on is None
        assert db.session.scalars(select(ServiceOffer)).all() == []

    @pytest.mark.parametrize("language", ["en", "ur", "fa_AF", "ar", "xx"])
    def test_the_card_shows_what_the_client_needs_and_no_secret_address(
        self, client: Client, identity: Identities, language: str
    ) -> None:
        house = replace(CLINIC, address="Street of roses", is_address_secret=True, phone="+924235550130")
        hidden = added(identity, house)
        shown = added(identity, replace(CLINIC, address="Street of roses"))
        texts = []
        desk = client("frontdesk-lahore").http
        for key in (hidden, shown):
            answer = desk.get(f"/directory/{key}/card?language={language}")
            assert answer.content_type == "application/pdf"
            (page,) = PdfReader(BytesIO(answer.data)).pages
            texts.append(page.extract_text())
        assert "Street of roses" not in texts[0]
        assert "Street of roses" in texts[1]
        assert "5550130" in texts[0].replace(" ", "")
