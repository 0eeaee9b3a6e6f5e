"""What outreach may cost in a day, and its messages by when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("centre", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "message_budget_cents",
                sa.Integer(),
                server_default="2000",
                nullable=False,
                comment="For outreach in a day, in US cents",
            )
        )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_outreach",
            ["at"],
            unique=False,
            postgresql_where=sa.text("purpose <> 'reply'"),
            sqlite_where=sa.text("purpose <> 'reply'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_outreach",
            postgresql_where=sa.text("purpose <> 'reply'"),
            sqlite_where=sa.text("purpose <> 'reply'"),
        )

    with op.batch_alter_table("centre", schema=None) as batch_op:
        batch_op.drop_column("message_budget_cents")
