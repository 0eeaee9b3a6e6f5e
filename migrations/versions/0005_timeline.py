"""Tell the people named for a protected person of a registration like them, and let an emergency opening reach the person.

Protected persons are few: an index of their own finds them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hidden_match",
        sa.Column(
            "person_id", sa.Uuid(), nullable=False, comment="Protected person whom the registrar did not see"
        ),
        sa.Column("registered_id", sa.Uuid(), nullable=False, comment="Person who was registered"),
        sa.Column(
            "settled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When somebody named looked at it, UTC",
        ),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True, comment="Who looked at it"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)", name=op.f("ck_hidden_match_settled")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_hidden_match_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registered_id"],
            ["person.id"],
            name=op.f("fk_hidden_match_registered_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["user_account.id"], name=op.f("fk_hidden_match_settled_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidden_match")),
        sa.UniqueConstraint(
            "person_id", "registered_id", name=op.f("uq_hidden_match_person_id_registered_id")
        ),
    )
    op.create_index(op.f("ix_hidden_match_registered_id"), "hidden_match", ["registered_id"])
    op.create_index(op.f("ix_hidden_match_settled_by_id"), "hidden_match", ["settled_by_id"])
    op.create_index(
        "ix_person_protected",
        "person",
        ["centre_id", "id"],
        postgresql_where=sa.text("confidentiality >= 2"),
        sqlite_where=sa.text("confidentiality >= 2"),
    )
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "person_id",
                sa.Uuid(),
                nullable=True,
                comment="Person of the record, whose file opens with it",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.drop_column("person_id")
    op.drop_index("ix_person_protected", table_name="person")
    op.drop_index(op.f("ix_hidden_match_settled_by_id"), table_name="hidden_match")
    op.drop_index(op.f("ix_hidden_match_registered_id"), table_name="hidden_match")
    op.drop_table("hidden_match")
