"""Partners, what they offer and whom to speak to there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "partner",
        sa.Column(
            "country",
            sa.String(length=2),
            nullable=False,
            comment="ISO 3166-1 alpha-2: whose directory it stands in",
        ),
        sa.Column(
            "name", sa.String(length=200), nullable=False, comment="As it calls itself, in Latin letters"
        ),
        sa.Column("name_key", sa.String(length=200), nullable=False, comment="The name folded, for order"),
        sa.Column("names", JSON, nullable=False, comment="In other scripts, by tag"),
        sa.Column("found_by", sa.Text(), nullable=False, comment="All names and places folded, for search"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'partner_types'"),
        sa.Column(
            "district", sa.String(length=40), nullable=True, comment="Where it is, code of list 'districts'"
        ),
        sa.Column("address", sa.Text(), nullable=False, comment="Street and how to get there"),
        sa.Column(
            "is_address_secret",
            sa.Boolean(),
            nullable=False,
            comment="A safe house: where it is stands on no card and no letter",
        ),
        sa.Column("phone", sa.String(length=20), nullable=False, comment="Of the office, E.164"),
        sa.Column("email", sa.String(length=200), nullable=False, comment="Of the office"),
        sa.Column("website", sa.String(length=300), nullable=False, comment="With https"),
        sa.Column("hours", sa.Text(), nullable=False, comment="When it is open, in words"),
        sa.Column("languages", JSON, nullable=False, comment="Codes of list 'languages'"),
        sa.Column("served", sa.String(length=40), nullable=False, comment="Whom the place lets in"),
        sa.Column(
            "referral_method",
            sa.String(length=40),
            nullable=False,
            comment="How it is safely told of somebody",
        ),
        sa.Column("method_note", sa.Text(), nullable=False, comment="What to know before referring"),
        sa.Column("agreement_from", sa.Date(), nullable=True, comment="First day of the agreement with it"),
        sa.Column("agreement_until", sa.Date(), nullable=True, comment="Last day of the agreement with it"),
        sa.Column(
            "verified_on", sa.Date(), nullable=True, comment="When somebody last asked them whether it holds"
        ),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True, comment="Who asked"),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="Nobody is referred to it any more since"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(verified_on IS NULL) = (verified_by_id IS NULL)", name=op.f("ck_partner_verified")
        ),
        sa.CheckConstraint(
            "agreement_from IS NULL OR agreement_until IS NULL OR agreement_from <= agreement_until",
            name=op.f("ck_partner_agreement"),
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["user_account.id"], name=op.f("fk_partner_verified_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )
    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.create_index("ix_partner_listed", ["country", "closed_on", "name_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_verified_by_id"), ["verified_by_id"], unique=False)

    op.create_table(
        "focal_point",
        sa.Column("partner_id", sa.Uuid(), nullable=False, comment="Where they work"),
        sa.Column("name", sa.LargeBinary(), nullable=True, comment="Who they are, sealed"),
        sa.Column("role", sa.String(length=120), nullable=False, comment="What they do there"),
        sa.Column("phone", sa.LargeBinary(), nullable=True, comment="E.164, sealed"),
        sa.Column("email", sa.LargeBinary(), nullable=True, comment="Sealed"),
        sa.Column(
            "language", sa.String(length=8), nullable=False, comment="In which they are written to, tag"
        ),
        sa.Column("is_first", sa.Boolean(), nullable=False, comment="Who is asked first"),
        sa.Column("left_on", sa.Date(), nullable=True, comment="Not there any more since"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_focal_point_partner_id_partner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focal_point")),
    )
    with op.batch_alter_table("focal_point", schema=None) as batch_op:
        batch_op.create_index("ix_focal_point_partner", ["partner_id", "left_on"], unique=False)

    op.create_table(
        "service_offer",
        sa.Column("partner_id", sa.Uuid(), nullable=False, comment="Whose it is"),
        sa.Column("service", sa.String(length=40), nullable=False, comment="Code of list 'partner_services'"),
        sa.Column("details", sa.Text(), nullable=False, comment="What is done, in words"),
        sa.Column("requires", sa.Text(), nullable=False, comment="What the person must bring or be"),
        sa.Column("sexes", JSON, nullable=False, comment="Codes of list 'sexes'"),
        sa.Column("age_from", sa.Integer(), nullable=True, comment="Youngest, years"),
        sa.Column("age_to", sa.Integer(), nullable=True, comment="Oldest, years"),
        sa.Column("client_types", JSON, nullable=False, comment="Codes of list 'client_types'"),
        sa.Column("nationalities", JSON, nullable=False, comment="ISO 3166-1 alpha-2"),
        sa.Column(
            "districts",
            JSON,
            nullable=False,
            comment="Where people must live, codes of list 'districts', provinces too",
        ),
        sa.Column(
            "languages", JSON, nullable=False, comment="Codes of list 'languages'; empty: the partner's"
        ),
        sa.Column("cost", sa.String(length=40), nullable=False, comment="What it costs them"),
        sa.Column("room", sa.String(length=40), nullable=False, comment="Whether there is room now"),
        sa.Column("room_on", sa.Date(), nullable=True, comment="When somebody last heard about the room"),
        sa.Column("wait_days", sa.Integer(), nullable=True, comment="How long people wait, days"),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="Not offered any more since"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "age_from IS NULL OR age_to IS NULL OR age_from <= age_to", name=op.f("ck_service_offer_ages")
        ),
        sa.CheckConstraint("wait_days IS NULL OR wait_days >= 0", name=op.f("ck_service_offer_wait")),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_service_offer_partner_id_partner"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_offer")),
    )
    with op.batch_alter_table("service_offer", schema=None) as batch_op:
        batch_op.create_index("ix_service_offer_partner", ["partner_id", "ended_on"], unique=False)
        batch_op.create_index("ix_service_offer_service", ["service", "ended_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("service_offer", schema=None) as batch_op:
        batch_op.drop_index("ix_service_offer_service")
        batch_op.drop_index("ix_service_offer_partner")

    op.drop_table("service_offer")
    with op.batch_alter_table("focal_point", schema=None) as batch_op:
        batch_op.drop_index("ix_focal_point_partner")

    op.drop_table("focal_point")
    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_verified_by_id"))
        batch_op.drop_index("ix_partner_listed")

    op.drop_table("partner")
