"""One rule per resource, used twice: on an object and inside a query. A property test proves that both agree.

Confidentiality: 0 general and 1 personal are read by whoever holds the permission in the centre; 2 protected
by the team, and by those who hold `protected_view` there; 3 sealed by the named people only, its existence
hidden. A live break-glass grant opens one record for one person, never a sealed one. What is about a person
whom the reader may not see is hidden too, or a list would name them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from mrc.access.identity import Identity, Scope
from mrc.access.permissions import Permission
from mrc.core.db import db
from mrc.core.errors import NotFound

Columns = TypeVarTuple("Columns")

OPEN_LEVEL = 1
PROTECTED_LEVEL = 2
SEALED_LEVEL = 3


def in_scope(column: Any, scope: Scope) -> ColumnElement[bool]:
    """The condition that a centre column lies in a scope."""
    if scope.everywhere:
        return true()
    return column.in_(sorted(scope.ids)) if scope.ids else false()


@dataclass(frozen=True)
class Team:
    """Who belongs to a record by name: a membership table, and a column of the record itself.

    `of` and `user` are columns of the membership class; `key` is the record's column that `of` points at (a
    consultation points at its case); `owner` is a column of the record, such as its counsellor, and counts up
    to the level `owner_up_to`. With `unless` the membership counts only where that column is empty.
    """

    of: InstrumentedAttribute[UUID]
    user: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
    key: str = "id"
    owner: str | None = None
    owner_up_to: int = SEALED_LEVEL
    unless: str | None = None

    def includes(self, model: Any, identity: Identity, level: Any) -> ColumnElement[bool]:
        """The condition that the identity is in the team of a row; `level` is the row's level column."""
        is_named = getattr(model, self.key).in_(select(self.of).where(self.user == identity.user_id))
        if self.unless:
            is_named = and_(getattr(model, self.unless).is_(None), is_named)
        if not self.owner:
            return is_named
        is_owner = getattr(model, self.owner) == identity.user_id
        if self.owner_up_to < SEALED_LEVEL:
            is_owner = and_(is_owner, level <= self.owner_up_to)
        return or_(is_named, is_owner)

    def has(self, row: Any, identity: Identity, level: int) -> bool:
        """True when the identity is in the team of this row, whose level is given."""
        if self.owner and level <= self.owner_up_to and getattr(row, self.owner) == identity.user_id:
            return True
        if (key := getattr(row, self.key)) is None:
            return False
        if self.unless and getattr(row, self.unless) is not None:
            return False
        return (
            db.session.scalar(select(self.of).where(self.of == key, self.user == identity.user_id))
            is not None
        )


@dataclass(frozen=True)
class Whose:
    """About whom a record is: `key` is its column, empty for nobody; `policy` is that person's own rule."""

    policy: CentrePolicy
    key: str

    def permits(self, identity: Identity, row: Any) -> bool:
        """True when the record is about nobody, or about somebody whom the reader's levels let them see."""
        if (key := getattr(row, self.key)) is None:
            return True
        person = db.session.get(self.policy.model, key)
        return person is not None and self.policy.permits_level(identity, person)

    def includes(self, model: Any, identity: Identity) -> ColumnElement[bool]:
        """The same as a condition: looked up by key for the few rows that a page shows.

        A value and not EXISTS, which PostgreSQL would answer by reading all persons first (measured: 4 ms).
        """
        person, column = self.policy.model, getattr(model, self.key)
        is_seen = select(self.policy.visible_level(identity)).where(person.id == column)
        return or_(column.is_(None), is_seen.correlate(model).scalar_subquery())


