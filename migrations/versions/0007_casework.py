"""Keep what is inside a case: needs with an outcome, closures, concerns, assessments, job-offer checks.

Notes get a kind, a level of their own and a pin; cases the clock of their first response; centres say whether a
manager approves that a case is closed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "assessment",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column("instrument", sa.String(length=40), nullable=False, comment="Code of a shipped instrument"),
        sa.Column(
            "instrument_version", sa.String(length=20), nullable=False, comment="Version of it that was asked"
        ),
        sa.Column("status", sa.String(length=40), nullable=False, comment="Draft or finished"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="1 as the case, 2 team and protection, as the instrument says",
        ),
        sa.Column(
            "taken_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the questions were asked, UTC",
        ),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True, comment="Who asked"),
        sa.Column("amends_id", sa.Uuid(), nullable=True, comment="Finished assessment that this one amends"),
        sa.Column("answers", sa.LargeBinary(), nullable=True, comment="Item code to answer code, sealed"),
        sa.Column(
            "results",
            JSON,
            nullable=False,
            comment="Dimension to points of risk and protection, and how many were answered",
        ),
        sa.Column(
            "suggested_level", sa.String(length=40), nullable=True, comment="What the instrument suggests"
        ),
        sa.Column("level", sa.String(length=40), nullable=True, comment="What staff decided"),
        sa.Column("finding", sa.String(length=40), nullable=True, comment="Of a screening"),
        sa.Column(
            "determined_by",
            sa.String(length=40),
            nullable=True,
            comment="Who says so, code of list 'determiners'",
        ),
        sa.Column("ground", sa.LargeBinary(), nullable=True, comment="On what ground it was decided, sealed"),
        sa.Column("next_review_on", sa.Date(), nullable=True, comment="When it should be repeated"),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when it cannot be changed, UTC",
        ),
        sa.Column("finished_by_id", sa.Uuid(), nullable=True, comment="Who finished it"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("(status = 'draft') = (finished_at IS NULL)", name=("ck_assessment_finished_at")),
        sa.CheckConstraint(
            "status = 'draft' OR level IS NOT NULL OR finding IS NOT NULL",
            name=("ck_assessment_level_or_finding"),
        ),
        sa.CheckConstraint("confidentiality BETWEEN 1 AND 2", name=("ck_assessment_confidentiality")),
        sa.ForeignKeyConstraint(
            ["amends_id"], ["assessment.id"], name=("fk_assessment_amends_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=("fk_assessment_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["finished_by_id"], ["user_account.id"], name=("fk_assessment_finished_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["user_account.id"], name=("fk_assessment_taken_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(("ix_assessment_amends_id"), ["amends_id"], unique=False)
        batch_op.create_index("ix_assessment_case", ["case_id", "taken_at", "id"], unique=False)
        batch_op.create_index(("ix_assessment_finished_by_id"), ["finished_by_id"], unique=False)
        batch_op.create_index(("ix_assessment_taken_by_id"), ["taken_by_id"], unique=False)

    op.create_table(
        "case_closure",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="What was decided"),
        sa.Column("reason", sa.String(length=40), nullable=False, comment="Code of list 'closure_reasons'"),
        sa.Column(
            "requested_at", sa.DateTime(timezone=True), nullable=False, comment="When it was asked for, UTC"
        ),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True, comment="Who asked; may not approve it"),
        sa.Column(
            "attempts", sa.Integer(), nullable=True, comment="Attempts to reach the person, for lost contact"
        ),
        sa.Column(
            "summary", sa.LargeBinary(), nullable=True, comment="What was done and where it stands, sealed"
        ),
        sa.Column(
            "explanation",
            sa.LargeBinary(),
            nullable=True,
            comment="What the reason needs to be understood, sealed",
        ),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=True, comment="When it was decided, UTC"
        ),
        sa.Column(
            "decided_by_id", sa.Uuid(), nullable=True, comment="Who decided; empty where no approval is asked"
        ),
        sa.Column(
            "comment", sa.LargeBinary(), nullable=True, comment="What the person who decided wrote, sealed"
        ),
        sa.Column(
            "reopened_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the case was opened again, UTC",
        ),
        sa.Column("reopened_by_id", sa.Uuid(), nullable=True, comment="Who opened it again"),
        sa.Column(
            "reopening_reason", sa.LargeBinary(), nullable=True, comment="Why it was opened again, sealed"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.CheckConstraint(
            "(status = 'pending') = (decided_at IS NULL)", name=("ck_case_closure_decided_at")
        ),
        sa.CheckConstraint(
            "reopened_at IS NULL OR status = 'approved'", name=("ck_case_closure_reopened_at")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=("fk_case_closure_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=("fk_case_closure_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["reopened_by_id"], ["user_account.id"], name=("fk_case_closure_reopened_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=("fk_case_closure_requested_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_case_closure")),
    )
    with op.batch_alter_table("case_closure", schema=None) as batch_op:
        batch_op.create_index("ix_case_closure_case", ["case_id", "requested_at", "id"], unique=False)
        batch_op.create_index(("ix_case_closure_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(("ix_case_closure_reopened_by_id"), ["reopened_by_id"], unique=False)
        batch_op.create_index(("ix_case_closure_requested_by_id"), ["requested_by_id"], unique=False)

    op.create_table(
        "job_offer_check",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="Where the check is"),
        sa.Column("route", sa.String(length=40), nullable=False, comment="promoter or direct"),
        sa.Column(
            "promoter",
            sa.LargeBinary(),
            nullable=True,
            comment="Name of the overseas employment promoter, sealed",
        ),
        sa.Column(
            "licence", sa.LargeBinary(), nullable=True, comment="Licence number of the promoter, sealed"
        ),
        sa.Column(
            "licence_state", sa.String(length=40), nullable=True, comment="Code of list 'licence_states'"
        ),
        sa.Column(
            "licence_source",
            sa.String(length=40),
            nullable=True,
            comment="Where it was looked up, code of list 'licence_sources'",
        ),
        sa.Column("licence_checked_on", sa.Date(), nullable=True, comment="When it was looked up"),
        sa.Column("licence_checked_by_id", sa.Uuid(), nullable=True, comment="Who looked it up"),
        sa.Column(
            "permission", sa.LargeBinary(), nullable=True, comment="Permission number of the demand, sealed"
        ),
        sa.Column("permission_issued_on", sa.Date(), nullable=True, comment="Valid for 120 days from here"),
        sa.Column("employer", sa.LargeBinary(), nullable=True, comment="Employer, sealed"),
        sa.Column("occupation", sa.LargeBinary(), nullable=True, comment="Work that was offered, sealed"),
        sa.Column("country", sa.String(length=2), nullable=True, comment="Country of the work, ISO 3166-1"),
        sa.Column(
            "contract",
            sa.String(length=40),
            nullable=False,
            comment="not_seen, seen or countersigned by the Protector",
        ),
        sa.Column(
            "salary_promised_minor",
            sa.BigInteger(),
            nullable=True,
            comment="Monthly pay as promised, minor units",
        ),
        sa.Column(
            "salary_written_minor",
            sa.BigInteger(),
            nullable=True,
            comment="Monthly pay as the contract says, minor units",
        ),
        sa.Column("salary_currency", sa.String(length=3), nullable=True, comment="ISO 4217"),
        sa.Column(
            "fees",
            JSON,
            nullable=False,
            comment="Fees asked for: kind (code of list 'job_fees'), amount_minor in PKR, has_receipt",
        ),
        sa.Column(
            "documents", JSON, nullable=False, comment="Papers that were seen, codes of list 'job_documents'"
        ),
        sa.Column("result", sa.String(length=40), nullable=True, comment="What was found"),
        sa.Column(
            "doubts",
            sa.LargeBinary(),
            nullable=True,
            comment="What is doubtful, sealed; stands in the letter",
        ),
        sa.Column(
            "not_checked",
            sa.LargeBinary(),
            nullable=True,
            comment="What could not be checked, sealed; stands in the letter",
        ),
        sa.Column("started_by_id", sa.Uuid(), nullable=True, comment="Who began it"),
        sa.Column(
            "checked_at", sa.DateTime(timezone=True), nullable=True, comment="When the result stood, UTC"
        ),
        sa.Column("checked_by_id", sa.Uuid(), nullable=True, comment="Who checked"),
        sa.Column(
            "told_at", sa.DateTime(timezone=True), nullable=True, comment="When the client was told, UTC"
        ),
        sa.Column("told_by_id", sa.Uuid(), nullable=True, comment="Who told the client"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(status = 'draft') = (checked_at IS NULL)", name=("ck_job_offer_check_checked_at")
        ),
        sa.CheckConstraint("(status = 'told') = (told_at IS NOT NULL)", name=("ck_job_offer_check_told_at")),
        sa.CheckConstraint("status = 'draft' OR result IS NOT NULL", name=("ck_job_offer_check_result")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=("fk_job_offer_check_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["user_account.id"], name=("fk_job_offer_check_checked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["licence_checked_by_id"],
            ["user_account.id"],
            name=("fk_job_offer_check_licence_checked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["user_account.id"], name=("fk_job_offer_check_started_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["told_by_id"], ["user_account.id"], name=("fk_job_offer_check_told_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_job_offer_check")),
    )
    with op.batch_alter_table("job_offer_check", schema=None) as batch_op:
        batch_op.create_index("ix_job_offer_check_case", ["case_id", "created_at", "id"], unique=False)
        batch_op.create_index(("ix_job_offer_check_checked_by_id"), ["checked_by_id"], unique=False)
        batch_op.create_index(
            ("ix_job_offer_check_licence_checked_by_id"), ["licence_checked_by_id"], unique=False
        )
        batch_op.create_index(("ix_job_offer_check_started_by_id"), ["started_by_id"], unique=False)
        batch_op.create_index(("ix_job_offer_check_told_by_id"), ["told_by_id"], unique=False)

    op.create_table(
        "protection_concern",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'protection_concerns'"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="Whether it still stands"),
        sa.Column(
            "severity", sa.String(length=40), nullable=False, comment="How serious it is: low, medium, high"
        ),
        sa.Column(
            "since",
            sa.String(length=11),
            nullable=True,
            comment="Since when, as far as known: 2026, 2026-02 or 2026-02-11, ~ when estimated",
        ),
        sa.Column(
            "determined_by",
            sa.String(length=40),
            nullable=False,
            comment="Who says so, code of list 'determiners'",
        ),
        sa.Column("details", sa.LargeBinary(), nullable=True, comment="What it is, sealed"),
        sa.Column(
            "safety_plan",
            sa.LargeBinary(),
            nullable=True,
            comment="What was agreed for the person's safety, sealed",
        ),
        sa.Column("raised_by_id", sa.Uuid(), nullable=True, comment="Who wrote it down"),
        sa.Column("resolution", sa.LargeBinary(), nullable=True, comment="Why it no longer stands, sealed"),
        sa.Column(
            "resolved_at", sa.DateTime(timezone=True), nullable=True, comment="When it was resolved, UTC"
        ),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True, comment="Who resolved it"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(status = 'open') = (resolved_at IS NULL)", name=("ck_protection_concern_resolved_at")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=("fk_protection_concern_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["user_account.id"], name=("fk_protection_concern_raised_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"],
            ["user_account.id"],
            name=("fk_protection_concern_resolved_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_protection_concern")),
    )
    with op.batch_alter_table("protection_concern", schema=None) as batch_op:
        batch_op.create_index("ix_protection_concern_case", ["case_id", "created_at", "id"], unique=False)
        batch_op.create_index(("ix_protection_concern_raised_by_id"), ["raised_by_id"], unique=False)
        batch_op.create_index(("ix_protection_concern_resolved_by_id"), ["resolved_by_id"], unique=False)

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "first_response_due_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="Until when someone must have spoken with the person, by priority, UTC",
            )
        )
        batch_op.add_column(
            sa.Column(
                "first_response_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="First consultation or note after opening, UTC",
            )
        )
        batch_op.create_index("ix_case_activity", ["centre_id", "last_activity_at", "id"], unique=False)
        batch_op.create_index("ix_case_follow_up", ["centre_id", "follow_up_at", "id"], unique=False)
        batch_op.create_index(
            "ix_case_programme", ["centre_id", "programme", "opened_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_case_response", ["centre_id", "first_response_at", "first_response_due_at"], unique=False
        )

    with op.batch_alter_table("centre", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "closure_needs_approval",
                sa.Boolean(),
                server_default=sa.true(),
                nullable=False,
                comment="Whether a manager approves that a case is closed",
            )
        )

    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "priority", sa.String(length=40), server_default="normal", nullable=False, comment="How soon"
            )
        )
        batch_op.add_column(
            sa.Column("due_on", sa.Date(), nullable=True, comment="Until when it should be settled")
        )
        batch_op.add_column(
            sa.Column("details", sa.LargeBinary(), nullable=True, comment="What is needed, sealed")
        )
        batch_op.add_column(sa.Column("opened_by_id", sa.Uuid(), nullable=True, comment="Who wrote it down"))
        batch_op.add_column(
            sa.Column("outcome", sa.String(length=40), nullable=True, comment="Code of list 'need_outcomes'")
        )
        batch_op.add_column(
            sa.Column("outcome_note", sa.LargeBinary(), nullable=True, comment="How it was settled, sealed")
        )
        batch_op.add_column(
            sa.Column(
                "settled_at", sa.DateTime(timezone=True), nullable=True, comment="When it was settled, UTC"
            )
        )
        batch_op.add_column(sa.Column("settled_by_id", sa.Uuid(), nullable=True, comment="Who settled it"))
        batch_op.create_index(("ix_need_opened_by_id"), ["opened_by_id"], unique=False)
        batch_op.create_index(("ix_need_settled_by_id"), ["settled_by_id"], unique=False)
        batch_op.create_foreign_key(
            ("fk_need_settled_by_id_user_account"), "user_account", ["settled_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            ("fk_need_opened_by_id_user_account"), "user_account", ["opened_by_id"], ["id"]
        )
    # Who settled a need before is not known; when its row was made is the nearest instant that is.
    op.execute("UPDATE need SET settled_at = created_at WHERE status <> 'open'")
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.create_check_constraint(
            "settled_at", "(status IN ('open', 'in_progress')) = (settled_at IS NULL)"
        )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "original_id", sa.Uuid(), nullable=True, comment="First of the notes that this one corrects"
            )
        )
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.String(length=40),
                server_default="case_note",
                nullable=False,
                comment="What it is about",
            )
        )
        batch_op.add_column(
            sa.Column(
                "confidentiality",
                sa.Integer(),
                server_default="1",
                nullable=False,
                comment="1 as the case, 2 team and protection, 3 team only",
            )
        )
        batch_op.add_column(
            sa.Column(
                "pinned_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="Since when it stands on top, UTC",
            )
        )
        batch_op.add_column(sa.Column("pinned_by_id", sa.Uuid(), nullable=True, comment="Who pinned it"))
        batch_op.create_index(("ix_note_original_id"), ["original_id"], unique=False)
        batch_op.create_index(("ix_note_pinned_by_id"), ["pinned_by_id"], unique=False)
        batch_op.create_foreign_key(("fk_note_original_id_note"), "note", ["original_id"], ["id"])
        batch_op.create_foreign_key(
            ("fk_note_pinned_by_id_user_account"), "user_account", ["pinned_by_id"], ["id"]
        )
        batch_op.create_check_constraint("confidentiality", "confidentiality BETWEEN 1 AND 3")


def downgrade() -> None:

    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_constraint("confidentiality", type_="check")
        batch_op.drop_constraint(("fk_note_pinned_by_id_user_account"), type_="foreignkey")
        batch_op.drop_constraint(("fk_note_original_id_note"), type_="foreignkey")
        batch_op.drop_index("ix_note_pinned_by_id")
        batch_op.drop_index("ix_note_original_id")
        batch_op.drop_column("pinned_by_id")
        batch_op.drop_column("pinned_at")
        batch_op.drop_column("confidentiality")
        batch_op.drop_column("kind")
        batch_op.drop_column("original_id")

    op.execute("UPDATE need SET status = 'open' WHERE status = 'in_progress'")
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.drop_constraint("settled_at", type_="check")
        batch_op.drop_constraint(("fk_need_opened_by_id_user_account"), type_="foreignkey")
        batch_op.drop_constraint(("fk_need_settled_by_id_user_account"), type_="foreignkey")
        batch_op.drop_index("ix_need_settled_by_id")
        batch_op.drop_index("ix_need_opened_by_id")
        batch_op.drop_column("settled_by_id")
        batch_op.drop_column("settled_at")
        batch_op.drop_column("outcome_note")
        batch_op.drop_column("outcome")
        batch_op.drop_column("opened_by_id")
        batch_op.drop_column("details")
        batch_op.drop_column("due_on")
        batch_op.drop_column("priority")

    with op.batch_alter_table("centre", schema=None) as batch_op:
        batch_op.drop_column("closure_needs_approval")

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_response")
        batch_op.drop_index("ix_case_programme")
        batch_op.drop_index("ix_case_follow_up")
        batch_op.drop_index("ix_case_activity")
        batch_op.drop_column("first_response_at")
        batch_op.drop_column("first_response_due_at")

    with op.batch_alter_table("protection_concern", schema=None) as batch_op:
        batch_op.drop_index("ix_protection_concern_resolved_by_id")
        batch_op.drop_index("ix_protection_concern_raised_by_id")
        batch_op.drop_index("ix_protection_concern_case")

    op.drop_table("protection_concern")
    with op.batch_alter_table("job_offer_check", schema=None) as batch_op:
        batch_op.drop_index("ix_job_offer_check_told_by_id")
        batch_op.drop_index("ix_job_offer_check_started_by_id")
        batch_op.drop_index("ix_job_offer_check_licence_checked_by_id")
        batch_op.drop_index("ix_job_offer_check_checked_by_id")
        batch_op.drop_index("ix_job_offer_check_case")

    op.drop_table("job_offer_check")
    with op.batch_alter_table("case_closure", schema=None) as batch_op:
        batch_op.drop_index("ix_case_closure_requested_by_id")
        batch_op.drop_index("ix_case_closure_reopened_by_id")
        batch_op.drop_index("ix_case_closure_decided_by_id")
        batch_op.drop_index("ix_case_closure_case")

    op.drop_table("case_closure")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index("ix_assessment_taken_by_id")
        batch_op.drop_index("ix_assessment_finished_by_id")
        batch_op.drop_index("ix_assessment_case")
        batch_op.drop_index("ix_assessment_amends_id")

    op.drop_table("assessment")
