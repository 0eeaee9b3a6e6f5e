"""Reading the directory."""

from __future__ import annotations

from mrc.directory.queries.finding import Found, find_offers, services_of
from mrc.directory.queries.partners import (
    PartnerFilter,
    count_stale,
    get_focal_point,
    get_offer,
    get_partner,
    list_partners,
)

__all__ = [
    "Found",
    "PartnerFilter",
    "count_stale",
    "find_offers",
    "get_focal_point",
    "get_offer",
    "get_partner",
    "list_partners",
    "services_of",
]
