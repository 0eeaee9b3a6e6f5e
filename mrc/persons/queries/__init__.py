"""Finding persons and reading their files."""

from __future__ import annotations

from mrc.persons.queries.files import (
    SHOWN,
    find_address,
    find_address_by_user_id,
    get_person,
    list_addresses,
    list_consents,
    list_persons,
    list_persons_at,
)
from mrc.persons.queries.finding import (
    COMMON,
    MOST_CANDIDATES,
    NAME_COLUMNS,
    FoundPerson,
    find_largest_centre_id,
    list_with_old_keys,
    load_matches,
    matches_by_name,
    matches_by_number,
    matches_by_values,
    search_persons,
)

__all__ = [
    "COMMON",
    "MOST_CANDIDATES",
    "NAME_COLUMNS",
    "SHOWN",
    "FoundPerson",
    "find_address",
    "find_address_by_user_id",
    "find_largest_centre_id",
    "get_person",
    "list_addresses",
    "list_consents",
    "list_persons",
    "list_persons_at",
    "list_with_old_keys",
    "load_matches",
    "matches_by_name",
    "matches_by_number",
    "matches_by_values",
    "search_persons",
]
