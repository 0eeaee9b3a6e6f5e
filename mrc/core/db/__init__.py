"""The session, the column types and the mixins that every model stands on.

`db.session` is the one session of a request, a job or a command. Only `@commits`, the job runner and the
command line commit it. `types` and `engine` hold the parts that differ between SQLite and PostgreSQL.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from mrc.core import clock
from mrc.core.db.types import Instant, Json, StringEnum, uuid7

__all__ = [
    "Base",
    "Identified",
    "Instant",
    "Json",
    "Model",
    "Recorded",
    "StringEnum",
    "Versioned",
    "db",
    "uuid7",
]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can speak of them on both databases."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: Instant(), UUID: Uuid()}
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

if TYPE_CHECKING:

    class Model(Base):
        """What models inherit from; at run time this is Flask-SQLAlchemy's class."""

        __abstract__ = True
else:
    Model = db.Model


class Identified:
    """A UUIDv7 key made in Python at construction, so that sealed columns can be bound to it
    before a flush.
    """

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid7, comment="UUIDv7, made in Python")

    def __init__(self, **values: Any) -> None:
        self.id = values.pop("id", None) or uuid7()
        super().__init__(**values)


class Recorded:
    """When the row came to be, in UTC."""

    created_at: Mapped[datetime] = mapped_column(
        Instant, default=clock.now, comment="When the row was made, UTC"
    )


class Versioned:
    """Counts the writes of an editable row, so that a stale write is refused instead of winning."""

    version: Mapped[int] = mapped_column(default=1, comment="Rises by one with every write; forms carry it")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}
