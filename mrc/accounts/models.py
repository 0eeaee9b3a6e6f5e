"""People who sign in, their roles, their sessions, the links handed to them, and what slows down guessing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.access.roles import Role, ScopeKind
from mrc.accounts.states import AccountState, Digits, LinkPurpose
from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed


class User(Versioned, Identified, Recorded, Model):
    """Someone who signs in. Never deleted: the log and the cases name them; who leaves is locked."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("username = lower(username)", name="username_lower"),
        CheckConstraint("locked_at IS NOT NULL OR locked_by_id IS NULL", name="lock"),
        CheckConstraint("idle_minutes BETWEEN 15 AND 480", name="idle"),
        CheckConstraint("totp_secret IS NOT NULL OR totp_last_step IS NULL", name="totp"),
    )

    username: Mapped[str] = mapped_column(
        String(60), unique=True, comment="What one signs in with, lower case"
    )
    name: Mapped[str] = mapped_column(String(120), comment="As colleagues know them")
    email_sealed: Mapped[bytes | None] = mapped_column(
        "email", LargeBinary, comment="For the centre's own use, sealed"
    )
    email = Sealed("email_sealed")

    locale: Mapped[str] = mapped_column(String(10), default="en", comment="Tag of mrc.i18n.locales")
    calendar: Mapped[str] = mapped_column(String(20), default="gregorian", comment="gregorian or solar_hijri")
    digits: Mapped[Digits] = mapped_column(
        StringEnum(Digits), default=Digits.AUTO, comment="auto, latn, arab, arabext"
    )
    light_font: Mapped[bool] = mapped_column(default=False, comment="Naskh instead of Nastaliq for Urdu")
    languages: Mapped[list[str]] = mapped_column(
        Json, default=list, server_default="[]", comment="In which they answer people, tags"
    )
    skills: Mapped[list[str]] = mapped_column(
        Json, default=list, server_default="[]", comment="What they answer on, codes of list 'thread_labels'"
    )
    idle_minutes: Mapped[int] = mapped_column(
        default=60, comment="Idle limit on a device of one's own, 15 to 480"
    )
    active_centre_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Centre one works in now, for those who have several"
    )

    password_hash: Mapped[str | None] = mapped_column(
        String(200), comment="Argon2id; empty until the link was used"
    )
    password_changed_at: Mapped[datetime | None] = mapped_column(comment="When it was last chosen, UTC")
    must_change_password: Mapped[bool] = mapped_column(default=False, comment="Led to choose a new one first")
    totp_secret_sealed: Mapped[bytes | None] = mapped_column(
        "totp_secret", LargeBinary, comment="Secret of the second factor, sealed; empty when there is none"
    )
    totp_secret = Sealed("totp_secret_sealed")
    totp_last_step: Mapped[int | None] = mapped_column(comment="Last 30-second step whose code was used")
    recovery_codes: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="Keyed hashes of unused codes, hex"
    )

    locked_at: Mapped[datetime | None] = mapped_column(comment="Since when nobody can sign in with it, UTC")
    locked_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Colleague who locked it; empty for the system"
    )
    last_sign_in_at: Mapped[datetime | None] = mapped_column(comment="Last completed sign-in, UTC")
    failed_sign_ins: Mapped[int] = mapped_column(
        default=0, comment="Failures since then, told at the next sign-in"
    )

    roles: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id", order_by="RoleGrant.id"
    )

    @property
    def state(self) -> AccountState:
        if self.locked_at is not None:
            return AccountState.LOCKED
        return AccountState.INVITED if self.password_hash is None else AccountState.ACTIVE

    @property
    def has_second_factor(self) -> bool:
        return self.totp_secret_sealed is not None


class RoleGrant(Identified, Recorded, Model):
    """One role of one person in one scope. Taken away by deleting the row; the log keeps who gave and took
    it.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "scope"),
        CheckConstraint(
            "(scope_kind = 'centre' AND centre_id IS NOT NULL AND country IS NULL)"
            " OR (scope_kind = 'country' AND country IS NOT NULL AND centre_id IS NULL)"
            " OR (scope_kind = 'everywhere' AND centre_id IS NULL AND country IS NULL)",
            name="scope",
        ),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), comment="Whose role"
    )
    role: Mapped[Role] = mapped_column(StringEnum(Role), comment="Name in mrc.access.roles")
    scope_kind: Mapped[ScopeKind] = mapped_column(
        StringEnum(ScopeKind), comment="centre, country or everywhere"
    )
    centre_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("centre.id"), index=True, comment="Set for a centre"
    )
    country: Mapped[str | None] = mapped_column(String(2), comment="ISO 3166-1 code, set for a country")
    scope: Mapped[str] = mapped_column(
        String(60), comment="Kind, or kind and key joined by ':'; makes the row unique"
    )

    user: Mapped[User] = relationship(back_populates="roles", foreign_keys=[user_id])


class UserSession(Identified, Recorded, Model):
    """One sign-in on one device. `id` is shown to people; the secret is in the cookie, here only its hash."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user", "user_id", "revoked_at"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), comment="Who signed in"
    )
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary(32), unique=True, comment="SHA-256 of the cookie's 256 bits"
    )
    last_seen_at: Mapped[datetime] = mapped_column(comment="Last request, to the minute, UTC")
    confirmed_at: Mapped[datetime] = mapped_column(comment="Last proof of who it is: sign-in or step-up, UTC")
    idle_minutes: Mapped[int] = mapped_column(comment="Ends after so many minutes without a request")
    expires_at: Mapped[datetime] = mapped_column(
        index=True, comment="Ends at this instant whatever happens, UTC"
    )
    device: Mapped[str] = mapped_column(
        String(40), comment="Browser and system family, such as 'Firefox, Windows'"
    )
    revoked_at: Mapped[datetime | None] = mapped_column(comment="When someone ended it, UTC")


class Invitation(Identified, Recorded, Model):
    """A link by which a person chooses their password. Handed over by a colleague, works once, for a few
    days.
    """

    __tablename__ = "invitation"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True, comment="For whom"
    )
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary(32), unique=True, comment="SHA-256 of the link's 256 bits"
    )
    purpose: Mapped[LinkPurpose] = mapped_column(StringEnum(LinkPurpose), comment="invite or reset")
    issued_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who issued it; empty for the command line"
    )
    expires_at: Mapped[datetime] = mapped_column(comment="Works until then, UTC")
    used_at: Mapped[datetime | None] = mapped_column(comment="When it was used or replaced, UTC")


class SignInCounter(Model):
    """How often guessing failed from one direction. Keys are keyed hashes: neither names nor networks are
    stored.
    """

    __tablename__ = "sign_in_counter"

    key: Mapped[bytes] = mapped_column(
        LargeBinary(16), primary_key=True, comment="Keyed hash of what is counted"
    )
    failures: Mapped[int] = mapped_column(default=0, comment="Failed or running attempts")
    counted_at: Mapped[datetime] = mapped_column(index=True, comment="When the number last changed, UTC")
    succeeded_at: Mapped[datetime | None] = mapped_column(comment="Last complete sign-in from here, UTC")
