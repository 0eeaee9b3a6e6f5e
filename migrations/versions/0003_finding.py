"""Find persons by name and year of birth at once.

Keys are made in another way than before: the old ones stay until the job `persons.index_names` has replaced them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
revision = "0003"
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
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "merged_into_id",
                sa.Uuid(),
                nullable=True,
                comment="The file that this one went into; nobody sees it since",
            )
        )
        batch_op.create_index("ix_person_merged_into_id", ["merged_into_id"])
        batch_op.create_foreign_key("fk_person_merged_into_id_person", "person", ["merged_into_id"], ["id"])
    op.create_table(
        "person_pair",
        sa.Column("low_id", sa.Uuid(), nullable=False, comment="The file with the lower key"),
        sa.Column("high_id", sa.Uuid(), nullable=False, comment="The other file"),
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that keeps both"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="What was made of it"),
        sa.Column("score", sa.Float(), nullable=False, comment="How alike, 0 to 100"),
        sa.Column("reasons", JSON, nullable=False, comment="Why: codes of matching.Reason"),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=True, comment="When somebody judged it, UTC"
        ),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True, comment="Who judged it"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("low_id < high_id", name="order"),
        sa.CheckConstraint("(status = 'suspected') = (decided_at IS NULL)", name="decided_at"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"]),
        sa.ForeignKeyConstraint(["low_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["high_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("low_id", "high_id"),
    )
    op.create_index("ix_person_pair_high_id", "person_pair", ["high_id"])
    op.create_index("ix_person_pair_list", "person_pair", ["centre_id", "status", "score", "low_id"])
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that keeps both"),
        sa.Column("kept_id", sa.Uuid(), nullable=False, comment="The file that goes on"),
        sa.Column("merged_id", sa.Uuid(), nullable=False, comment="The file that went into it"),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False, comment="When, UTC"),
        sa.Column("merged_by_id", sa.Uuid(), nullable=True, comment="Who did it"),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True, comment="When it was undone, UTC"),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True, comment="Who undid it"),
        sa.Column(
            "before",
            sa.LargeBinary(),
            nullable=True,
            comment="Fields and contact plans before and after, sealed JSON",
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["merged_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["merged_by_id"], ["user_account.id"]),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("centre_id", "kept_id", "merged_id"):
        op.create_index(f"ix_person_merge_{column}", "person_merge", [column])
    op.create_table(
        "merged_row",
        sa.Column("merge_id", sa.Uuid(), nullable=False, comment="By which merge"),
        sa.Column("position", sa.Integer(), nullable=False, comment="Counts the rows of the merge from 0"),
        sa.Column("table_name", sa.String(length=63), nullable=False, comment="Table of the row"),
        sa.Column(
            "column_name", sa.String(length=63), nullable=False, comment="Column that points to the person"
        ),
        sa.Column(
            "row_key", JSON, nullable=False, comment="The other columns of the row's primary key, as text"
        ),
        sa.ForeignKeyConstraint(["merge_id"], ["person_merge.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("merge_id", "position"),
    )


def downgrade() -> None:
    for table in ("merged_row", "person_merge", "person_pair"):
        op.drop_table(table)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint("fk_person_merged_into_id_person", type_="foreignkey")
        batch_op.drop_index("ix_person_merged_into_id")
        batch_op.drop_column("merged_into_id")
    op.drop_index("ix_name_key_lookup", "name_key")
    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.drop_column("scheme")
        batch_op.drop_column("birth_year")
    op.create_index("ix_name_key_lookup", "name_key", ["centre_id", "kind", "key_hash", "person_id"])
