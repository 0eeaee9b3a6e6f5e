"""Information sheets, and what is known of a wording beside its status."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "information_sheet",
        sa.Column("centre_id", sa.Uuid(), nullable=True, comment="Whose it is; empty for all"),
        sa.Column("topic", sa.String(length=40), nullable=False, comment="Code of list 'information_sheets'"),
        sa.Column("language", sa.String(length=8), nullable=False, comment="Tag"),
        sa.Column("number", sa.Integer(), nullable=False, comment="1 is the first"),
        sa.Column(
            "title", sa.String(length=120), nullable=False, comment="What it is called, in its language"
        ),
        sa.Column("status", sa.String(length=40), nullable=False, comment="SheetStatus"),
        sa.Column("file_type", sa.String(length=40), nullable=False, comment="What it is, by its content"),
        sa.Column("file_name", sa.String(length=120), nullable=False, comment="What the file is called"),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes as they were kept"),
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="Key of its bytes, sealed"),
        sa.Column("written_by_id", sa.Uuid(), nullable=True, comment="Who added it"),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True, comment="Who approved it"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> written_by_id",
            name=op.f("ck_information_sheet_two_people"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_information_sheet_size")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["user_account.id"],
            name=op.f("fk_information_sheet_approved_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_information_sheet_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["user_account.id"],
            name=op.f("fk_information_sheet_written_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_sheet")),
    )
    with op.batch_alter_table("information_sheet", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_information_sheet_approved_by_id"), ["approved_by_id"], unique=False
        )
        batch_op.create_index(
            "ix_information_sheet_offered", ["centre_id", "language", "status"], unique=False
        )
        batch_op.create_index(
            "ix_information_sheet_topic", ["topic", "language", "number", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_information_sheet_written_by_id"), ["written_by_id"], unique=False
        )

    with op.batch_alter_table("template_version", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "trouble",
                sa.String(length=40),
                nullable=True,
                comment="What the provider's list says otherwise than we do",
            )
        )
        batch_op.add_column(
            sa.Column(
                "is_for_shared",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="Reviewed as fit for a phone that others read",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("template_version", schema=None) as batch_op:
        batch_op.drop_column("is_for_shared")
        batch_op.drop_column("trouble")

    with op.batch_alter_table("information_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_information_sheet_written_by_id"))
        batch_op.drop_index("ix_information_sheet_topic")
        batch_op.drop_index("ix_information_sheet_offered")
        batch_op.drop_index(batch_op.f("ix_information_sheet_approved_by_id"))

    op.drop_table("information_sheet")
