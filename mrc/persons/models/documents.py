"""Identity documents: what somebody showed or told, masked everywhere, found by a blind index."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core import clock
from mrc.core.db import Identified, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed
from mrc.i18n.calendars import PartialDate
from mrc.persons.formats import masked
from mrc.persons.models.persons import Person
from mrc.persons.states import DocumentStatus


class IdentityDocument(Versioned, Identified, Recorded, Model):
    """One paper or card of one person. The number is never the key of a person: papers are lent and lost."""

    __tablename__ = "identity_document"

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Whose document"
    )
    kind: Mapped[str] = mapped_column(String(40), comment="Code of list 'document_kinds'")
    status: Mapped[DocumentStatus] = mapped_column(
        StringEnum(DocumentStatus), default=DocumentStatus.HELD, comment="held, lost, withheld or removed"
    )
    number_sealed: Mapped[bytes | None] = mapped_column(
        "number", LargeBinary, comment="Number as it is read, in plain digits, sealed"
    )
    number = Sealed("number_sealed")
    number_index: Mapped[bytes | None] = mapped_column(
        LargeBinary(16), index=True, comment="Blind index of the bare number within the centre"
    )
    name_sealed: Mapped[bytes | None] = mapped_column(
        "name", LargeBinary, comment="Name on the document where it differs, sealed"
    )
    name = Sealed("name_sealed")
    issued_by_sealed: Mapped[bytes | None] = mapped_column(
        "issued_by", LargeBinary, comment="Office and place that issued it, sealed"
    )
    issued_by = Sealed("issued_by_sealed")
    issued: Mapped[str | None] = mapped_column(
        String(11), comment="2021, 2021-04 or 2021-04-12 as known; Gregorian"
    )
    expires: Mapped[str | None] = mapped_column(
        String(11), comment="2031, 2031-04 or 2031-04-12 as known; Gregorian"
    )

    person: Mapped[Person] = relationship()

    @property
    def masked_number(self) -> str:
        """The number with all but its end hidden."""
        return masked(self.number)

    @property
    def has_expired(self) -> bool:
        """True when its last day is certainly over."""
        return self.expires is not None and PartialDate.from_iso(self.expires).latest < clock.now().date()
