"""Keep the files of cases; their bytes lie sealed on the disk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'attachment_kinds'"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="1 as the case, 2 team and protection, 3 team only",
        ),
        sa.Column("file_type", sa.String(length=40), nullable=False, comment="What it is, by its content"),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes as they were kept"),
        sa.Column("pages", sa.Integer(), nullable=True, comment="How many pages, of a PDF"),
        sa.Column("width", sa.Integer(), nullable=True, comment="Pixels, of a picture"),
        sa.Column("height", sa.Integer(), nullable=True, comment="Pixels, of a picture"),
        sa.Column(
            "was_scanned", sa.Boolean(), nullable=False, comment="Whether a virus scanner found it clean"
        ),
        sa.Column("added_by_id", sa.Uuid(), nullable=True, comment="Who added it"),
        sa.Column("name", sa.LargeBinary(), nullable=True, comment="What it is called, sealed"),
        sa.Column("description", sa.LargeBinary(), nullable=True, comment="What it shows, sealed"),
        sa.Column(
            "key",
            sa.LargeBinary(),
            nullable=True,
            comment="Key of its bytes, sealed; destroyed when it is withdrawn",
        ),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its bytes were destroyed, UTC",
        ),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True, comment="Who withdrew it"),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="Why it was withdrawn, sealed"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (key IS NOT NULL)", name=op.f("ck_attachment_key")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (reason IS NULL)", name=op.f("ck_attachment_reason")),
        sa.CheckConstraint("confidentiality BETWEEN 1 AND 3", name=op.f("ck_attachment_confidentiality")),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_attachment_added_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_attachment_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_attachment_withdrawn_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_added_by_id"), ["added_by_id"], unique=False)
        batch_op.create_index("ix_attachment_case", ["case_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_withdrawn_by_id"), ["withdrawn_by_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_withdrawn_by_id"))
        batch_op.drop_index("ix_attachment_case")
        batch_op.drop_index(batch_op.f("ix_attachment_added_by_id"))

    op.drop_table("attachment")
