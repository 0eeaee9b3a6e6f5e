"""Notes among colleagues, who is there, labels, putting off, and messages of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "thread_note",
        sa.Column("thread_id", sa.Uuid(), nullable=False, comment="Its conversation"),
        sa.Column("author_id", sa.Uuid(), nullable=False, comment="Who wrote it"),
        sa.Column("body", sa.LargeBinary(), nullable=True, comment="Text, sealed"),
        sa.Column(
            "voided_at", sa.DateTime(timezone=True), nullable=True, comment="When somebody struck it out, UTC"
        ),
        sa.Column("voided_by_id", sa.Uuid(), nullable=True, comment="Who struck it out"),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="Why, sealed"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (voided_by_id IS NULL)", name=op.f("ck_thread_note_voided")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_thread_note_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_note_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["user_account.id"], name=op.f("fk_thread_note_voided_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_note")),
    )
    with op.batch_alter_table("thread_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_note_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_thread_note_thread", ["thread_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_note_voided_by_id"), ["voided_by_id"], unique=False)

    op.create_table(
        "thread_presence",
        sa.Column("thread_id", sa.Uuid(), nullable=False, comment="The conversation"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Who is there"),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), nullable=False, comment="When their page last said so, UTC"
        ),
        sa.Column(
            "typed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When they last typed an answer, UTC",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_presence_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_thread_presence_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_presence")),
        sa.UniqueConstraint("thread_id", "user_id", name=op.f("uq_thread_presence_thread_id_user_id")),
    )
    with op.batch_alter_table("thread_presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_presence_seen_at"), ["seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_presence_user_id"), ["user_id"], unique=False)

    op.create_table(
        "message_case",
        sa.Column("message_id", sa.Uuid(), nullable=False, comment="The message"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="The case"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_message_case_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_message_case_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_case")),
        sa.UniqueConstraint("message_id", "case_id", name=op.f("uq_message_case_message_id_case_id")),
    )
    with op.batch_alter_table("message_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_case_case_id"), ["case_id"], unique=False)

    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "labels",
                JSON,
                server_default="[]",
                nullable=False,
                comment="What it is about, codes of list 'thread_labels'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "snoozed_until",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="Put off until, UTC; writing ends it",
            )
        )

    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "languages",
                JSON,
                server_default="[]",
                nullable=False,
                comment="In which they answer people, tags",
            )
        )
        batch_op.add_column(
            sa.Column(
                "skills",
                JSON,
                server_default="[]",
                nullable=False,
                comment="What they answer on, codes of list 'thread_labels'",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("skills")
        batch_op.drop_column("languages")

    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_column("snoozed_until")
        batch_op.drop_column("labels")

    with op.batch_alter_table("message_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_case_case_id"))

    op.drop_table("message_case")
    with op.batch_alter_table("thread_presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_presence_user_id"))
        batch_op.drop_index(batch_op.f("ix_thread_presence_seen_at"))

    op.drop_table("thread_presence")
    with op.batch_alter_table("thread_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_note_voided_by_id"))
        batch_op.drop_index("ix_thread_note_thread")
        batch_op.drop_index(batch_op.f("ix_thread_note_author_id"))

    op.drop_table("thread_note")