@dataclass(frozen=True)
class CentrePolicy:
    """The rule of a resource that belongs to one centre.

    `level` names its confidentiality column, None where every row is general. `team` and `also_named` say who
    is named. With `whose`, a record about a person whom the reader may not see is hidden too, but for those
    named in it.
    """

    model: Any
    permission: Permission
    centre: str = "centre_id"
    level: str | None = None
    team: Team | None = None
    also_named: Team | tuple[Team, ...] = ()
    whose: Whose | None = None
    granted: str = "id"
    """The column whose record a break-glass grant names: a consultation is opened with its case."""
    is_shared: bool = False
    """A case that a colleague shares is read also outside of one's centres, unless it is sealed."""
    gone: str | None = None
    """The column that is set on rows which nobody sees any more, such as a file merged into another."""

    def permits(self, identity: Identity, row: Any, permission: Permission | None = None) -> bool:
        """True when the identity may do `permission` (default: see) to this row."""
        if identity.is_system:
            return True
        if self._shares(identity, permission) and self._is_shared_row(identity, row):
            return True
        if getattr(row, self.centre) not in identity.centres(permission or self.permission):
            return False
        if self.gone and getattr(row, self.gone) is not None:
            return False
        return self.permits_level(identity, row)

    def visible(
        self, identity: Identity, query: Select[*Columns], permission: Permission | None = None
    ) -> Select[*Columns]:
        """Narrow a query to the rows that `permits` would allow."""
        if identity.is_system:
            return query
        conditions = [
            in_scope(getattr(self.model, self.centre), identity.centres(permission or self.permission))
        ]
        if self.gone:
            conditions.append(getattr(self.model, self.gone).is_(None))
        if self.level is not None:
            conditions.append(self.visible_level(identity))
        if self._shares(identity, permission):
            return query.where(or_(and_(*conditions), self._is_shared(identity)))
        return query.where(*conditions)

    def get(
        self, identity: Identity, row_id: UUID, permission: Permission | None = None, *, lock: bool = False
    ) -> Any:
        """Load one row by id, or raise NotFound when it is absent or hidden: both look the same."""
        query = self.visible(identity, select(self.model).where(self.model.id == row_id), permission)
        if lock:
            query = query.with_for_update(of=self.model)
        if (row := db.session.scalar(query)) is None:
            raise NotFound
        return row

    def team_has(self, identity: Identity, row: Any) -> bool:
        """True when the identity is named for this row."""
        level = OPEN_LEVEL if self.level is None else getattr(row, self.level)
        return bool(identity.user_id) and any(team.has(row, identity, level) for team in self._teams)

    def permits_level(self, identity: Identity, row: Any) -> bool:
        """True when the row's confidentiality lets the reader see it, whatever the centre."""
        level = OPEN_LEVEL if self.level is None else getattr(row, self.level)
        if level <= PROTECTED_LEVEL and getattr(row, self.granted) in identity.granted_ids:
            return True
        if level <= OPEN_LEVEL:
            is_let_in = True
        else:
            sees_protected = identity.can(Permission.PROTECTED_VIEW, getattr(row, self.centre))
            is_let_in = level == PROTECTED_LEVEL and sees_protected
        if is_let_in and (self.whose is None or self.whose.permits(identity, row)):
            return True
        return self.team_has(identity, row)

    def visible_level(self, identity: Identity) -> ColumnElement[bool]:
        """The same as a condition on a query of the model."""
        level = getattr(self.model, self.level or "")
        protected = in_scope(getattr(self.model, self.centre), identity.centres(Permission.PROTECTED_VIEW))
        by_level = or_(level <= OPEN_LEVEL, and_(level == PROTECTED_LEVEL, protected))
        if self.whose is not None:
            by_level = and_(by_level, self.whose.includes(self.model, identity))
        ways: list[ColumnElement[bool]] = [by_level]
        if identity.user_id:
            ways += [team.includes(self.model, identity, level) for team in self._teams]
        if identity.granted_ids:
            is_granted = getattr(self.model, self.granted).in_(sorted(identity.granted_ids))
            ways.append(and_(level <= PROTECTED_LEVEL, is_granted))
        return or_(*ways)

    def _shares(self, identity: Identity, permission: Permission | None) -> bool:
        """True when something is shared with the reader and they ask for nothing but to read."""
        return self.is_shared and bool(identity.shared_ids) and permission in {None, self.permission}

    def _is_shared_row(self, identity: Identity, row: Any) -> bool:
        level = OPEN_LEVEL if self.level is None else getattr(row, self.level)
        return level <= PROTECTED_LEVEL and getattr(row, self.granted) in identity.shared_ids

    def _is_shared(self, identity: Identity) -> ColumnElement[bool]:
        is_named = getattr(self.model, self.granted).in_(sorted(identity.shared_ids))
        return (
            is_named
            if self.level is None
            else and_(is_named, getattr(self.model, self.level) <= PROTECTED_LEVEL)
        )

    @property
    def _teams(self) -> tuple[Team, ...]:
        also = (self.also_named,) if isinstance(self.also_named, Team) else self.also_named
        return also if self.team is None else (self.team, *also)


@dataclass(frozen=True)
class ChildPolicy:
    """The rule of a record that lives inside another: whoever sees the parent sees the child, nobody else.

    `parent_id` names the child's column; `own` narrows further, by a pair of twins (object, query condition).
    """

    model: Any
    parent: CentrePolicy
    parent_id: str
    own: tuple[Callable[[Identity, Any], bool], Callable[[Identity], ColumnElement[bool]]] | None = None

    def permits(self, identity: Identity, row: Any, permission: Permission | None = None) -> bool:
        parent = db.session.get(self.parent.model, getattr(row, self.parent_id))
        if parent is None or not self.parent.permits(identity, parent, permission):
            return False
        return self.own is None or self.own[0](identity, row)

    def visible(
        self, identity: Identity, query: Select[*Columns], permission: Permission | None = None
    ) -> Select[*Columns]:
        # Looked up by key for each child: SQLite would list all visible parents first (measured: 20 ms).
        parent = self.parent.model
        own = select(parent.id).where(parent.id == getattr(self.model, self.parent_id))
        is_seen = self.parent.visible(identity, own, permission).correlate(self.model).exists()
        query = query.where(is_seen)
        return query if self.own is None else query.where(self.own[1](identity))

    def get(
        self, identity: Identity, row_id: UUID, *, parent_id: UUID, permission: Permission | None = None
    ) -> Any:
        """Load a child through its parent: a child of another record is absent. Raises NotFound."""
        query = select(self.model).where(
            self.model.id == row_id, getattr(self.model, self.parent_id) == parent_id
        )
        if (row := db.session.scalar(self.visible(identity, query, permission))) is None:
            raise NotFound
        return row


AnyPolicy = CentrePolicy | ChildPolicy


def policies_by_model(policies: Iterable[AnyPolicy]) -> dict[str, AnyPolicy]:
    """The rules by table name, for the tests that walk all of them."""
    return {policy.model.__tablename__: policy for policy in policies}
