"""Consultations whole: groups, minutes per topic, interpreters, amendments, voids; and contact attempts.

Consultations recorded before are initial or follow-up by their order, person by person and case by case.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DERIVE_KINDS = (
    "UPDATE consultation SET kind = 'follow_up' WHERE case_id IS NOT NULL AND EXISTS (SELECT 1 FROM consultation "
    "AS earlier WHERE earlier.case_id = consultation.case_id AND (earlier.started_at < consultation.started_at "
    "OR (earlier.started_at = consultation.started_at AND earlier.id < consultation.id)))",
    "UPDATE consultation SET kind = 'follow_up' WHERE case_id IS NULL AND person_id IS NOT NULL AND EXISTS "
    "(SELECT 1 FROM consultation AS earlier WHERE earlier.person_id = consultation.person_id AND "
    "(earlier.started_at < consultation.started_at "
    "OR (earlier.started_at = consultation.started_at AND earlier.id < consultation.id)))",
)
CHECKS = (
    sa.CheckConstraint("case_id IS NULL OR person_id IS NOT NULL", name="ck_consultation_case_person"),
    sa.CheckConstraint("minutes >= 0", name="ck_consultation_minutes"),
)


def upgrade() -> None:
    op.create_table(
        "contact_attempt",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that tried"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whom it tried to reach"),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="In which case"),
        sa.Column("link_id", sa.Uuid(), nullable=True, comment="By which of their addresses"),
        sa.Column("task_ref", sa.String(length=40), nullable=True, comment="Task that asked for it, its id"),
        sa.Column("channel", sa.String(length=40), nullable=False, comment="Code of list 'channels'"),
        sa.Column("outcome", sa.String(length=40), nullable=False, comment="What came of it"),
        sa.Column(
            "call_back_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When they asked to be called again, UTC",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When, UTC"),
        sa.Column("by_id", sa.Uuid(), nullable=True, comment="Who tried"),
        sa.Column("note", sa.LargeBinary(), nullable=True, comment="In words, sealed"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.CheckConstraint(
            "call_back_at IS NULL OR outcome = 'call_back'", name=op.f("ck_contact_attempt_call_back_at")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_contact_attempt_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_contact_attempt_case_id_case")),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_contact_attempt_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["person_address.id"],
            name=op.f("fk_contact_attempt_link_id_person_address"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_attempt_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_attempt")),
    )
    with op.batch_alter_table("contact_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_attempt_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_contact_attempt_case", ["case_id", "at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_attempt_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_attempt_link_id"), ["link_id"], unique=False)
        batch_op.create_index("ix_contact_attempt_person", ["person_id", "at", "id"], unique=False)

    op.create_table(
        "consultation_amendment",
        sa.Column("consultation_id", sa.Uuid(), nullable=False, comment="Consultation that was corrected"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When, UTC"),
        sa.Column("by_id", sa.Uuid(), nullable=True, comment="Who corrected it"),
        sa.Column("fields", JSON, nullable=False, comment="Names of the fields that changed"),
        sa.Column("before", sa.LargeBinary(), nullable=True, comment="Their earlier values by name, sealed"),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="Why, sealed"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_consultation_amendment_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_amendment_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_amendment")),
    )
    with op.batch_alter_table("consultation_amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_amendment_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_consultation_amendment_list", ["consultation_id", "at", "id"], unique=False)

    op.create_table(
        "consultation_count",
        sa.Column("consultation_id", sa.Uuid(), nullable=False, comment="Group consultation"),
        sa.Column(
            "sex", sa.String(length=40), nullable=False, comment="Code of list 'sexes', empty when not known"
        ),
        sa.Column(
            "age_band",
            sa.String(length=40),
            nullable=False,
            comment="Code of list 'age_bands', empty when not known",
        ),
        sa.Column("people", sa.Integer(), nullable=False, comment="How many"),
        sa.CheckConstraint("people > 0", name=op.f("ck_consultation_count_people")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_count_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "sex", "age_band", name=op.f("pk_consultation_count")),
    )
    op.create_table(
        "consultation_participant",
        sa.Column("consultation_id", sa.Uuid(), nullable=False, comment="Group consultation"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who took part"),
        sa.Column(
            "is_main",
            sa.Boolean(),
            nullable=False,
            comment="Whom it was mainly about; at most one, also the consultation's person",
        ),
        sa.Column(
            "consented_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When they agreed to be listed, UTC",
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the consultation began, UTC, for the person's timeline",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_participant_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consultation_participant_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_participant")),
        sa.UniqueConstraint(
            "consultation_id", "person_id", name=op.f("uq_consultation_participant_consultation_id_person_id")
        ),
    )
    with op.batch_alter_table("consultation_participant", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consultation_participant_person", ["person_id", "started_at", "id"], unique=False
        )
    op.create_index(
        "uq_consultation_participant_main",
        "consultation_participant",
        ["consultation_id"],
        unique=True,
        sqlite_where=sa.text("is_main"),
        postgresql_where=sa.text("is_main"),
    )

    op.create_table(
        "consultation_topic",
        sa.Column("consultation_id", sa.Uuid(), nullable=False, comment="Consultation"),
        sa.Column(
            "topic",
            sa.String(length=40),
            nullable=False,
            comment="Code of list 'topics', one of the consultation's",
        ),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="How long it was about this, in minutes"),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_consultation_topic_minutes")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_topic_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "topic", name=op.f("pk_consultation_topic")),
    )
    # SQLite copies the table and forgets its checks unless they are named.
    with op.batch_alter_table("consultation", schema=None, table_args=CHECKS) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.String(length=40),
                server_default="initial",
                nullable=False,
                comment="The first of the person or case, or a later one: derived, may be corrected",
            )
        )
        batch_op.add_column(
            sa.Column(
                "is_group",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="Held with several people; they stand in consultation_participant",
            )
        )
        batch_op.add_column(
            sa.Column(
                "interpreter_kind",
                sa.String(length=40),
                nullable=True,
                comment="Who interpreted, code of list 'interpreter_kinds'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "interpreter_language",
                sa.String(length=40),
                nullable=True,
                comment="Interpreted from and into, code of list 'languages'",
            )
        )
        batch_op.add_column(
            sa.Column("interpreter_name", sa.LargeBinary(), nullable=True, comment="Who interpreted, sealed")
        )
        batch_op.add_column(
            sa.Column(
                "information_language",
                sa.String(length=40),
                nullable=True,
                comment="Language of those sheets, code of list 'languages'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "voided_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="When it was said to be recorded by mistake, UTC; kept, not counted",
            )
        )
        batch_op.add_column(sa.Column("voided_by_id", sa.Uuid(), nullable=True, comment="Who said so"))
        batch_op.add_column(sa.Column("void_reason", sa.LargeBinary(), nullable=True, comment="Why, sealed"))
        batch_op.create_index(batch_op.f("ix_consultation_voided_by_id"), ["voided_by_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_consultation_voided_by_id_user_account"), "user_account", ["voided_by_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_consultation_void_reason"), "(voided_at IS NULL) = (void_reason IS NULL)"
        )
    op.create_index(
        "ix_consultation_group",
        "consultation",
        ["centre_id", "started_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_group"),
        postgresql_where=sa.text("is_group"),
    )
    for statement in DERIVE_KINDS:
        op.execute(statement)

    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "doubtful_since",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="Since when somebody said that this number is not theirs, UTC",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.drop_column("doubtful_since")

    op.drop_index("ix_consultation_group", "consultation")
    with op.batch_alter_table("consultation", schema=None, table_args=CHECKS) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_consultation_void_reason"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_consultation_voided_by_id_user_account"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_consultation_voided_by_id"))
        batch_op.drop_column("void_reason")
        batch_op.drop_column("voided_by_id")
        batch_op.drop_column("voided_at")
        batch_op.drop_column("information_language")
        batch_op.drop_column("interpreter_name")
        batch_op.drop_column("interpreter_language")
        batch_op.drop_column("interpreter_kind")
        batch_op.drop_column("is_group")
        batch_op.drop_column("kind")

    op.drop_table("consultation_topic")
    op.drop_table("consultation_participant")
    op.drop_table("consultation_count")
    op.drop_table("consultation_amendment")
    op.drop_table("contact_attempt")
