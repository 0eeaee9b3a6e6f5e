"""Wordings that WhatsApp approves, ready answers, and what an outgoing message is for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "message_template",
        sa.Column("key", sa.String(length=60), nullable=False, comment="Code by which the house asks for it"),
        sa.Column("title", sa.String(length=120), nullable=False, comment="What staff call it"),
        sa.Column("purpose", sa.String(length=40), nullable=False, comment="What it is sent for"),
        sa.Column("category", sa.String(length=40), nullable=False, comment="What we ask WhatsApp for"),
        sa.Column(
            "retired_at", sa.DateTime(timezone=True), nullable=True, comment="Not offered any more since, UTC"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint("key", name=op.f("uq_message_template_key")),
    )
    op.create_table(
        "canned_answer",
        sa.Column("centre_id", sa.Uuid(), nullable=True, comment="Whose it is; empty for all"),
        sa.Column(
            "shortcut", sa.String(length=40), nullable=False, comment="What is typed after the semicolon"
        ),
        sa.Column("title", sa.String(length=120), nullable=False, comment="What staff call it"),
        sa.Column("language", sa.String(length=8), nullable=False, comment="Tag"),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="With variables as {name}; see messaging/canned"
        ),
        sa.Column("status", sa.String(length=40), nullable=False, comment="AnswerStatus"),
        sa.Column(
            "written_by_id",
            sa.Uuid(),
            nullable=True,
            comment="Who wrote it; empty for what came with the house",
        ),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True, comment="Who approved it"),
        sa.Column("review_on", sa.Date(), nullable=True, comment="When somebody must read it again"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> written_by_id",
            name=op.f("ck_canned_answer_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user_account.id"], name=op.f("fk_canned_answer_approved_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_canned_answer_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user_account.id"], name=op.f("fk_canned_answer_written_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_answer")),
    )
    with op.batch_alter_table("canned_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_canned_answer_approved_by_id"), ["approved_by_id"], unique=False)
        batch_op.create_index("ix_canned_answer_offered", ["centre_id", "language", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_canned_answer_written_by_id"), ["written_by_id"], unique=False)

    op.create_table(
        "template_version",
        sa.Column("template_id", sa.Uuid(), nullable=False, comment="Its template"),
        sa.Column("language", sa.String(length=8), nullable=False, comment="Tag"),
        sa.Column("number", sa.Integer(), nullable=False, comment="1 is the first"),
        sa.Column("body", sa.Text(), nullable=False, comment="With variables as {{1}}, {{2}}"),
        sa.Column("variables", JSON, nullable=False, comment="In their order: name and sample of each"),
        sa.Column(
            "buttons",
            JSON,
            nullable=False,
            comment="Quick replies: id and title of each; none is a plain text",
        ),
        sa.Column("status", sa.String(length=40), nullable=False, comment="TemplateStatus"),
        sa.Column("content_sid", sa.String(length=40), nullable=True, comment="Provider's id of the wording"),
        sa.Column(
            "approved_category", sa.String(length=40), nullable=True, comment="What WhatsApp made of it"
        ),
        sa.Column("rejection", sa.String(length=500), nullable=False, comment="Why WhatsApp refused it"),
        sa.Column(
            "written_by_id",
            sa.Uuid(),
            nullable=True,
            comment="Who wrote it; empty for what came with the house",
        ),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True, comment="Who reviewed it"),
        sa.Column(
            "synced_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the provider was last asked, UTC",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "status <> 'approved' OR content_sid IS NOT NULL",
            name=op.f("ck_template_version_approved_has_content"),
        ),
        sa.CheckConstraint(
            "reviewed_by_id IS NULL OR reviewed_by_id <> written_by_id",
            name=op.f("ck_template_version_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"],
            ["user_account.id"],
            name=op.f("fk_template_version_reviewed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["message_template.id"],
            name=op.f("fk_template_version_template_id_message_template"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["user_account.id"],
            name=op.f("fk_template_version_written_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_version")),
        sa.UniqueConstraint(
            "template_id", "language", "number", name=op.f("uq_template_version_template_id_language_number")
        ),
    )
    with op.batch_alter_table("template_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_template_version_content_sid"), ["content_sid"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_template_version_reviewed_by_id"), ["reviewed_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_template_version_written_by_id"), ["written_by_id"], unique=False
        )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "purpose",
                sa.String(length=40),
                server_default="reply",
                nullable=False,
                comment="What it is sent for",
            )
        )
        batch_op.add_column(
            sa.Column(
                "send_at", sa.DateTime(timezone=True), nullable=True, comment="Not before this instant, UTC"
            )
        )
        batch_op.add_column(
            sa.Column(
                "is_urgent",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="Sent in quiet hours too; the log says why",
            )
        )
        batch_op.add_column(
            sa.Column("template_version_id", sa.Uuid(), nullable=True, comment="Which approved wording it is")
        )
        batch_op.add_column(
            sa.Column(
                "variables",
                sa.LargeBinary(),
                nullable=True,
                comment="What fills the wording's places, sealed JSON",
            )
        )
        batch_op.add_column(
            sa.Column("segments", sa.Integer(), nullable=True, comment="Parts that are charged")
        )
        batch_op.add_column(
            sa.Column(
                "price_micros",
                sa.Integer(),
                nullable=True,
                comment="What it costs, in millionths of a US dollar",
            )
        )
        batch_op.create_index(
            batch_op.f("ix_message_template_version_id"), ["template_version_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_message_template_version_id_template_version"),
            "template_version",
            ["template_version_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_message_template_version_id_template_version"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_message_template_version_id"))
        batch_op.drop_column("price_micros")
        batch_op.drop_column("segments")
        batch_op.drop_column("variables")
        batch_op.drop_column("template_version_id")
        batch_op.drop_column("is_urgent")
        batch_op.drop_column("send_at")
        batch_op.drop_column("purpose")

    with op.batch_alter_table("template_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_template_version_written_by_id"))
        batch_op.drop_index(batch_op.f("ix_template_version_reviewed_by_id"))
        batch_op.drop_index(batch_op.f("ix_template_version_content_sid"))

    op.drop_table("template_version")
    with op.batch_alter_table("canned_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_canned_answer_written_by_id"))
        batch_op.drop_index("ix_canned_answer_offered")
        batch_op.drop_index(batch_op.f("ix_canned_answer_approved_by_id"))

    op.drop_table("canned_answer")
    op.drop_table("message_template")
