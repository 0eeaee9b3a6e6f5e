"""Files of messages, and whether the writer of a conversation is in doubt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_media",
        sa.Column("message_id", sa.Uuid(), nullable=False, comment="The message that it came with"),
        sa.Column("thread_id", sa.Uuid(), nullable=False, comment="Its conversation, whose rule it follows"),
        sa.Column(
            "position", sa.Integer(), nullable=False, comment="Place among the files of the message, from 0"
        ),
        sa.Column("url", sa.LargeBinary(), nullable=True, comment="The provider's address of it, sealed"),
        sa.Column(
            "told_type", sa.String(length=100), nullable=False, comment="Content type as the provider told it"
        ),
        sa.Column("state", sa.String(length=40), nullable=False, comment="Where the file is"),
        sa.Column("reason", sa.String(length=40), nullable=True, comment="Why it is not here"),
        sa.Column("tries", sa.Integer(), nullable=False, comment="How often it was fetched in vain"),
        sa.Column(
            "next_try_at", sa.DateTime(timezone=True), nullable=True, comment="When it is fetched next, UTC"
        ),
        sa.Column("file_type", sa.String(length=40), nullable=True, comment="What it is, by its content"),
        sa.Column("size", sa.Integer(), nullable=True, comment="Bytes as they were kept"),
        sa.Column(
            "has_preview", sa.Boolean(), nullable=False, comment="Whether there is a small picture of it"
        ),
        sa.Column(
            "was_scanned", sa.Boolean(), nullable=False, comment="Whether a virus scanner found it clean"
        ),
        sa.Column("key", sa.LargeBinary(), nullable=True, comment="Key of its bytes, sealed"),
        sa.Column(
            "deleted_at_provider_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the provider's copy was deleted, UTC",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(state = 'stored') = (file_type IS NOT NULL)", name=op.f("ck_message_media_file_type")
        ),
        sa.CheckConstraint("(state = 'stored') = (key IS NOT NULL)", name=op.f("ck_message_media_key")),
        sa.CheckConstraint(
            "(state = 'waiting') = (next_try_at IS NOT NULL)", name=op.f("ck_message_media_next_try_at")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_message_media_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_message_media_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_media")),
        sa.UniqueConstraint("message_id", "position", name=op.f("uq_message_media_message_id_position")),
    )
    with op.batch_alter_table("message_media", schema=None) as batch_op:
        batch_op.create_index("ix_message_media_thread", ["thread_id", "id"], unique=False)

    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "doubt",
                sa.String(length=40),
                nullable=True,
                comment="Why it may be someone else now; empty once confirmed",
            )
        )
        batch_op.add_column(
            sa.Column(
                "doubted_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="Since when that is in doubt, UTC",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_column("doubted_at")
        batch_op.drop_column("doubt")

    with op.batch_alter_table("message_media", schema=None) as batch_op:
        batch_op.drop_index("ix_message_media_thread")

    op.drop_table("message_media")
