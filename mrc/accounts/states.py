"""What an account can be, what a link is for, and how far each role may be given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from mrc.access.roles import Role, ScopeKind


class AccountState(StrEnum):
    """Derived, never stored: invited until a password is chosen, locked while `locked_at` is set."""

    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"


class LinkPurpose(StrEnum):
    """What a handed-over link does."""

    INVITE = "invite"
    RESET = "reset"


class Digits(StrEnum):
    """Which digits a person reads; AUTO follows the language."""

    AUTO = "auto"
    LATIN = "latn"
    ARABIC = "arab"
    EXTENDED = "arabext"


IDLE_CHOICES = (15, 30, 60, 120, 240, 480)
"""Minutes after which a session on one's own device may end; a shared desk always has the first."""

PLACE = (ScopeKind.CENTRE, ScopeKind.COUNTRY)
ROLE_SCOPES: dict[Role, tuple[ScopeKind, ...]] = {
    Role.FRONT_DESK: PLACE,
    Role.COUNSELLOR: PLACE,
    Role.PROTECTION_OFFICER: PLACE,
    Role.CENTRE_MANAGER: PLACE,
    Role.COUNTRY_COORDINATOR: (ScopeKind.COUNTRY,),
    Role.ANALYST: (ScopeKind.CENTRE, ScopeKind.COUNTRY, ScopeKind.EVERYWHERE),
    Role.ADMINISTRATOR: (ScopeKind.EVERYWHERE,),
    Role.AUDITOR: (ScopeKind.EVERYWHERE,),
}
"""The scopes in which a role makes sense: nobody reads the cases of every country."""


@dataclass(frozen=True)
class RoleScope:
    """Where a role holds. As text `everywhere`, `country:PK` or `centre:<id>`."""

    kind: ScopeKind
    centre_id: UUID | None = None
    country: str | None = None

    def __str__(self) -> str:
        key = self.centre_id or self.country
        return f"{self.kind.value}:{key}" if key else self.kind.value

    @classmethod
    def of(cls, text: str) -> RoleScope:
        """Read the text form. Raises ValueError for anything else."""
        kind, _colon, key = text.partition(":")
        match ScopeKind(kind), key:
            case ScopeKind.EVERYWHERE, "":
                return EVERYWHERE
            case ScopeKind.CENTRE, _:
                return cls(ScopeKind.CENTRE, centre_id=UUID(key))
            case ScopeKind.COUNTRY, _ if key:
                return cls(ScopeKind.COUNTRY, country=key)
        raise ValueError(f"not a scope: {text}")


EVERYWHERE = RoleScope(ScopeKind.EVERYWHERE)
