"""Answers by itself, reminders that can be confirmed, and how people found it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "satisfaction",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that asked"),
        sa.Column("thread_id", sa.Uuid(), nullable=False, comment="Where it was asked"),
        sa.Column("message_id", sa.Uuid(), nullable=False, comment="The question"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, comment="When it was asked, UTC"),
        sa.Column("score", sa.Integer(), nullable=True, comment="3 helpful, 2 partly, 1 not helpful"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True, comment="When they tapped, UTC"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.CheckConstraint(
            "(score IS NULL) = (answered_at IS NULL)", name=op.f("ck_satisfaction_score_has_time")
        ),
        sa.CheckConstraint("score BETWEEN 1 AND 3", name=op.f("ck_satisfaction_score")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_satisfaction_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_satisfaction_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_satisfaction_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction")),
        sa.UniqueConstraint("message_id", name=op.f("uq_satisfaction_message_id")),
    )
    with op.batch_alter_table("satisfaction", schema=None) as batch_op:
        batch_op.create_index("ix_satisfaction_centre", ["centre_id", "asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_satisfaction_thread_id"), ["thread_id"], unique=False)

    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "confirmed_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="When they said that they come, UTC",
            )
        )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "answer_job",
                sa.String(length=60),
                nullable=True,
                comment="Which job is told what they tap under it",
            )
        )
        batch_op.add_column(
            sa.Column("subject_id", sa.Uuid(), nullable=True, comment="What it asks about, for that job")
        )

    with op.batch_alter_table("phone_line", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "answers_by_itself",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="Greets and says when we are closed; costs money",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("phone_line", schema=None) as batch_op:
        batch_op.drop_column("answers_by_itself")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("subject_id")
        batch_op.drop_column("answer_job")

    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_column("confirmed_at")

    with op.batch_alter_table("satisfaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_satisfaction_thread_id"))
        batch_op.drop_index("ix_satisfaction_centre")

    op.drop_table("satisfaction")
