"""The whole file of a person: names, circumstances, papers, family, contact plan and what consent needs.

Safe hours become several windows with days; the one window that a plan could hold is carried over.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PLANS = sa.table(
    "person_address",
    sa.column("id", sa.Uuid()),
    sa.column("safe_from", sa.Integer()),
    sa.column("safe_until", sa.Integer()),
    sa.column("safe_windows", JSON),
)
EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]


def upgrade() -> None:
    op.create_table(
        "household",
        sa.Column("label", sa.LargeBinary(), nullable=True, comment="How staff call the household, sealed"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
    )
    op.create_table(
        "registration_rule",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Whose rules"),
        sa.Column("fields", JSON, nullable=False, comment="Field name to mandatory, optional or hidden"),
        sa.Column(
            "takes_photos",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="Photos may be taken, with consent",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_registration_rule_centre_id_centre")
        ),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_registration_rule")),
    )
    op.create_table(
        "household_member",
        sa.Column("household_id", sa.Uuid(), nullable=False, comment="Which household"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who lives there"),
        sa.Column(
            "role",
            sa.String(length=40),
            nullable=False,
            comment="Role in it, code of list 'household_roles'; one member is its head",
        ),
        sa.Column("left_on", sa.Date(), nullable=True, comment="Last day there; empty while it lasts"),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Rises by one with every write; forms carry it",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["household.id"],
            name=op.f("fk_household_member_household_id_household"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_household_member_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_member")),
    )
    with op.batch_alter_table("household_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_member_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "identity_document",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whose document"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'document_kinds'"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="held, lost, withheld or removed"),
        sa.Column(
            "number", sa.LargeBinary(), nullable=True, comment="Number as it is read, in plain digits, sealed"
        ),
        sa.Column(
            "number_index",
            sa.LargeBinary(length=16),
            nullable=True,
            comment="Blind index of the bare number within the centre",
        ),
        sa.Column(
            "name", sa.LargeBinary(), nullable=True, comment="Name on the document where it differs, sealed"
        ),
        sa.Column(
            "issued_by", sa.LargeBinary(), nullable=True, comment="Office and place that issued it, sealed"
        ),
        sa.Column(
            "issued",
            sa.String(length=11),
            nullable=True,
            comment="2021, 2021-04 or 2021-04-12 as known; Gregorian",
        ),
        sa.Column(
            "expires",
            sa.String(length=11),
            nullable=True,
            comment="2031, 2031-04 or 2031-04-12 as known; Gregorian",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_identity_document_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_document")),
    )
    with op.batch_alter_table("identity_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_document_number_index"), ["number_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_identity_document_person_id"), ["person_id"], unique=False)

    op.create_table(
        "relation",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who is something to the other"),
        sa.Column("other_id", sa.Uuid(), nullable=False, comment="To whom"),
        sa.Column(
            "kind",
            sa.String(length=40),
            nullable=False,
            comment="What the first is to the other, code of list 'relations'",
        ),
        sa.Column(
            "guardian_basis",
            sa.String(length=40),
            nullable=True,
            comment="Why the first decides for the other, code of list 'guardian_bases'; else empty",
        ),
        sa.Column("since_on", sa.Date(), nullable=True, comment="Since when, if known"),
        sa.Column("until_on", sa.Date(), nullable=True, comment="Last day; empty while it lasts"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("person_id <> other_id", name=op.f("ck_relation_two_persons")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_relation_other_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_relation_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relation_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relation_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "giver_name", sa.LargeBinary(), nullable=True, comment="Who gave it for the person, sealed"
            )
        )
        batch_op.add_column(
            sa.Column(
                "giver_relation",
                sa.String(length=40),
                nullable=True,
                comment="What the giver is to the person, code of list 'relations'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "child_assent",
                sa.String(length=40),
                nullable=True,
                comment="What the child said beside the guardian's consent",
            )
        )
        batch_op.add_column(
            sa.Column(
                "recipient",
                sa.LargeBinary(),
                nullable=True,
                comment="The partner or centre with whom may be shared, sealed",
            )
        )
        batch_op.add_column(
            sa.Column("expires_on", sa.Date(), nullable=True, comment="Last day on which it counts")
        )
        batch_op.add_column(
            sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True, comment="Who recorded the withdrawal")
        )
        batch_op.add_column(
            sa.Column(
                "withdrawn_reason",
                sa.LargeBinary(),
                nullable=True,
                comment="Why, in the person's words, sealed",
            )
        )
        batch_op.create_index(batch_op.f("ix_consent_withdrawn_by_id"), ["withdrawn_by_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_consent_withdrawn_by_id_user_account"), "user_account", ["withdrawn_by_id"], ["id"]
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "grandfather_name", sa.LargeBinary(), nullable=True, comment="Father's father's name, sealed"
            )
        )
        batch_op.add_column(
            sa.Column(
                "great_grandfather_name",
                sa.LargeBinary(),
                nullable=True,
                comment="Great-grandfather's name, sealed",
            )
        )
        batch_op.add_column(
            sa.Column("mother_name", sa.LargeBinary(), nullable=True, comment="Mother's name, sealed")
        )
        batch_op.add_column(
            sa.Column("husband_name", sa.LargeBinary(), nullable=True, comment="Husband's name, sealed")
        )
        batch_op.add_column(
            sa.Column(
                "family_name", sa.LargeBinary(), nullable=True, comment="Family name, tribe or laqab, sealed"
            )
        )
        batch_op.add_column(
            sa.Column("other_names", sa.LargeBinary(), nullable=True, comment="Further spellings, sealed")
        )
        batch_op.add_column(
            sa.Column(
                "marital_status",
                sa.String(length=40),
                nullable=True,
                comment="Code of list 'marital_statuses'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "education", sa.String(length=40), nullable=True, comment="Code of list 'education_levels'"
            )
        )
        batch_op.add_column(
            sa.Column("occupation", sa.String(length=40), nullable=True, comment="Code of list 'occupations'")
        )
        batch_op.add_column(
            sa.Column(
                "reads",
                JSON,
                nullable=True,
                comment="Codes of list 'languages' that they read; empty when not asked",
            )
        )
        batch_op.add_column(
            sa.Column(
                "seeing",
                sa.String(length=40),
                nullable=True,
                comment="Washington Group short set, code of list 'difficulty_levels'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "hearing",
                sa.String(length=40),
                nullable=True,
                comment="Washington Group short set, code of list 'difficulty_levels'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "walking",
                sa.String(length=40),
                nullable=True,
                comment="Washington Group short set, code of list 'difficulty_levels'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "remembering",
                sa.String(length=40),
                nullable=True,
                comment="Washington Group short set, code of list 'difficulty_levels'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "self_care",
                sa.String(length=40),
                nullable=True,
                comment="Washington Group short set, code of list 'difficulty_levels'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "communicating",
                sa.String(length=40),
                nullable=True,
                comment="Washington Group short set, code of list 'difficulty_levels'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "present_country",
                sa.String(length=2),
                nullable=True,
                comment="Where they are now, ISO 3166-1 code",
            )
        )
        batch_op.add_column(
            sa.Column(
                "present_district",
                sa.String(length=40),
                nullable=True,
                comment="District where they are now, code of list 'districts'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "place",
                sa.LargeBinary(),
                nullable=True,
                comment="Village, street or camp where they are now, sealed",
            )
        )
        batch_op.add_column(
            sa.Column(
                "time_zone",
                sa.String(length=40),
                nullable=True,
                comment="IANA time zone where they are; the centre's while empty",
            )
        )
        batch_op.add_column(
            sa.Column(
                "migration_status",
                sa.String(length=40),
                nullable=True,
                comment="Code of list 'migration_statuses'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "destination",
                sa.String(length=40),
                nullable=True,
                comment="Where they want to go or went, code of list 'destinations'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "journey_stage", sa.String(length=40), nullable=True, comment="Code of list 'journey_stages'"
            )
        )
        batch_op.add_column(
            sa.Column(
                "care_status",
                sa.String(length=40),
                nullable=True,
                comment="Of a minor: with whom they live, code of list 'care_statuses'",
            )
        )

    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "safe_windows",
                JSON,
                nullable=True,
                comment="Safe hours in the person's time zone: days (0 is Monday), from and until in minutes",
            )
        )
        batch_op.add_column(
            sa.Column(
                "needs_voice",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="Cannot read: speak to them, or send a voice message",
            )
        )
        batch_op.add_column(
            sa.Column(
                "read_by", JSON, nullable=True, comment="Who else reads it, codes of list 'address_readers'"
            )
        )
        batch_op.add_column(
            sa.Column(
                "sender_name",
                sa.LargeBinary(),
                nullable=True,
                comment="What the caller says who they are, sealed",
            )
        )
        batch_op.add_column(
            sa.Column(
                "code_word",
                sa.LargeBinary(),
                nullable=True,
                comment="Word by which the person is known on the phone, sealed",
            )
        )
        batch_op.add_column(
            sa.Column(
                "interruption_phrase",
                sa.LargeBinary(),
                nullable=True,
                comment="What is said when somebody listens, sealed",
            )
        )
        batch_op.add_column(
            sa.Column(
                "counsellor_sex",
                sa.String(length=40),
                nullable=True,
                comment="Sex of the counsellor they prefer, code of list 'sexes'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "dropped_call",
                sa.String(length=40),
                nullable=True,
                comment="Who calls back when a call drops, code of list 'dropped_call_plans'",
            )
        )
        batch_op.add_column(
            sa.Column(
                "reviewed_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="When the plan was last gone through with the person, UTC",
            )
        )

    _carry_safe_hours_over()
    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.drop_column("safe_from")
        batch_op.drop_column("safe_until")


def downgrade() -> None:
    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "safe_until",
                sa.Integer(),
                nullable=True,
                comment="Safe until this minute of the day; may be past midnight",
            )
        )
        batch_op.add_column(
            sa.Column(
                "safe_from",
                sa.Integer(),
                nullable=True,
                comment="Safe from this minute of the day, person's time zone",
            )
        )
        batch_op.drop_column("reviewed_at")
        batch_op.drop_column("dropped_call")
        batch_op.drop_column("counsellor_sex")
        batch_op.drop_column("interruption_phrase")
        batch_op.drop_column("code_word")
        batch_op.drop_column("sender_name")
        batch_op.drop_column("read_by")
        batch_op.drop_column("needs_voice")
        batch_op.drop_column("safe_windows")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("care_status")
        batch_op.drop_column("journey_stage")
        batch_op.drop_column("destination")
        batch_op.drop_column("migration_status")
        batch_op.drop_column("time_zone")
        batch_op.drop_column("place")
        batch_op.drop_column("present_district")
        batch_op.drop_column("present_country")
        batch_op.drop_column("communicating")
        batch_op.drop_column("self_care")
        batch_op.drop_column("remembering")
        batch_op.drop_column("walking")
        batch_op.drop_column("hearing")
        batch_op.drop_column("seeing")
        batch_op.drop_column("reads")
        batch_op.drop_column("occupation")
        batch_op.drop_column("education")
        batch_op.drop_column("marital_status")
        batch_op.drop_column("other_names")
        batch_op.drop_column("family_name")
        batch_op.drop_column("husband_name")
        batch_op.drop_column("mother_name")
        batch_op.drop_column("great_grandfather_name")
        batch_op.drop_column("grandfather_name")

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_consent_withdrawn_by_id_user_account"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_consent_withdrawn_by_id"))
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_by_id")
        batch_op.drop_column("expires_on")
        batch_op.drop_column("recipient")
        batch_op.drop_column("child_assent")
        batch_op.drop_column("giver_relation")
        batch_op.drop_column("giver_name")

    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relation_person_id"))
        batch_op.drop_index(batch_op.f("ix_relation_other_id"))

    op.drop_table("relation")
    with op.batch_alter_table("identity_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_document_person_id"))
        batch_op.drop_index(batch_op.f("ix_identity_document_number_index"))

    op.drop_table("identity_document")
    with op.batch_alter_table("household_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_member_person_id"))
        batch_op.drop_index(batch_op.f("ix_household_member_household_id"))

    op.drop_table("household_member")
    op.drop_table("registration_rule")
    op.drop_table("household")


def _carry_safe_hours_over() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(PLANS.c.id, PLANS.c.safe_from, PLANS.c.safe_until).where(
            PLANS.c.safe_from.is_not(None), PLANS.c.safe_until.is_not(None)
        )
    ).all()
    for row in rows:
        window = {"days": EVERY_DAY, "from": row.safe_from, "until": row.safe_until}
        connection.execute(sa.update(PLANS).where(PLANS.c.id == row.id).values(safe_windows=[window]))
