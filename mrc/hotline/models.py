"""Prompts, menus, duty; calls with their events and recordings; callbacks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mrc.core.db import Identified, Json, Model, Recorded, StringEnum, Versioned
from mrc.core.sealed import Sealed, SealedJson
from mrc.hotline.states import (
    AudioType,
    CallbackOutcome,
    CallDirection,
    CallState,
    PromptKey,
    VoicemailState,
)
from mrc.persons.models import Address


class VoicePrompt(Identified, Recorded, Model):
    """One recorded prompt in one language; a new recording is a new version beside the old one."""

    __tablename__ = "voice_prompt"
    __table_args__ = (
        Index("ix_voice_prompt_newest", "centre_id", "language", "key", "number"),
        CheckConstraint("milliseconds > 0", name="length"),
    )

    centre_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("centre.id"), comment="Whose prompt it is; empty for all centres"
    )
    key: Mapped[PromptKey] = mapped_column(StringEnum(PromptKey), comment="What it is for")
    language: Mapped[str] = mapped_column(String(40), comment="Spoken language, code of list 'languages'")
    number: Mapped[int] = mapped_column(comment="Rises by one with every recording of this prompt")
    audio_type: Mapped[AudioType] = mapped_column(StringEnum(AudioType), comment="wav or mp3")
    milliseconds: Mapped[int] = mapped_column(comment="How long it is")
    is_upload: Mapped[bool] = mapped_column(comment="A file, and not recorded in the browser")
    is_sample: Mapped[bool] = mapped_column(default=False, comment="A tone of the demo, not a voice")
    made_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), comment="Who recorded or uploaded it"
    )
    key_sealed: Mapped[bytes | None] = mapped_column(
        "file_key", LargeBinary, comment="Key of the file, sealed"
    )
    file_key = Sealed("key_sealed")


class HotlineMenu(Versioned, Identified, Recorded, Model):
    """What a caller of a line hears and may press. It is switched on once its prompts were checked."""

    __tablename__ = "hotline_menu"

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), index=True, comment="Centre of the line")
    line_id: Mapped[UUID] = mapped_column(ForeignKey("phone_line.id"), unique=True, comment="Which line")
    languages: Mapped[list[str]] = mapped_column(
        Json, comment="In the order of the keys from 1, codes of list 'languages'; the first is the default"
    )
    has_consent_notice: Mapped[bool] = mapped_column(
        default=True, comment="Say so before something is recorded"
    )
    has_voicemail: Mapped[bool] = mapped_column(default=True, comment="Callers may leave a message")
    is_callback_only: Mapped[bool] = mapped_column(
        default=False, comment="Never answer, so that a call costs nothing: everybody is called back"
    )
    is_on: Mapped[bool] = mapped_column(default=False, comment="Switched on after its prompts were checked")


class Duty(Versioned, Identified, Recorded, Model):
    """Somebody whose phone may be rung for a line."""

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("line_id", "user_id"),)

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), index=True, comment="Centre of the line")
    line_id: Mapped[UUID] = mapped_column(ForeignKey("phone_line.id"), comment="For which line")
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True, comment="Who")
    phone_sealed: Mapped[bytes | None] = mapped_column(
        "phone", LargeBinary, comment="Their number, E.164, sealed"
    )
    phone = Sealed("phone_sealed")
    languages: Mapped[list[str]] = mapped_column(Json, comment="They speak, codes of list 'languages'")
    is_on: Mapped[bool] = mapped_column(default=False, comment="On duty now")


class Callback(Versioned, Identified, Recorded, Model):
    """What we owe a caller whom nobody served; one open per caller and line, whatever often they call."""

    __tablename__ = "callback"
    __table_args__ = (
        CheckConstraint("(open_key IS NULL) = (done_at IS NOT NULL)", name="open_key"),
        CheckConstraint("(outcome IS NULL) = (done_at IS NULL)", name="outcome"),
        CheckConstraint("times >= 0", name="times"),
        Index("ix_callback_due", "centre_id", "done_at", "due_at", "id"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre of the line")
    line_id: Mapped[UUID] = mapped_column(ForeignKey("phone_line.id"), comment="Which line was called")
    open_key: Mapped[bytes | None] = mapped_column(
        LargeBinary(16), unique=True, comment="Blind index of line and caller while it is open"
    )
    address_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("address.id"), index=True, comment="Who called; empty when they showed no number"
    )
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True, comment="Who it is, once known"
    )
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="Follows the person: 2 protected, 3 sealed"
    )
    language: Mapped[str | None] = mapped_column(
        String(40), comment="Chosen by key, code of list 'languages'"
    )
    times: Mapped[int] = mapped_column(default=0, comment="How many calls nobody served")
    first_at: Mapped[datetime] = mapped_column(comment="First of these calls, UTC")
    last_at: Mapped[datetime] = mapped_column(comment="Last of these calls, UTC")
    due_at: Mapped[datetime] = mapped_column(comment="By when, on the centre's working clock, UTC")
    attempts: Mapped[int] = mapped_column(default=0, comment="How often we called and did not reach them")
    attempted_at: Mapped[datetime | None] = mapped_column(comment="When we last tried, UTC")
    done_at: Mapped[datetime | None] = mapped_column(comment="When it was closed, UTC")
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), comment="Who closed it")
    outcome: Mapped[CallbackOutcome | None] = mapped_column(
        StringEnum(CallbackOutcome), comment="How it was closed"
    )

    address: Mapped[Address | None] = relationship()


class Call(Versioned, Identified, Recorded, Model):
    """One call. Its state is a projection of its events."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_recent", "centre_id", "started_at", "id"),
        Index("ix_call_state", "line_id", "state", "started_at"),
        CheckConstraint("confidentiality BETWEEN 0 AND 3", name="confidentiality"),
    )

    centre_id: Mapped[UUID] = mapped_column(ForeignKey("centre.id"), comment="Centre of the line")
    line_id: Mapped[UUID] = mapped_column(ForeignKey("phone_line.id"), comment="Our end")
    provider_sid: Mapped[str | None] = mapped_column(String(40), unique=True, comment="Provider's id")
    direction: Mapped[CallDirection] = mapped_column(StringEnum(CallDirection), comment="in or out")
    address_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("address.id"), index=True, comment="Their end; empty when they showed no number"
    )
    caller_sealed: Mapped[bytes | None] = mapped_column(
        "caller", LargeBinary, comment="Their end as the provider wrote it, sealed"
    )
    caller = Sealed("caller_sealed")
    language: Mapped[str | None] = mapped_column(
        String(40), comment="Chosen by key, code of list 'languages'"
    )
    state: Mapped[CallState] = mapped_column(StringEnum(CallState), comment="Derived from the events")
    is_late: Mapped[bool] = mapped_column(
        default=False, comment="Found in the provider's list, not heard live"
    )
    has_consented: Mapped[bool] = mapped_column(default=False, comment="Heard the notice before recording")
    error_code: Mapped[int | None] = mapped_column(comment="Provider's error code of a call of ours")
    started_at: Mapped[datetime] = mapped_column(comment="When it rang, or was asked for, UTC")
    answered_at: Mapped[datetime | None] = mapped_column(comment="When a counsellor spoke, UTC")
    ended_at: Mapped[datetime | None] = mapped_column(comment="When it was over, UTC")
    served_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id"), index=True, comment="Who took it, or who calls"
    )
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True, comment="Who it is, once known"
    )
    confidentiality: Mapped[int] = mapped_column(
        default=1, comment="Follows the person: 2 protected, 3 sealed"
    )
    consultation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("consultation.id", ondelete="SET NULL"), index=True, comment="Where it was written down"
    )
    callback_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("callback.id"), index=True, comment="What we owe the caller for it, or what we call for"
    )

    address: Mapped[Address | None] = relationship()
    voicemail: Mapped[Voicemail | None] = relationship(back_populates="call")


