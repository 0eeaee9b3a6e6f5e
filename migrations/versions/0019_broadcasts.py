"""Messages to many, and what became of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "broadcast",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Whose persons, whose lines"),
        sa.Column(
            "title", sa.String(length=120), nullable=False, comment="What staff call it; never anybody's name"
        ),
        sa.Column("template_id", sa.Uuid(), nullable=False, comment="What is said"),
        sa.Column("variables", JSON, nullable=False, comment="The same for everybody, by place"),
        sa.Column("audience", JSON, nullable=False, comment="Filters, codes only"),
        sa.Column(
            "per_minute", sa.Integer(), nullable=False, comment="Messages handed over in a minute at most"
        ),
        sa.Column("status", sa.String(length=40), nullable=False, comment="BroadcastStatus"),
        sa.Column(
            "counts",
            JSON,
            nullable=False,
            comment="What the dry run found: by reason, and what it may cost in micros",
        ),
        sa.Column("written_by_id", sa.Uuid(), nullable=False, comment="Who wrote it"),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True, comment="Who else approved it"),
        sa.Column(
            "began_at", sa.DateTime(timezone=True), nullable=True, comment="Since when it goes out, UTC"
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was done or cancelled, UTC",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> written_by_id", name=op.f("ck_broadcast_two_people")
        ),
        sa.CheckConstraint("per_minute BETWEEN 1 AND 600", name=op.f("ck_broadcast_pace")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user_account.id"], name=op.f("fk_broadcast_approved_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_broadcast_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["message_template.id"], name=op.f("fk_broadcast_template_id_message_template")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user_account.id"], name=op.f("fk_broadcast_written_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
    )
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_approved_by_id"), ["approved_by_id"], unique=False)
        batch_op.create_index("ix_broadcast_centre", ["centre_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_template_id"), ["template_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_written_by_id"), ["written_by_id"], unique=False)

    op.create_table(
        "broadcast_line",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False, comment="Its broadcast"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who reads it"),
        sa.Column("address_id", sa.Uuid(), nullable=False, comment="Where it goes"),
        sa.Column("language", sa.String(length=8), nullable=False, comment="In which language, tag"),
        sa.Column("state", sa.String(length=40), nullable=False, comment="LineState"),
        sa.Column("reason", sa.String(length=40), nullable=True, comment="Why it was left out"),
        sa.Column("message_id", sa.Uuid(), nullable=True, comment="What it became"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.CheckConstraint(
            "(state = 'written') = (message_id IS NOT NULL)",
            name=op.f("ck_broadcast_line_written_has_message"),
        ),
        sa.CheckConstraint(
            "state <> 'left_out' OR reason IS NOT NULL", name=op.f("ck_broadcast_line_left_out_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_broadcast_line_address_id_address")
        ),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcast.id"],
            name=op.f("fk_broadcast_line_broadcast_id_broadcast"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_broadcast_line_message_id_message"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_broadcast_line_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_line")),
        sa.UniqueConstraint(
            "broadcast_id", "address_id", name=op.f("uq_broadcast_line_broadcast_id_address_id")
        ),
        sa.UniqueConstraint("message_id", name=op.f("uq_broadcast_line_message_id")),
    )
    with op.batch_alter_table("broadcast_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_line_address_id"), ["address_id"], unique=False)
        batch_op.create_index("ix_broadcast_line_next", ["broadcast_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_line_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("broadcast_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcast_line_person_id"))
        batch_op.drop_index("ix_broadcast_line_next")
        batch_op.drop_index(batch_op.f("ix_broadcast_line_address_id"))

    op.drop_table("broadcast_line")
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcast_written_by_id"))
        batch_op.drop_index(batch_op.f("ix_broadcast_template_id"))
        batch_op.drop_index("ix_broadcast_centre")
        batch_op.drop_index(batch_op.f("ix_broadcast_approved_by_id"))

    op.drop_table("broadcast")
