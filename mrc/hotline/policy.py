"""Who sees a call: the staff of the centre whose line was called; a protected person's only those named."""

from __future__ import annotations

from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL, CentrePolicy, ChildPolicy, Team
from mrc.hotline.models import Call, Callback, Voicemail
from mrc.persons.models import PersonMember

CALLS = CentrePolicy(
    Call,
    Permission.CALL_VIEW,
    level="confidentiality",
    # Whoever spoke to them writes it down, unless the person was sealed: then the named people alone.
    team=Team(
        PersonMember.person_id,
        PersonMember.user_id,
        key="person_id",
        owner="served_by_id",
        owner_up_to=PROTECTED_LEVEL,
    ),
    granted="person_id",
)
CALLBACKS = CentrePolicy(
    Callback,
    Permission.CALL_VIEW,
    level="confidentiality",
    team=Team(PersonMember.person_id, PersonMember.user_id, key="person_id"),
    granted="person_id",
)
VOICEMAILS = ChildPolicy(Voicemail, CALLS, "call_id")
