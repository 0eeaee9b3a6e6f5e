"""The hotline: prompts, menus, duty, calls with their events and recordings, callbacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "callback",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre of the line"),
        sa.Column("line_id", sa.Uuid(), nullable=False, comment="Which line was called"),
        sa.Column(
            "open_key",
            sa.LargeBinary(length=16),
            nullable=True,
            comment="Blind index of line and caller while it is open",
        ),
        sa.Column(
            "address_id", sa.Uuid(), nullable=True, comment="Who called; empty when they showed no number"
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="Who it is, once known"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="Follows the person: 2 protected, 3 sealed",
        ),
        sa.Column(
            "language", sa.String(length=40), nullable=True, comment="Chosen by key, code of list 'languages'"
        ),
        sa.Column("times", sa.Integer(), nullable=False, comment="How many calls nobody served"),
        sa.Column(
            "first_at", sa.DateTime(timezone=True), nullable=False, comment="First of these calls, UTC"
        ),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False, comment="Last of these calls, UTC"),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="By when, on the centre's working clock, UTC",
        ),
        sa.Column(
            "attempts", sa.Integer(), nullable=False, comment="How often we called and did not reach them"
        ),
        sa.Column(
            "attempted_at", sa.DateTime(timezone=True), nullable=True, comment="When we last tried, UTC"
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True, comment="When it was closed, UTC"),
        sa.Column("done_by_id", sa.Uuid(), nullable=True, comment="Who closed it"),
        sa.Column("outcome", sa.String(length=40), nullable=True, comment="How it was closed"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("(open_key IS NULL) = (done_at IS NOT NULL)", name=op.f("ck_callback_open_key")),
        sa.CheckConstraint("(outcome IS NULL) = (done_at IS NULL)", name=op.f("ck_callback_outcome")),
        sa.CheckConstraint("times >= 0", name=op.f("ck_callback_times")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_callback_address_id_address")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_callback_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["user_account.id"], name=op.f("fk_callback_done_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["phone_line.id"], name=op.f("fk_callback_line_id_phone_line")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_callback_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
        sa.UniqueConstraint("open_key", name=op.f("uq_callback_open_key")),
    )
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callback_address_id"), ["address_id"], unique=False)
        batch_op.create_index("ix_callback_due", ["centre_id", "done_at", "due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_callback_person_id"), ["person_id"], unique=False)

    op.create_table(
        "duty",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre of the line"),
        sa.Column("line_id", sa.Uuid(), nullable=False, comment="For which line"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Who"),
        sa.Column("phone", sa.LargeBinary(), nullable=True, comment="Their number, E.164, sealed"),
        sa.Column("languages", JSON, nullable=False, comment="They speak, codes of list 'languages'"),
        sa.Column("is_on", sa.Boolean(), nullable=False, comment="On duty now"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_duty_centre_id_centre")),
        sa.ForeignKeyConstraint(["line_id"], ["phone_line.id"], name=op.f("fk_duty_line_id_phone_line")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_duty_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("line_id", "user_id", name=op.f("uq_duty_line_id_user_id")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_user_id"), ["user_id"], unique=False)

    op.create_table(
        "hotline_menu",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre of the line"),
        sa.Column("line_id", sa.Uuid(), nullable=False, comment="Which line"),
        sa.Column(
            "languages",
            JSON,
            nullable=False,
            comment="In the order of the keys from 1, codes of list 'languages'; the first is the default",
        ),
        sa.Column(
            "has_consent_notice", sa.Boolean(), nullable=False, comment="Say so before something is recorded"
        ),
        sa.Column("has_voicemail", sa.Boolean(), nullable=False, comment="Callers may leave a message"),
        sa.Column(
            "is_callback_only",
            sa.Boolean(),
            nullable=False,
            comment="Never answer, so that a call costs nothing: everybody is called back",
        ),
        sa.Column(
            "is_on", sa.Boolean(), nullable=False, comment="Switched on after its prompts were checked"
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_hotline_menu_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_line.id"], name=op.f("fk_hotline_menu_line_id_phone_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_menu")),
        sa.UniqueConstraint("line_id", name=op.f("uq_hotline_menu_line_id")),
    )
    with op.batch_alter_table("hotline_menu", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_menu_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "voice_prompt",
        sa.Column("centre_id", sa.Uuid(), nullable=True, comment="Whose prompt it is; empty for all centres"),
        sa.Column("key", sa.String(length=40), nullable=False, comment="What it is for"),
        sa.Column(
            "language",
            sa.String(length=40),
            nullable=False,
            comment="Spoken language, code of list 'languages'",
        ),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="Rises by one with every recording of this prompt"
        ),
        sa.Column("audio_type", sa.String(length=40), nullable=False, comment="wav or mp3"),
        sa.Column("milliseconds", sa.Integer(), nullable=False, comment="How long it is"),
        sa.Column(
            "is_upload", sa.Boolean(), nullable=False, comment="A file, and not recorded in the browser"
        ),
        sa.Column("is_sample", sa.Boolean(), nullable=False, comment="A tone of the demo, not a voice"),
        sa.Column("made_by_id", sa.Uuid(), nullable=True, comment="Who recorded or uploaded it"),
        sa.Column("file_key", sa.LargeBinary(), nullable=True, comment="Key of the file, sealed"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("milliseconds > 0", name=op.f("ck_voice_prompt_length")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_voice_prompt_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_voice_prompt_made_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_prompt")),
    )
    with op.batch_alter_table("voice_prompt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_voice_prompt_newest", ["centre_id", "language", "key", "number"], unique=False
        )

    op.create_table(
        "call",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre of the line"),
        sa.Column("line_id", sa.Uuid(), nullable=False, comment="Our end"),
        sa.Column("provider_sid", sa.String(length=40), nullable=True, comment="Provider's id"),
        sa.Column("direction", sa.String(length=40), nullable=False, comment="in or out"),
        sa.Column(
            "address_id", sa.Uuid(), nullable=True, comment="Their end; empty when they showed no number"
        ),
        sa.Column(
            "caller", sa.LargeBinary(), nullable=True, comment="Their end as the provider wrote it, sealed"
        ),
        sa.Column(
            "language", sa.String(length=40), nullable=True, comment="Chosen by key, code of list 'languages'"
        ),
        sa.Column("state", sa.String(length=40), nullable=False, comment="Derived from the events"),
        sa.Column(
            "is_late", sa.Boolean(), nullable=False, comment="Found in the provider's list, not heard live"
        ),
        sa.Column("has_consented", sa.Boolean(), nullable=False, comment="Heard the notice before recording"),
        sa.Column(
            "error_code", sa.Integer(), nullable=True, comment="Provider's error code of a call of ours"
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it rang, or was asked for, UTC",
        ),
        sa.Column(
            "answered_at", sa.DateTime(timezone=True), nullable=True, comment="When a counsellor spoke, UTC"
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="When it was over, UTC"),
        sa.Column("served_by_id", sa.Uuid(), nullable=True, comment="Who took it, or who calls"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="Who it is, once known"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="Follows the person: 2 protected, 3 sealed",
        ),
        sa.Column("consultation_id", sa.Uuid(), nullable=True, comment="Where it was written down"),
        sa.Column(
            "callback_id",
            sa.Uuid(),
            nullable=True,
            comment="What we owe the caller for it, or what we call for",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("confidentiality BETWEEN 0 AND 3", name=op.f("ck_call_confidentiality")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_call_address_id_address")),
        sa.ForeignKeyConstraint(["callback_id"], ["callback.id"], name=op.f("fk_call_callback_id_callback")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_call_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_call_consultation_id_consultation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["line_id"], ["phone_line.id"], name=op.f("fk_call_line_id_phone_line")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_person_id_person")),
        sa.ForeignKeyConstraint(
            ["served_by_id"], ["user_account.id"], name=op.f("fk_call_served_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("provider_sid", name=op.f("uq_call_provider_sid")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_address_id"), ["address_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_callback_id"), ["callback_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_call_recent", ["centre_id", "started_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_served_by_id"), ["served_by_id"], unique=False)
        batch_op.create_index("ix_call_state", ["line_id", "state", "started_at"], unique=False)

    op.create_table(
        "call_event",
        sa.Column("call_id", sa.Uuid(), nullable=False, comment="Its call"),
        sa.Column("call_sid", sa.String(length=40), nullable=False, comment="Provider's id of the call"),
        sa.Column(
            "event", sa.String(length=40), nullable=False, comment="What happened, such as rang.no-answer"
        ),
        sa.Column(
            "sequence", sa.Integer(), nullable=False, comment="Provider's sequence number, or the round"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it came, UTC"),
        sa.Column("raw", sa.LargeBinary(), nullable=True, comment="The whole form, sealed JSON"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_event_call_id_call"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_event")),
        sa.UniqueConstraint(
            "call_sid", "event", "sequence", name=op.f("uq_call_event_call_sid_event_sequence")
        ),
    )
    with op.batch_alter_table("call_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_event_call_id"), ["call_id"], unique=False)

    op.create_table(
        "voicemail",
        sa.Column("call_id", sa.Uuid(), nullable=False, comment="Its call"),
        sa.Column(
            "provider_sid", sa.String(length=40), nullable=False, comment="Provider's id of the recording"
        ),
        sa.Column("seconds", sa.Integer(), nullable=False, comment="How long it is, as the provider says"),
        sa.Column("state", sa.String(length=40), nullable=False, comment="Where the sound is"),
        sa.Column("audio_type", sa.String(length=40), nullable=True, comment="wav or mp3"),
        sa.Column("file_key", sa.LargeBinary(), nullable=True, comment="Key of the file, sealed"),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True, comment="When we got it, UTC"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("(state = 'kept') = (file_key IS NOT NULL)", name=op.f("ck_voicemail_kept")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_voicemail_call_id_call"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voicemail")),
        sa.UniqueConstraint("call_id", name=op.f("uq_voicemail_call_id")),
        sa.UniqueConstraint("provider_sid", name=op.f("uq_voicemail_provider_sid")),
    )


def downgrade() -> None:
    op.drop_table("voicemail")
    with op.batch_alter_table("call_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_event_call_id"))

    op.drop_table("call_event")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index("ix_call_state")
        batch_op.drop_index(batch_op.f("ix_call_served_by_id"))
        batch_op.drop_index("ix_call_recent")
        batch_op.drop_index(batch_op.f("ix_call_person_id"))
        batch_op.drop_index(batch_op.f("ix_call_consultation_id"))
        batch_op.drop_index(batch_op.f("ix_call_callback_id"))
        batch_op.drop_index(batch_op.f("ix_call_address_id"))

    op.drop_table("call")
    with op.batch_alter_table("voice_prompt", schema=None) as batch_op:
        batch_op.drop_index("ix_voice_prompt_newest")

    op.drop_table("voice_prompt")
    with op.batch_alter_table("hotline_menu", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_menu_centre_id"))

    op.drop_table("hotline_menu")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_user_id"))
        batch_op.drop_index(batch_op.f("ix_duty_centre_id"))

    op.drop_table("duty")
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callback_person_id"))
        batch_op.drop_index("ix_callback_due")
        batch_op.drop_index(batch_op.f("ix_callback_address_id"))

    op.drop_table("callback")
