"""Partners of the demo: offices that exist by kind, with addresses and people that do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.accounts.models import User
from mrc.core import clock
from mrc.core.db import db
from mrc.directory.models import Partner
from mrc.directory.service import (
    FocalPointDetails,
    OfferDetails,
    PartnerDetails,
    add_focal_point,
    add_offer,
    add_partner,
)
from mrc.directory.states import Cost, ReferralMethod, Room, Served

DEMO = Identity.system("demo")


@dataclass(frozen=True)
class DemoPartner:
    """One entry, and how long ago it was verified; None for never."""

    country: str
    details: PartnerDetails
    offers: tuple[OfferDetails, ...]
    focal_points: tuple[FocalPointDetails, ...] = ()
    verified_days_ago: int | None = 30
    verified_by: str = field(default="manager-lahore")


def _offer(service: str, **given: object) -> OfferDetails:
    return OfferDetails(service, **given)  # type: ignore[arg-type]


PARTNERS = (
    DemoPartner(
        "PK",
        PartnerDetails(
            "Protector of Emigrants, Lahore", "government_central",
            names={"ur": "پروٹیکٹر آف ایمیگرینٹس، لاہور"}, district="PK6",
            address="Office block, third floor, near the central post office", phone="+924235550110",
            hours="Monday to Friday, 9 to 16", languages=["ur", "en", "pa"],
            referral_method=ReferralMethod.LETTER,
        ),
        (
            _offer("job_offer_check", details="Checks the licence of a promoter and the permission of a demand.",
                   requires="Passport, contract, receipts", nationalities=["PK"], cost=Cost.FREE,
                   room=Room.OPEN),
            _offer("attestation", nationalities=["PK"], cost=Cost.PAID, room=Room.OPEN),
        ),
        (FocalPointDetails("Mr Tariq Mehmood", "Counter 4", "+923005550611", language="ur", is_first=True),),
    ),
    DemoPartner(
        "PK",
        PartnerDetails(
            "Legal Aid Clinic for Workers", "legal_service", names={"ur": "مزدوروں کا قانونی کلینک"},
            district="PK6", address="Beside the district courts, gate 2", phone="+924235550120",
            email="clinic@legal-aid.example", hours="Monday to Saturday, 10 to 17", languages=["ur", "pa"],
        ),
        (
            _offer("legal_advice", details="Advice, letters to agents, representation before the labour court.",
                   cost=Cost.FREE, room=Room.WAITING_LIST, wait_days=7, districts=["PK6"]),
        ),
        (FocalPointDetails("Ms Nadia Rafiq", "Lawyer on duty", "+923005550612", "nadia@legal-aid.example",
                           "ur", is_first=True),),
    ),
    DemoPartner(
        "PK",
        PartnerDetails(
            "Safe House for Women", "shelter", names={"ur": "خواتین کے لیے محفوظ گھر"}, district="PK6",
            address="Known to the focal point", is_address_secret=True, phone="+924235550130",
            languages=["ur", "ps", "pa"], served=Served.WOMEN, referral_method=ReferralMethod.ACCOMPANIED,
            method_note="Call first, at any hour. Never send anybody alone and never write down where it is.",
        ),
        (
            _offer("safe_shelter", details="Up to three months, children stay with their mother.",
                   sexes=["female"], cost=Cost.FREE, room=Room.OPEN),
            _offer("womens_services", sexes=["female"], cost=Cost.FREE, room=Room.OPEN),
        ),
        (FocalPointDetails("Duty telephone", "Day and night", "+923005550613", language="ur", is_first=True),),
    ),
    DemoPartner(
        "PK",
        PartnerDetails(
            "Vocational Training Council, Gujrat Institute", "school",
            names={"ur": "فنی تربیتی کونسل، گجرات"}, district="PK6", address="Bhimber Road",
            phone="+925335550140", hours="Monday to Friday, 8 to 14", languages=["ur", "pa"],
        ),
        (
            _offer("vocational_training", details="Welding, electrics, tailoring, computer courses.",
                   requires="Identity card, school certificate", age_from=16, age_to=40, cost=Cost.REDUCED,
                   room=Room.OPEN),
        ),
        verified_days_ago=260,
    ),
    DemoPartner(
        "PK",
        PartnerDetails(
            "Counselling Line Umeed", "ngo", names={"ur": "امید مشاورت"}, phone="+924235550150",
            hours="Every day, 9 to 21", languages=["ur", "ps", "pa", "en"],
            referral_method=ReferralMethod.PHONE,
        ),
        (_offer("counselling", details="By telephone, also at night by arrangement.", cost=Cost.FREE,
                room=Room.OPEN),),
        verified_days_ago=None,
    ),
    DemoPartner(
        "IQ",
        PartnerDetails(
            "Coordination Centre for Returnees, Erbil", "government_local",
            names={"ckb": "ناوەندی هەماهەنگیی گەڕاوەکان", "ar": "مركز تنسيق العائدين"},
            district="IQG12", phone="+964662550110", hours="Sunday to Thursday, 9 to 14",
            languages=["ckb", "ar", "en"],
        ),
        (
            _offer("reintegration_programme", client_types=["returnee"], cost=Cost.FREE, room=Room.OPEN),
            _offer("job_placement", client_types=["returnee"], cost=Cost.FREE, room=Room.WAITING_LIST,
                   wait_days=30),
        ),
        (FocalPointDetails("Mr Karwan Aziz", "Referral desk", "+9647505550611", language="ckb",
                           is_first=True),),
        verified_by="manager-erbil",
    ),
    DemoPartner(
        "IQ",
        PartnerDetails(
            "Erbil Psychosocial Centre", "health", names={"ckb": "ناوەندی دەروونی و کۆمەڵایەتیی هەولێر"},
            district="IQG12", phone="+964662550120", languages=["ckb", "ar"], served=Served.SEPARATE,
        ),
        (_offer("counselling", cost=Cost.FREE, room=Room.FULL, wait_days=45),),
        verified_by="manager-erbil",
    ),
    DemoPartner(
        "AF",
        PartnerDetails(
            "Directorate of Refugees and Returnees, Kabul", "government_local",
            names={"fa_AF": "ریاست مهاجرین و عودت‌کنندگان، کابل", "ps": "د کابل د کډوالو او راستنېدونکو ریاست"},
            district="AF01", phone="+93202550110", languages=["fa_AF", "ps"],
        ),
        (
            _offer("relief_items", client_types=["returnee", "idp"], cost=Cost.FREE, room=Room.OPEN),
            _offer("identity_papers", nationalities=["AF"], cost=Cost.REDUCED, room=Room.OPEN),
        ),
        verified_by="manager-kabul",
    ),
)  # fmt: skip


def make_partners() -> None:
    """The partners of the demo, each with what it offers."""
    today = clock.now().date()
    for shipped in PARTNERS:
        partner = add_partner(shipped.details, shipped.country, by=DEMO)
        for offer in shipped.offers:
            add_offer(partner, offer, by=DEMO)
        for focal_point in shipped.focal_points:
            add_focal_point(partner, focal_point, by=DEMO)
        if shipped.verified_days_ago is not None:
            _verify(partner, shipped, today - timedelta(days=shipped.verified_days_ago))
    db.session.flush()


def _verify(partner: Partner, shipped: DemoPartner, day: object) -> None:
    keeper = db.session.scalars(select(User.id).where(User.username == shipped.verified_by)).one()
    partner.verified_on, partner.verified_by_id = day, keeper  # type: ignore[assignment]
