"""One log of who carried a case, batches of it, and cases shared with a colleague."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover_batch",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre of the cases"),
        sa.Column("to_user_id", sa.Uuid(), nullable=False, comment="Who gets them"),
        sa.Column("made_by_id", sa.Uuid(), nullable=False, comment="Who gave them"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="How far it is"),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True, comment="Who took them back"),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the last case was looked at, UTC",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_handover_batch_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_handover_batch_made_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"], ["user_account.id"], name=op.f("fk_handover_batch_to_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user_account.id"], name=op.f("fk_handover_batch_undone_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_batch")),
    )
    with op.batch_alter_table("handover_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_batch_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_batch_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_batch_to_user_id"), ["to_user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_batch_undone_by_id"), ["undone_by_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("kind", sa.String(length=40), nullable=False, comment="assign, transfer, request or share"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="What became of it"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column(
            "centre_id", sa.Uuid(), nullable=False, comment="Centre that had the case when it was asked"
        ),
        sa.Column(
            "to_centre_id", sa.Uuid(), nullable=True, comment="Centre that is to have it, where it is another"
        ),
        sa.Column("from_user_id", sa.Uuid(), nullable=True, comment="Who carried it before"),
        sa.Column("to_user_id", sa.Uuid(), nullable=True, comment="Who carries it, asks for it or reads it"),
        sa.Column(
            "asked_by_id",
            sa.Uuid(),
            nullable=True,
            comment="Who did it or asked for it; empty for the system",
        ),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True, comment="Who answered"),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was answered, or was over, UTC",
        ),
        sa.Column("until_on", sa.Date(), nullable=True, comment="Last day of a share"),
        sa.Column(
            "rests_on_consent",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="Asked because the person agrees; it ends with that",
        ),
        sa.Column(
            "before_status",
            sa.String(length=40),
            nullable=True,
            comment="State of the case before it was given",
        ),
        sa.Column(
            "obstacle",
            sa.String(length=40),
            nullable=True,
            comment="Why nothing was done with it in a batch: a code of `Obstacle`",
        ),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="Why, sealed"),
        sa.Column("answer", sa.LargeBinary(), nullable=True, comment="What was answered, sealed"),
        sa.Column("batch_id", sa.Uuid(), nullable=True, comment="With many others"),
        sa.Column("position", sa.Integer(), nullable=True, comment="Place in the batch"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "kind <> 'transfer' OR to_centre_id IS NOT NULL", name=op.f("ck_handover_transfer")
        ),
        sa.CheckConstraint("kind <> 'share' OR until_on IS NOT NULL", name=op.f("ck_handover_share")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_handover_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["handover_batch.id"],
            name=op.f("fk_handover_batch_id_handover_batch"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_handover_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_handover_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_handover_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["from_user_id"], ["user_account.id"], name=op.f("fk_handover_from_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["to_centre_id"], ["centre.id"], name=op.f("fk_handover_to_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"], ["user_account.id"], name=op.f("fk_handover_to_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(
            "ix_handover_asked_by", ["asked_by_id", "status", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_handover_batch", ["batch_id", "status", "position"], unique=False)
        batch_op.create_index("ix_handover_case", ["case_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_handover_centre", ["centre_id", "status", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_from_user_id"), ["from_user_id"], unique=False)
        batch_op.create_index(
            "ix_handover_incoming", ["to_centre_id", "status", "created_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_handover_to_user_id"), ["to_user_id"], unique=False)

    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "is_share",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="Shared by a colleague; nobody broke a glass",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.drop_column("is_share")

    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_to_user_id"))
        batch_op.drop_index("ix_handover_incoming")
        batch_op.drop_index(batch_op.f("ix_handover_from_user_id"))
        batch_op.drop_index(batch_op.f("ix_handover_decided_by_id"))
        batch_op.drop_index("ix_handover_centre")
        batch_op.drop_index("ix_handover_case")
        batch_op.drop_index("ix_handover_batch")
        batch_op.drop_index("ix_handover_asked_by")

    op.drop_table("handover")
    with op.batch_alter_table("handover_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_batch_undone_by_id"))
        batch_op.drop_index(batch_op.f("ix_handover_batch_to_user_id"))
        batch_op.drop_index(batch_op.f("ix_handover_batch_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_handover_batch_centre_id"))

    op.drop_table("handover_batch")
