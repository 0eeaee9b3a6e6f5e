"""Who sees a broadcast: those of its centre who write or approve such messages."""

from __future__ import annotations

from mrc.access.permissions import Permission
from mrc.access.policy import CentrePolicy
from mrc.outreach.models import Broadcast

BROADCASTS = CentrePolicy(Broadcast, Permission.BROADCAST_WRITE)
