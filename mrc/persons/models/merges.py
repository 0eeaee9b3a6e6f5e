"""Two files of one person: what may be one, what is not, what was put together and how to take it apart."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum
from mrc.core.sealed import SealedJson
from mrc.persons.states import PairStatus


class PersonPair(Recorded, Model):
    """Two files that may be of one person, or were judged not to be; each pair stands once, the lower key
    first.
    """

    __tablename__ = "person_pair"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="order"),
        CheckConstraint("(status = 'suspected') = (decided_at IS NULL)", name="decided_at"),
        Index("ix_person_pair_list", "centre_id", "status", "score", "low_id"),
    )

    low_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, comment="The file with the lower key"
    )
    high_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True, comment="The other file"
    )
    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre that keeps both")
    status: Mapped[PairStatus] = mapped_column(
        StringEnum(PairStatus), default=PairStatus.SUSPECTED, comment="What was made of it"
    )
    score: Mapped[float] = mapped_column(Float, default=0.0, comment="How alike, 0 to 100")
    reasons: Mapped[list[str]] = mapped_column(Json, default=list, comment="Why: codes of matching.Reason")
    decided_at: Mapped[datetime | None] = mapped_column(comment="When somebody judged it, UTC")
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who judged it")


class PersonMerge(Identified, Model):
    """One file put into another, with all that is needed to take them apart again at any later time."""

    __tablename__ = "person_merge"

    centre_id: Mapped[UUID] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Centre that keeps both"
    )
    kept_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), index=True, comment="The file that goes on"
    )
    merged_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), index=True, comment="The file that went into it"
    )
    merged_at: Mapped[datetime] = mapped_column(comment="When, UTC")
    merged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who did it")
    undone_at: Mapped[datetime | None] = mapped_column(comment="When it was undone, UTC")
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who undid it")
    before_sealed: Mapped[bytes | None] = mapped_column(
        "before", LargeBinary, comment="Fields and contact plans before and after, sealed JSON"
    )
    before = SealedJson("before_sealed")


class MergedRow(Model):
    """One row that pointed to the merged file and points to the kept one since."""

    __tablename__ = "merged_row"

    merge_id: Mapped[UUID] = mapped_column(
        ForeignKey("person_merge.id", ondelete="CASCADE"), primary_key=True, comment="By which merge"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Counts the rows of the merge from 0")
    table_name: Mapped[str] = mapped_column(String(63), comment="Table of the row")
    column_name: Mapped[str] = mapped_column(String(63), comment="Column that points to the person")
    row_key: Mapped[dict[str, str]] = mapped_column(
        Json, comment="The other columns of the row's primary key, as text"
    )
