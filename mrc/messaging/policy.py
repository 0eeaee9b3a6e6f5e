"""Who sees a thread: the staff of the centre whose line it came to; a protected person's only those named."""

from __future__ import annotations

from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL, CentrePolicy, ChildPolicy, Team
from mrc.messaging.models import Message, MessageMedia, Thread
from mrc.persons.models import PersonMember

THREADS = CentrePolicy(
    Thread,
    Permission.THREAD_VIEW,
    level="confidentiality",
    # Whoever holds it goes on with it, unless the person was sealed: then the named people alone.
    team=Team(
        PersonMember.person_id,
        PersonMember.user_id,
        key="person_id",
        owner="assignee_id",
        owner_up_to=PROTECTED_LEVEL,
    ),
    granted="person_id",
)
MESSAGES = ChildPolicy(Message, THREADS, "thread_id")
MEDIA = ChildPolicy(MessageMedia, THREADS, "thread_id")
