"""Who reads and keeps the directory of a country: those who hold the right in one of its centres."""

from __future__ import annotations

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.centres.queries import list_centres


def countries_of(identity: Identity, permission: Permission) -> list[str]:
    """The countries in which somebody holds a right, by code."""
    return sorted({centre.country for centre in list_centres(identity.centres(permission))})


def may_keep(identity: Identity, country: str) -> bool:
    """True when somebody may change the entries of a country."""
    return country in countries_of(identity, Permission.DIRECTORY_MANAGE)
