"""How messaging fares: lines as the provider has them, pace of webhooks, alarms, texts cleared there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_pace",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="The minute, UTC"),
        sa.Column("count", sa.Integer(), nullable=False, comment="Webhooks answered"),
        sa.Column("slow_count", sa.Integer(), nullable=False, comment="Of these, slower than half a second"),
        sa.Column("longest_ms", sa.Integer(), nullable=False, comment="The slowest, milliseconds"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_pace")),
    )
    with op.batch_alter_table("webhook_pace", schema=None) as batch_op:
        batch_op.create_index("ix_webhook_pace_at", ["at"], unique=False)

    op.create_table(
        "line_standing",
        sa.Column("line_id", sa.Uuid(), nullable=False, comment="The line"),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), nullable=False, comment="When the provider was asked, UTC"
        ),
        sa.Column(
            "is_known",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="Whether the account has it",
        ),
        sa.Column(
            "status", sa.String(length=40), nullable=False, comment="WhatsApp's word: ONLINE, OFFLINE, …"
        ),
        sa.Column(
            "quality", sa.String(length=20), nullable=False, comment="WhatsApp's word: HIGH, MEDIUM, LOW"
        ),
        sa.Column(
            "daily_limit",
            sa.String(length=60),
            nullable=False,
            comment="To how many people it may write first in a day, WhatsApp's words",
        ),
        sa.Column(
            "points_here",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="Whether what comes in is sent to our address",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_line.id"], name=op.f("fk_line_standing_line_id_phone_line")
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_line_standing")),
    )
    op.create_table(
        "messaging_alarm",
        sa.Column("kind", sa.String(length=40), nullable=False, comment="What is wrong"),
        sa.Column("centre_id", sa.Uuid(), nullable=True, comment="Whose it is; empty for the whole house"),
        sa.Column("line_id", sa.Uuid(), nullable=True, comment="The line, where it is about one"),
        sa.Column(
            "since", sa.DateTime(timezone=True), nullable=False, comment="When it was found first, UTC"
        ),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), nullable=False, comment="When it was found last, UTC"
        ),
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="When it was found no more, UTC"
        ),
        sa.Column(
            "figure", sa.Integer(), nullable=False, comment="How many, or how many minutes, by the kind"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_messaging_alarm_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_line.id"], name=op.f("fk_messaging_alarm_line_id_phone_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messaging_alarm")),
    )
    with op.batch_alter_table("messaging_alarm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messaging_alarm_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messaging_alarm_line_id"), ["line_id"], unique=False)
        batch_op.create_index("ix_messaging_alarm_open", ["ended_at", "since"], unique=False)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "cleared_at_provider_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="When the provider's copy of the text was emptied, UTC",
            )
        )
        batch_op.create_index(
            "ix_message_uncleared",
            ["at"],
            unique=False,
            postgresql_where=sa.text("provider_sid IS NOT NULL AND cleared_at_provider_at IS NULL"),
            sqlite_where=sa.text("provider_sid IS NOT NULL AND cleared_at_provider_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_uncleared",
            postgresql_where=sa.text("provider_sid IS NOT NULL AND cleared_at_provider_at IS NULL"),
            sqlite_where=sa.text("provider_sid IS NOT NULL AND cleared_at_provider_at IS NULL"),
        )
        batch_op.drop_column("cleared_at_provider_at")

    with op.batch_alter_table("messaging_alarm", schema=None) as batch_op:
        batch_op.drop_index("ix_messaging_alarm_open")
        batch_op.drop_index(batch_op.f("ix_messaging_alarm_line_id"))
        batch_op.drop_index(batch_op.f("ix_messaging_alarm_centre_id"))

    op.drop_table("messaging_alarm")
    op.drop_table("line_standing")
    with op.batch_alter_table("webhook_pace", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_pace_at")

    op.drop_table("webhook_pace")
