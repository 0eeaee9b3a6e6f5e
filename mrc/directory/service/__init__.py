"""Keeping the directory."""

from __future__ import annotations

from mrc.directory.service.focal_points import (
    FocalPointDetails,
    add_focal_point,
    change_focal_point,
    say_left,
)
from mrc.directory.service.offers import OfferDetails, add_offer, change_offer, end_offer
from mrc.directory.service.partners import (
    PartnerDetails,
    add_partner,
    change_partner,
    close_partner,
    reopen_partner,
    verify_partner,
)

__all__ = [
    "FocalPointDetails",
    "OfferDetails",
    "PartnerDetails",
    "add_focal_point",
    "add_offer",
    "add_partner",
    "change_focal_point",
    "change_offer",
    "change_partner",
    "close_partner",
    "end_offer",
    "reopen_partner",
    "say_left",
    "verify_partner",
]
