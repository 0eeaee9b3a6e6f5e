"""Tasks, the rules that make them, leave, and flags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "task_rule",
        sa.Column(
            "code", sa.String(length=40), nullable=False, comment="Name of a shipped rule, or its own key"
        ),
        sa.Column(
            "centre_id", sa.Uuid(), nullable=True, comment="Centre that it is for, everywhere when empty"
        ),
        sa.Column("trigger", sa.String(length=40), nullable=False, comment="What it waits for"),
        sa.Column(
            "condition",
            sa.String(length=40),
            nullable=False,
            comment="Outcome or priority that it asks for, any when empty",
        ),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'task_kinds'"),
        sa.Column("titles", JSON, nullable=False, comment="Title by language, English always"),
        sa.Column("offset_value", sa.Integer(), nullable=False, comment="How long after it the task is due"),
        sa.Column("offset_unit", sa.String(length=40), nullable=False, comment="Unit of that time"),
        sa.Column("assign_to", sa.String(length=40), nullable=False, comment="Who gets the task"),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="Whether it makes tasks"),
        sa.Column(
            "is_local", sa.Boolean(), nullable=False, comment="Changed here: a release leaves it alone"
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("offset_value >= 0", name=op.f("ck_task_rule_offset_value")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_task_rule_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_task_rule_code")),
    )
    with op.batch_alter_table("task_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_rule_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "absence",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Where they work"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Who is away"),
        sa.Column("substitute_id", sa.Uuid(), nullable=False, comment="Who stands in"),
        sa.Column("from_on", sa.Date(), nullable=False, comment="First day"),
        sa.Column("until_on", sa.Date(), nullable=False, comment="Last day"),
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="When the tasks went back, UTC"
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_absence_days")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_absence_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["user_account.id"], name=op.f("fk_absence_substitute_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_absence_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_substitute_id"), ["substitute_id"], unique=False)
        batch_op.create_index("ix_absence_user", ["user_id", "until_on"], unique=False)

    op.create_table(
        "flag",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Whose flag it is"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="About whom"),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="In this case only"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="Follows the case, without one the person",
        ),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'flag_kinds'"),
        sa.Column("instruction", sa.LargeBinary(), nullable=True, comment="What to do, sealed"),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="Last day on which it is shown"),
        sa.Column("raised_by_id", sa.Uuid(), nullable=True, comment="Who raised it"),
        sa.Column(
            "taken_down_at", sa.DateTime(timezone=True), nullable=True, comment="When it was taken down, UTC"
        ),
        sa.Column("taken_down_by_id", sa.Uuid(), nullable=True, comment="Who took it down"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("confidentiality BETWEEN 0 AND 3", name=op.f("ck_flag_confidentiality")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_flag_case_id_case")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_flag_centre_id_centre")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_flag_person_id_person")),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["user_account.id"], name=op.f("fk_flag_raised_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["taken_down_by_id"], ["user_account.id"], name=op.f("fk_flag_taken_down_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("ix_flag_case", ["case_id", "taken_down_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index("ix_flag_person", ["person_id", "taken_down_at"], unique=False)

    op.create_table(
        "task",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that it belongs to"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="About whom"),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="In which case"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="Follows the case, without one the person",
        ),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'task_kinds'"),
        sa.Column(
            "title",
            sa.LargeBinary(),
            nullable=True,
            comment="What is to be done, sealed; empty when its rule says it",
        ),
        sa.Column("details", sa.LargeBinary(), nullable=True, comment="More, sealed"),
        sa.Column("assignee_id", sa.Uuid(), nullable=True, comment="Who does it, nobody yet when empty"),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it is due, UTC; the end of the day when untimed",
        ),
        sa.Column("is_timed", sa.Boolean(), nullable=False, comment="Whether the time of day matters"),
        sa.Column("is_urgent", sa.Boolean(), nullable=False, comment="Before others that are due then"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="Where it is"),
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was done or cancelled, UTC",
        ),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True, comment="Who did or cancelled it"),
        sa.Column(
            "cancel_reason", sa.String(length=40), nullable=True, comment="Code of list 'task_cancel_reasons'"
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="How often it was tried in vain"),
        sa.Column("postponed", sa.Integer(), nullable=False, comment="How often it was put off"),
        sa.Column("source", sa.String(length=40), nullable=False, comment="Why it is there"),
        sa.Column("rule_id", sa.Uuid(), nullable=True, comment="The rule that made it"),
        sa.Column(
            "dedupe_key",
            sa.String(length=120),
            nullable=True,
            comment="What it was made for; never made twice",
        ),
        sa.Column("repeat_every", sa.Integer(), nullable=True, comment="It comes again after so many units"),
        sa.Column("repeat_unit", sa.String(length=40), nullable=True, comment="days, weeks or months"),
        sa.Column("repeat_until", sa.Date(), nullable=True, comment="Last day on which it may come again"),
        sa.Column("absence_id", sa.Uuid(), nullable=True, comment="Handed over because of this absence"),
        sa.Column("made_by_id", sa.Uuid(), nullable=True, comment="Who wrote it"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name=op.f("ck_task_closed_at")),
        sa.CheckConstraint(
            "status <> 'cancelled' OR cancel_reason IS NOT NULL", name=op.f("ck_task_cancel_reason")
        ),
        sa.CheckConstraint("case_id IS NULL OR person_id IS NOT NULL", name=op.f("ck_task_case_person")),
        sa.CheckConstraint("confidentiality BETWEEN 0 AND 3", name=op.f("ck_task_confidentiality")),
        sa.ForeignKeyConstraint(["absence_id"], ["absence.id"], name=op.f("fk_task_absence_id_absence")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_task_assignee_id_user_account")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_task_case_id_case")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_task_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user_account.id"], name=op.f("fk_task_closed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_task_made_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_person_id_person")),
        sa.ForeignKeyConstraint(["rule_id"], ["task_rule.id"], name=op.f("fk_task_rule_id_task_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_task_dedupe_key")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_absence_id"), ["absence_id"], unique=False)
        batch_op.create_index("ix_task_assignee", ["assignee_id", "status", "due_at", "id"], unique=False)
        batch_op.create_index("ix_task_case", ["case_id", "status", "due_at", "id"], unique=False)
        batch_op.create_index("ix_task_centre", ["centre_id", "status", "due_at", "id"], unique=False)
        batch_op.create_index("ix_task_person", ["person_id", "status", "due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_rule_id"), ["rule_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_rule_id"))
        batch_op.drop_index("ix_task_person")
        batch_op.drop_index("ix_task_centre")
        batch_op.drop_index("ix_task_case")
        batch_op.drop_index("ix_task_assignee")
        batch_op.drop_index(batch_op.f("ix_task_absence_id"))

    op.drop_table("task")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index("ix_flag_person")
        batch_op.drop_index(batch_op.f("ix_flag_centre_id"))
        batch_op.drop_index("ix_flag_case")

    op.drop_table("flag")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index("ix_absence_user")
        batch_op.drop_index(batch_op.f("ix_absence_substitute_id"))
        batch_op.drop_index(batch_op.f("ix_absence_centre_id"))

    op.drop_table("absence")
    with op.batch_alter_table("task_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_rule_centre_id"))

    op.drop_table("task_rule")
