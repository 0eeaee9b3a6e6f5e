"""The whole file of a person as their page shows it: a fixed number of questions, whatever is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from mrc.access.identity import Identity
from mrc.centres.models import Centre
from mrc.core import clock
from mrc.persons.models import Consent, IdentityDocument, Person, PersonAddress
from mrc.persons.queries.contact import list_also_used
from mrc.persons.queries.documents import list_documents, list_sharers
from mrc.persons.queries.family import HouseholdView, Relative, find_household, list_relatives
from mrc.persons.queries.files import list_addresses, list_consents
from mrc.persons.queries.rules import rules_of
from mrc.persons.rules import Beside, Rules, is_minor, missing_items
from mrc.persons.states import ConsentPurpose


@dataclass(frozen=True)
class PersonFile:
    """What stands in a file beside the person's own fields, and what is still missing in it."""

    links: Sequence[PersonAddress]
    also_used: Mapping[UUID, Sequence[Person]]
    consents: Sequence[Consent]
    documents: Sequence[IdentityDocument]
    sharers: Sequence[Person]
    relatives: Sequence[Relative]
    household: HouseholdView | None
    rules: Rules
    is_minor: bool
    missing: Sequence[str]

    @property
    def guardians(self) -> list[Relative]:
        """Who decides for the person now, among those whom the reader sees."""
        return [relative for relative in self.relatives if relative.decides and not relative.has_ended]


def read_file(person: Person, centre: Centre, *, by: Identity) -> PersonFile:
    """Everything that the person's page shows of the person, as the reader may see it."""
    today = clock.today_in(centre.time_zone)
    links, consents, documents = list_addresses(person), list_consents(person), list_documents(person)
    relatives, rules = list_relatives(person, by=by), rules_of(centre)
    minor = is_minor(person, centre.country, today)
    service = next((line for line in consents if line.purpose is ConsentPurpose.SERVICE), None)
    beside = Beside(
        has_address=bool(links),
        has_document=bool(documents),
        has_consent=service is not None and service.counts_on(today),
        has_guardian=any(relative.decides and not relative.has_ended for relative in relatives),
    )
    return PersonFile(
        links=links,
        also_used=list_also_used(person, by=by),
        consents=consents,
        documents=documents,
        sharers=list_sharers(person, documents, by=by),
        relatives=relatives,
        household=find_household(person, by=by),
        rules=rules,
        is_minor=minor,
        missing=missing_items(person, rules, beside, minor=minor),
    )
