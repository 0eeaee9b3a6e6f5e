"""Since when WhatsApp says that nobody is at an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "absent_since",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="Since when WhatsApp says that nobody is there, UTC; empty again once they write",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.drop_column("absent_since")
