"""Find persons by name and year of birth at once.

Keys are made in another way than before: the old ones stay until the job `persons.index_names` has replaced them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_name_key_lookup", "name_key")
    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "birth_year",
                sa.Integer(),
                nullable=False,
                server_default="0",
                comment="Same as the person's, 0 when unknown",
            )
        )
        batch_op.add_column(
            sa.Column(
                "scheme",
                sa.Integer(),
                nullable=False,
                server_default="1",
                comment="Which way of making keys made it",
            )
        )
    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.alter_column("birth_year", server_default=None)
        batch_op.alter_column("scheme", server_default=None)
    op.create_index(
        "ix_name_key_lookup", "name_key", ["centre_id", "kind", "key_hash", "birth_year", "person_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_name_key_lookup", "name_key")
    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.drop_column("scheme")
        batch_op.drop_column("birth_year")
    op.create_index("ix_name_key_lookup", "name_key", ["centre_id", "kind", "key_hash", "person_id"])
