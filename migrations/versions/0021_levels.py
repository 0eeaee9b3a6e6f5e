"""The steps of conversations, and how fast a centre wants to answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thread_event",
        sa.Column("thread_id", sa.Uuid(), nullable=False, comment="The conversation"),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was, by the provider for what came in, UTC",
        ),
        sa.Column("step", sa.String(length=40), nullable=False, comment="inbound, answer or done"),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="Who answered, or said that it is done"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_event_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_thread_event_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_event")),
    )
    with op.batch_alter_table("thread_event", schema=None) as batch_op:
        batch_op.create_index("ix_thread_event_at", ["at"], unique=False)
        batch_op.create_index("ix_thread_event_thread", ["thread_id", "at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_event_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("centre", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "first_response_minutes",
                sa.Integer(),
                server_default="60",
                nullable=False,
                comment="Target for the first answer, in opening minutes",
            )
        )
        batch_op.add_column(
            sa.Column(
                "next_response_minutes",
                sa.Integer(),
                server_default="120",
                nullable=False,
                comment="Target for every later answer, in opening minutes",
            )
        )
        batch_op.add_column(
            sa.Column(
                "resolution_minutes",
                sa.Integer(),
                server_default="2400",
                nullable=False,
                comment="Target until it is done, in opening minutes",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("centre", schema=None) as batch_op:
        batch_op.drop_column("resolution_minutes")
        batch_op.drop_column("next_response_minutes")
        batch_op.drop_column("first_response_minutes")

    with op.batch_alter_table("thread_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_event_user_id"))
        batch_op.drop_index("ix_thread_event_thread")
        batch_op.drop_index("ix_thread_event_at")

    op.drop_table("thread_event")
