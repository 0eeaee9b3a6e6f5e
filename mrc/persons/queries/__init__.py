"""Finding persons and reading their files."""

from __future__ import annotations

from mrc.persons.queries.contact import (
    exists_link,
    has_consent,
    has_withdrawn,
    list_addresses_of,
    list_also_used,
)
from mrc.persons.queries.documents import (
    document_index,
    find_persons_by_document,
    list_documents,
    list_sharers,
)
from mrc.persons.queries.family import (
    HouseholdView,
    Relative,
    exists_relation,
    find_household,
    find_membership,
    get_relation,
    list_heads,
    list_relatives,
)
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
    load_matches,
    matches_by_name,
    matches_by_number,
    matches_by_values,
    search_persons,
)
from mrc.persons.queries.rules import find_rule, rule_version, rules_of
from mrc.persons.queries.whole import PersonFile, read_file

__all__ = [
    "COMMON",
    "MOST_CANDIDATES",
    "NAME_COLUMNS",
    "SHOWN",
    "FoundPerson",
    "HouseholdView",
    "PersonFile",
    "Relative",
    "document_index",
    "exists_link",
    "exists_relation",
    "find_address",
    "find_address_by_user_id",
    "find_household",
    "find_membership",
    "find_persons_by_document",
    "find_rule",
    "get_person",
    "get_relation",
    "has_consent",
    "has_withdrawn",
    "list_addresses",
    "list_addresses_of",
    "list_also_used",
    "list_consents",
    "list_documents",
    "list_heads",
    "list_persons",
    "list_persons_at",
    "list_relatives",
    "list_sharers",
    "load_matches",
    "matches_by_name",
    "matches_by_number",
    "matches_by_values",
    "read_file",
    "rule_version",
    "rules_of",
    "search_persons",
]
