"""One code of one list."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Identified, Json, Model, Versioned


class Code(Versioned, Identified, Model):
    """A code of a list, with its words in each language. Retired, never deleted: old records
    still name it.
    """

    __tablename__ = "code"
    __table_args__ = (UniqueConstraint("list_name", "code"), Index("ix_code_list", "list_name", "sort"))

    list_name: Mapped[str] = mapped_column(String(40), comment="Which list, such as 'topics'")
    code: Mapped[str] = mapped_column(String(40), comment="Stable name, lower_snake or a p-code")
    group_code: Mapped[str] = mapped_column(
        String(40), default="", comment="Group within the list, a code of it"
    )
    labels: Mapped[dict[str, str]] = mapped_column(
        Json, comment="Language tag to words; English is always there"
    )
    country: Mapped[str] = mapped_column(
        String(2), default="", comment="Only in this country; empty for everywhere"
    )
    sort: Mapped[int] = mapped_column(comment="Order within the list")
    retired_on: Mapped[date | None] = mapped_column(Date, comment="Not offered from this day on")
    is_local: Mapped[bool] = mapped_column(
        default=False, comment="Changed here: loading shipped lists leaves it alone"
    )
