"""What a centre asks at registration, where it differs from its country."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from mrc.core.db import Json, Model, Versioned


class RegistrationRule(Versioned, Model):
    """The choices of one centre. Without a row the rules of the country stand."""

    __tablename__ = "registration_rule"

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), primary_key=True, comment="Whose rules")
    fields: Mapped[dict[str, str]] = mapped_column(
        Json, default=dict, comment="Field name to mandatory, optional or hidden"
    )
    takes_photos: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="Photos may be taken, with consent"
    )
