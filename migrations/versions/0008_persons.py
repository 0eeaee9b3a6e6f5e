"""More names, identity papers, family."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_document",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Same as the person's"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whose paper"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'document_kinds'"),
        sa.Column(
            "number", sa.LargeBinary(), nullable=True, comment="As on the paper, letters and digits, sealed"
        ),
        sa.Column(
            "number_index",
            sa.LargeBinary(length=16),
            nullable=False,
            comment="Blind index of the bare number within the centre",
        ),
        sa.Column("issued_by", sa.String(length=2), nullable=True, comment="Issuing country, ISO 3166-1"),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="Last day on which it is valid"),
        sa.Column(
            "is_unusual",
            sa.Boolean(),
            nullable=False,
            comment="The number does not look as usual and was kept knowingly",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_identity_document_centre_id_centre")
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
        batch_op.create_index("ix_identity_document_number", ["centre_id", "number_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_identity_document_person_id"), ["person_id"], unique=False)

    op.create_table(
        "person_relation",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that keeps both files"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Of whom it is said"),
        sa.Column("other_id", sa.Uuid(), nullable=False, comment="To whom they are it"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="Code of list 'relation_kinds'"),
        sa.Column(
            "is_guardian", sa.Boolean(), nullable=False, comment="The first answers for the other, a minor"
        ),
        sa.Column("same_household", sa.Boolean(), nullable=False, comment="They live together"),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="Until when it held"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("person_id <> other_id", name=op.f("ck_person_relation_two_persons")),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_person_relation_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_person_relation_other_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_relation_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_relation")),
    )
    with op.batch_alter_table("person_relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_relation_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index("ix_person_relation_other", ["other_id", "ended_on"], unique=False)
        batch_op.create_index("ix_person_relation_person", ["person_id", "ended_on"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "grandfather_name", sa.LargeBinary(), nullable=True, comment="Father's father's name, sealed"
            )
        )
        batch_op.add_column(
            sa.Column("mother_name", sa.LargeBinary(), nullable=True, comment="Mother's name, sealed")
        )
        batch_op.add_column(
            sa.Column("husband_name", sa.LargeBinary(), nullable=True, comment="Husband's name, sealed")
        )
        batch_op.add_column(
            sa.Column("family_name", sa.LargeBinary(), nullable=True, comment="Family or tribe, sealed")
        )
        batch_op.add_column(
            sa.Column(
                "place", sa.LargeBinary(), nullable=True, comment="Where they live now, in words, sealed"
            )
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


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("education")
        batch_op.drop_column("marital_status")
        batch_op.drop_column("place")
        batch_op.drop_column("family_name")
        batch_op.drop_column("husband_name")
        batch_op.drop_column("mother_name")
        batch_op.drop_column("grandfather_name")

    with op.batch_alter_table("person_relation", schema=None) as batch_op:
        batch_op.drop_index("ix_person_relation_person")
        batch_op.drop_index("ix_person_relation_other")
        batch_op.drop_index(batch_op.f("ix_person_relation_centre_id"))

    op.drop_table("person_relation")
    with op.batch_alter_table("identity_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_document_person_id"))
        batch_op.drop_index("ix_identity_document_number")

    op.drop_table("identity_document")
