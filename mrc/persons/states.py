"""The closed sets of the persons package. Lists that a centre may change are vocabulary, not these."""

from __future__ import annotations

from enum import StrEnum


class AddressKind(StrEnum):
    """How an address is reached."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"
    EMAIL = "email"


class AddressRelation(StrEnum):
    """Whose address it is, seen from the person."""

    SELF = "self"
    SHARED = "shared"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"


class NameKind(StrEnum):
    """Which of a person's names a search key was made from."""

    OWN = "own"
    FATHER = "father"


class ConsentMode(StrEnum):
    """How consent was given (IOM Migrant Centres Toolkit: verbal consent is certified in
    writing by staff).
    """

    WRITTEN = "written"
    AUDIO = "audio"
    VIDEO = "video"
    VERBAL = "verbal"


class ConsentPurpose(StrEnum):
    """What a person agreed to."""

    SERVICE = "service"
    CONTACT_WHATSAPP = "contact_whatsapp"
    CONTACT_PHONE = "contact_phone"
    CONTACT_SMS = "contact_sms"
    STATISTICS = "statistics"


class PairStatus(StrEnum):
    """What was made of two files that look like one person's."""

    SUSPECTED = "suspected"
    DISTINCT = "distinct"
    MERGED = "merged"