class CallEvent(Identified, Model):
    """One thing that the provider told of a call; kept whole, also when it came twice in other words."""

    __tablename__ = "call_event"
    __table_args__ = (UniqueConstraint("call_sid", "event", "sequence"),)

    call_id: Mapped[UUID] = mapped_column(
        ForeignKey("call.id", ondelete="CASCADE"), index=True, comment="Its call"
    )
    call_sid: Mapped[str] = mapped_column(String(40), comment="Provider's id of the call")
    event: Mapped[str] = mapped_column(String(40), comment="What happened, such as rang.no-answer")
    sequence: Mapped[int] = mapped_column(default=0, comment="Provider's sequence number, or the round")
    at: Mapped[datetime] = mapped_column(comment="When it came, UTC")
    raw_sealed: Mapped[bytes | None] = mapped_column(
        "raw", LargeBinary, comment="The whole form, sealed JSON"
    )
    raw = SealedJson("raw_sealed")


class Voicemail(Identified, Recorded, Model):
    """What a caller left us; one per call."""

    __tablename__ = "voicemail"
    __table_args__ = (CheckConstraint("(state = 'kept') = (file_key IS NOT NULL)", name="kept"),)

    call_id: Mapped[UUID] = mapped_column(
        ForeignKey("call.id", ondelete="CASCADE"), unique=True, comment="Its call"
    )
    provider_sid: Mapped[str] = mapped_column(
        String(40), unique=True, comment="Provider's id of the recording"
    )
    seconds: Mapped[int] = mapped_column(comment="How long it is, as the provider says")
    state: Mapped[VoicemailState] = mapped_column(StringEnum(VoicemailState), comment="Where the sound is")
    audio_type: Mapped[AudioType | None] = mapped_column(StringEnum(AudioType), comment="wav or mp3")
    key_sealed: Mapped[bytes | None] = mapped_column(
        "file_key", LargeBinary, comment="Key of the file, sealed"
    )
    file_key = Sealed("key_sealed")
    fetched_at: Mapped[datetime | None] = mapped_column(comment="When we got it, UTC")

    call: Mapped[Call] = relationship(back_populates="voicemail")
