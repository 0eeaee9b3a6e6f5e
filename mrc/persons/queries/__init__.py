"""Finding persons and reading their files."""

from __future__ import annotations

from mrc.persons.queries.files import (
    SHOWN,
    exists_link,
    find_address,
    find_address_by_user_id,
    find_person,
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
    load_matches,
    matches_by_name,
    matches_by_number,
    matches_by_values,
    search_persons,
)
from mrc.persons.queries.hidden import list_hidden_matches, matches_among_protected
from mrc.persons.queries.timeline import address_rows, given_consent_rows, withdrawn_consent_rows

__all__ = [
    "COMMON",
    "MOST_CANDIDATES",
    "NAME_COLUMNS",
    "SHOWN",
    "FoundPerson",
    "address_rows",
    "exists_link",
    "find_address",
    "find_address_by_user_id",
    "find_person",
    "get_person",
    "given_consent_rows",
    "list_addresses",
    "list_consents",
    "list_hidden_matches",
    "list_persons",
    "list_persons_at",
    "load_matches",
    "matches_among_protected",
    "matches_by_name",
    "matches_by_number",
    "matches_by_values",
    "search_persons",
    "withdrawn_consent_rows",
]
