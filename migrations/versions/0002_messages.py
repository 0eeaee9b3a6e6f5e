"""Say why a message was held back, and know a WhatsApp account by its user id as well as by its number.

A counsellor's due cases and own names among the name keys have indexes that answer alone. An inbound form and its message share the provider's id; a second reference between them is dropped.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_case_due", "case", ["counsellor_id", "follow_up_at", "id"])
    op.drop_index("ix_name_key_lookup", "name_key")
    op.create_index("ix_name_key_lookup", "name_key", ["centre_id", "kind", "key_hash", "person_id"])
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "reason",
                sa.String(length=40),
                nullable=True,
                comment="Why we ourselves held it back or gave it up",
            )
        )
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "user_id_index",
                sa.LargeBinary(length=16),
                nullable=True,
                comment="Blind index of the WhatsApp user id that came with the number",
            )
        )
        batch_op.create_index("ix_address_user_id", ["centre_id", "user_id_index"], unique=False)
    with op.batch_alter_table("inbound_event", schema=None) as batch_op:
        batch_op.alter_column("state", type_=sa.String(length=40), existing_type=sa.String(length=20))
        batch_op.drop_constraint("fk_inbound_event_message_id_message", type_="foreignkey")
        batch_op.drop_column("message_id")


def downgrade() -> None:
    with op.batch_alter_table("inbound_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.Uuid(), nullable=True, comment="What it became"))
        batch_op.create_foreign_key(
            "fk_inbound_event_message_id_message", "message", ["message_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.alter_column("state", type_=sa.String(length=20), existing_type=sa.String(length=40))
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.drop_index("ix_address_user_id")
        batch_op.drop_column("user_id_index")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("reason")
    op.drop_index("ix_name_key_lookup", "name_key")
    op.create_index("ix_name_key_lookup", "name_key", ["centre_id", "key_hash", "person_id"])
    op.drop_index("ix_case_due", "case")
