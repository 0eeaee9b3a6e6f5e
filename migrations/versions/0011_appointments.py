"""Appointments with a counsellor, and secret addresses of people's calendars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Whose calendar"),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 of the address"),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), nullable=False, comment="When the address was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_calendar_feed_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_table(
        "appointment",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Where they meet"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who comes"),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="In which case"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="Follows the case, without one the person",
        ),
        sa.Column("counsellor_id", sa.Uuid(), nullable=False, comment="Whom they meet"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, comment="When it begins, UTC"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False, comment="When it ends, UTC"),
        sa.Column("room", sa.String(length=40), nullable=True, comment="Room, as the centre calls it"),
        sa.Column(
            "language", sa.String(length=40), nullable=True, comment="Spoken there, code of list 'languages'"
        ),
        sa.Column("status", sa.String(length=40), nullable=False, comment="What became of it"),
        sa.Column("note", sa.LargeBinary(), nullable=True, comment="What it is for, sealed"),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="Why it was cancelled, sealed"),
        sa.Column("booked_by_id", sa.Uuid(), nullable=True, comment="Who booked it"),
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was kept, missed or cancelled, UTC",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("confidentiality BETWEEN 0 AND 3", name=op.f("ck_appointment_confidentiality")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_appointment_times")),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["user_account.id"], name=op.f("fk_appointment_booked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_appointment_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_appointment_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["user_account.id"], name=op.f("fk_appointment_counsellor_id_user_account")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointment_booked_by_id"), ["booked_by_id"], unique=False)
        batch_op.create_index("ix_appointment_case", ["case_id", "starts_at", "id"], unique=False)
        batch_op.create_index("ix_appointment_centre", ["centre_id", "starts_at", "id"], unique=False)
        batch_op.create_index("ix_appointment_counsellor", ["counsellor_id", "starts_at", "id"], unique=False)
        batch_op.create_index("ix_appointment_person", ["person_id", "starts_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index("ix_appointment_person")
        batch_op.drop_index("ix_appointment_counsellor")
        batch_op.drop_index("ix_appointment_centre")
        batch_op.drop_index("ix_appointment_case")
        batch_op.drop_index(batch_op.f("ix_appointment_booked_by_id"))

    op.drop_table("appointment")
    op.drop_table("calendar_feed")
