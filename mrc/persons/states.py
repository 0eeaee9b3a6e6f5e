"""The closed sets of the persons package. Lists that a centre may change are vocabulary, not these."""

from __future__ import annotations

from enum import StrEnum

from mrc.access.permissions import Permission
from mrc.audit.tags import Event
from mrc.core.states import Machine, Transition


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
    """What a person agreed to. Each is asked for, given and withdrawn alone."""

    SERVICE = "service"
    CONTACT_WHATSAPP = "contact_whatsapp"
    CONTACT_PHONE = "contact_phone"
    CONTACT_SMS = "contact_sms"
    CONTACT_EMAIL = "contact_email"
    CONTACT_VOICEMAIL = "contact_voicemail"
    SHARE_PARTNER = "share_partner"
    SHARE_CENTRE = "share_centre"
    PHOTO = "photo"
    VOICE_RECORDING = "voice_recording"
    STATISTICS = "statistics"
    DONOR_VISIT = "donor_visit"


SHARING = frozenset({ConsentPurpose.SHARE_PARTNER, ConsentPurpose.SHARE_CENTRE})
"""These name with whom."""


class ConsentGiver(StrEnum):
    """Who gave a consent."""

    SELF = "self"
    GUARDIAN = "guardian"
    CAREGIVER = "caregiver"


class ChildAssent(StrEnum):
    """What a child said beside the consent of whoever decides for them."""

    GIVEN = "given"
    REFUSED = "refused"


class DocumentStatus(StrEnum):
    """Where an identity document is. Removed ones were written down in error; nothing is deleted."""

    HELD = "held"
    LOST = "lost"
    WITHHELD = "withheld"
    REMOVED = "removed"


class FieldRule(StrEnum):
    """Whether a field of the registration is needed for service, may be asked, or is not shown."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    HIDDEN = "hidden"


class PairStatus(StrEnum):
    """What was made of two files that look like one person's."""

    SUSPECTED = "suspected"
    DISTINCT = "distinct"
    MERGED = "merged"


D = DocumentStatus
CHANGED = Event.DOCUMENT_CHANGED

DOCUMENT = Machine(
    "identity_document",
    [
        Transition("lose", (D.HELD, D.WITHHELD), D.LOST, Permission.PERSON_EDIT, (), CHANGED),
        Transition("withhold", (D.HELD,), D.WITHHELD, Permission.PERSON_EDIT, (), CHANGED),
        Transition("find", (D.LOST, D.WITHHELD), D.HELD, Permission.PERSON_EDIT, (), CHANGED),
        Transition("remove", (D.HELD, D.LOST, D.WITHHELD), D.REMOVED, Permission.PERSON_EDIT, (), CHANGED),
    ],
)

INVERSES = {
    "parent": "child",
    "grandparent": "grandchild",
    "aunt_uncle": "niece_nephew",
    "parent_in_law": "child_in_law",
    "step_parent": "step_child",
    "guardian": "ward",
}
INVERSES |= {inverse: kind for kind, inverse in INVERSES.items()}


def inverse_of(kind: str) -> str:
    """What the other is to the first: a child for a parent; a sibling for a sibling."""
    return INVERSES.get(kind, kind)
