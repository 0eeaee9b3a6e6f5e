"""Everything the ground floor needs, and the triggers that keep the audit log append-only.

Revision: 0001, the first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION audit_event_append_only()",
        "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_append_only()",
    ],
}

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column(
            "chain",
            sa.String(length=36),
            nullable=False,
            comment="Centre id, or 'house' for what belongs to no centre",
        ),
        sa.Column("seq", sa.Integer(), nullable=False, comment="Position in the chain, gap-free from 1"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it was written, UTC"),
        sa.Column("tag", sa.String(length=60), nullable=False, comment="package:subject:action"),
        sa.Column("actor_id", sa.Uuid(), nullable=True, comment="User who acted; empty for the system"),
        sa.Column(
            "actor",
            sa.String(length=80),
            nullable=False,
            comment="Username, or the name of the job or command",
        ),
        sa.Column("session_id", sa.Uuid(), nullable=True, comment="Sign-in session it was done in"),
        sa.Column(
            "request_id", sa.String(length=36), nullable=False, comment="Joins the row to the structured logs"
        ),
        sa.Column(
            "subject_kind", sa.String(length=40), nullable=False, comment="Table of the record it was done to"
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=True, comment="Key of that record"),
        sa.Column("details", JSON, nullable=False, comment="Ids, codes, counts and field names only"),
        sa.Column("changes", sa.LargeBinary(), nullable=True, comment="Sealed old and new values"),
        sa.Column(
            "key_version",
            sa.Integer(),
            nullable=False,
            comment="Version of the keyring that the HMAC was made with",
        ),
        sa.Column(
            "mac",
            sa.LargeBinary(length=32),
            nullable=False,
            comment="HMAC-SHA256 over the previous mac and this row",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("chain", "seq", name=op.f("uq_audit_event_chain_seq")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index("ix_audit_event_actor", ["actor_id", "at"], unique=False)
        batch_op.create_index("ix_audit_event_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_audit_event_subject", ["subject_id", "at"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("chain", sa.String(length=36), nullable=False, comment="Same as audit_event.chain"),
        sa.Column("seq", sa.Integer(), nullable=False, comment="Position of the last row"),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False, comment="HMAC of the last row"),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "code",
        sa.Column("list_name", sa.String(length=40), nullable=False, comment="Which list, such as 'topics'"),
        sa.Column(
            "code", sa.String(length=40), nullable=False, comment="Stable name, lower_snake or a p-code"
        ),
        sa.Column(
            "group_code", sa.String(length=40), nullable=False, comment="Group within the list, a code of it"
        ),
        sa.Column("labels", JSON, nullable=False, comment="Language tag to words; English is always there"),
        sa.Column(
            "country",
            sa.String(length=2),
            nullable=False,
            comment="Only in this country; empty for everywhere",
        ),
        sa.Column("sort", sa.Integer(), nullable=False, comment="Order within the list"),
        sa.Column("retired_on", sa.Date(), nullable=True, comment="Not offered from this day on"),
        sa.Column(
            "is_local",
            sa.Boolean(),
            nullable=False,
            comment="Changed here: loading shipped lists leaves it alone",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("list_name", "code", name=op.f("uq_code_list_name_code")),
    )
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.create_index("ix_code_list", ["list_name", "sort"], unique=False)

    op.create_table(
        "country",
        sa.Column("code", sa.String(length=2), nullable=False, comment="ISO 3166-1"),
        sa.Column("weekend", JSON, nullable=False, comment="Usual days off, 0 is Monday"),
        sa.Column(
            "emergency_numbers",
            sa.String(length=200),
            nullable=False,
            comment="Numbers to call in danger, as text",
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_country")),
    )
    op.create_table(
        "job",
        sa.Column(
            "kind",
            sa.String(length=60),
            nullable=False,
            comment="Name of the registered function, package.verb",
        ),
        sa.Column("payload", JSON, nullable=False, comment="Ids and codes, never what people said"),
        sa.Column("state", sa.String(length=40), nullable=False, comment="JobState"),
        sa.Column("priority", sa.SmallInteger(), nullable=False, comment="Low goes first"),
        sa.Column(
            "run_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Not before this instant, UTC; a retry moves it",
        ),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, comment="Times begun; a crash counts"),
        sa.Column(
            "max_attempts",
            sa.SmallInteger(),
            nullable=False,
            comment="Parked when this many tries have failed",
        ),
        sa.Column(
            "lease_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Until when the claim holds in silence, UTC",
        ),
        sa.Column(
            "owner", sa.String(length=80), nullable=True, comment="The claim: host/process/random; the fence"
        ),
        sa.Column("dedupe_key", sa.String(length=200), nullable=True, comment="Same key, same work"),
        sa.Column(
            "last_error", sa.String(length=120), nullable=False, comment="Class and number, no message"
        ),
        sa.Column(
            "locale",
            sa.String(length=10),
            nullable=True,
            comment="Language of the recipient, forced on the job",
        ),
        sa.Column(
            "centre_id", sa.Uuid(), nullable=True, comment="Centre it is done for; empty for the house"
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Done, parked or cancelled at, UTC",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_job_running_has_lease")
        ),
        sa.CheckConstraint(
            "(state = 'running') = (owner IS NOT NULL)", name=op.f("ck_job_running_has_owner")
        ),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (finished_at IS NULL)", name=op.f("ck_job_open_or_finished")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'parked', 'cancelled')", name=op.f("ck_job_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_job_dedupe_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_finished_at"), ["finished_at"], unique=False)
        batch_op.create_index("ix_job_queue", ["state", "priority", "run_at", "id"], unique=False)

    op.create_table(
        "sign_in_counter",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False, comment="Keyed hash of what is counted"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="Failed or running attempts"),
        sa.Column(
            "counted_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the number last changed, UTC",
        ),
        sa.Column(
            "succeeded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Last complete sign-in from here, UTC",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_counter")),
    )
    with op.batch_alter_table("sign_in_counter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_counter_counted_at"), ["counted_at"], unique=False)

    op.create_table(
        "centre",
        sa.Column(
            "code", sa.String(length=5), nullable=False, comment="Stands in case numbers; never changes"
        ),
        sa.Column("country", sa.String(length=2), nullable=False, comment="Where it is, ISO 3166-1"),
        sa.Column("name", sa.String(length=120), nullable=False, comment="As people know it"),
        sa.Column("host", sa.String(length=200), nullable=False, comment="Ministry or office that houses it"),
        sa.Column(
            "languages", JSON, nullable=False, comment="Languages spoken there, codes of list 'languages'"
        ),
        sa.Column("time_zone", sa.String(length=40), nullable=False, comment="IANA time zone"),
        sa.Column("weekend", JSON, nullable=False, comment="Days off, 0 is Monday"),
        sa.Column("opened_on", sa.Date(), nullable=True, comment="Since when it serves people"),
        sa.Column(
            "is_remote",
            sa.Boolean(),
            nullable=False,
            comment="Counsellors work from elsewhere; nobody walks in",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(["country"], ["country.code"], name=op.f("fk_centre_country_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
        sa.UniqueConstraint("code", name=op.f("uq_centre_code")),
    )
    with op.batch_alter_table("centre", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_centre_country"), ["country"], unique=False)

    op.create_table(
        "address",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that knows the address"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="phone, whatsapp or email"),
        sa.Column("value", sa.LargeBinary(), nullable=True, comment="E.164, user id or e-mail, sealed"),
        sa.Column(
            "value_index",
            sa.LargeBinary(length=16),
            nullable=False,
            comment="Blind index of the value within the centre",
        ),
        sa.Column(
            "profile_name",
            sa.LargeBinary(),
            nullable=True,
            comment="Name the messenger shows, as last received, sealed",
        ),
        sa.Column(
            "opted_out_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the reader asked for no more outreach, UTC",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_address_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint(
            "centre_id", "kind", "value_index", name=op.f("uq_address_centre_id_kind_value_index")
        ),
    )
    op.create_table(
        "centre_serial",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre"),
        sa.Column("year", sa.Integer(), nullable=False, comment="Year in the number"),
        sa.Column("last", sa.Integer(), nullable=False, comment="Last serial given out"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_centre_serial_centre_id_centre")),
        sa.PrimaryKeyConstraint("centre_id", "year", name=op.f("pk_centre_serial")),
    )
    op.create_table(
        "holiday",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre"),
        sa.Column("day", sa.Date(), nullable=False, comment="The day"),
        sa.Column(
            "name",
            sa.String(length=120),
            nullable=False,
            comment="What is celebrated; estimated ones follow the moon",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_holiday_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("centre_id", "day", name=op.f("uq_holiday_centre_id_day")),
    )
    op.create_table(
        "opening_hours",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre"),
        sa.Column("weekday", sa.Integer(), nullable=False, comment="0 is Monday"),
        sa.Column("opens", sa.Integer(), nullable=False, comment="Minute of the day, centre's time zone"),
        sa.Column("closes", sa.Integer(), nullable=False, comment="Minute of the day, centre's time zone"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.CheckConstraint("opens < closes", name=op.f("ck_opening_hours_order")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_opening_hours_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
        sa.UniqueConstraint(
            "centre_id", "weekday", "opens", name=op.f("uq_opening_hours_centre_id_weekday_opens")
        ),
    )
    op.create_table(
        "person",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that keeps the file"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="0 general, 1 personal, 2 protected, 3 sealed; rises with the person's cases",
        ),
        sa.Column("name", sa.LargeBinary(), nullable=True, comment="Name as on the document, sealed"),
        sa.Column("latin_name", sa.LargeBinary(), nullable=True, comment="Latin spelling, sealed"),
        sa.Column("known_as", sa.LargeBinary(), nullable=True, comment="What people call them, sealed"),
        sa.Column("father_name", sa.LargeBinary(), nullable=True, comment="Father's name, sealed"),
        sa.Column(
            "birth",
            sa.String(length=11),
            nullable=True,
            comment="1998, 1998-04 or 1998-04-12 as known, ~1998 when estimated; Gregorian",
        ),
        sa.Column("birth_year", sa.Integer(), nullable=True, comment="For age bands and ranking"),
        sa.Column("sex", sa.String(length=40), nullable=True, comment="Code of list 'sexes'"),
        sa.Column("nationality", sa.String(length=2), nullable=True, comment="ISO 3166-1 code"),
        sa.Column(
            "district",
            sa.String(length=40),
            nullable=True,
            comment="District of origin, code of list 'districts'",
        ),
        sa.Column("languages", JSON, nullable=False, comment="Codes of list 'languages', best first"),
        sa.Column(
            "disability",
            sa.String(length=40),
            nullable=True,
            comment="Code of list 'disabilities' (Washington Group)",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("confidentiality BETWEEN 0 AND 3", name=op.f("ck_person_confidentiality")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_person_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_centre_created", ["centre_id", "created_at", "id"], unique=False)

    op.create_table(
        "phone_line",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that it belongs to"),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="whatsapp, sms or voice"),
        sa.Column(
            "address",
            sa.String(length=80),
            nullable=False,
            comment="As the provider writes it, whatsapp:+92…",
        ),
        sa.Column("label", sa.String(length=80), nullable=False, comment="As staff call it"),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="Whether it is in use"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_phone_line_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_line")),
        sa.UniqueConstraint("address", name=op.f("uq_phone_line_address")),
    )
    with op.batch_alter_table("phone_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_line_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "user_account",
        sa.Column(
            "username", sa.String(length=60), nullable=False, comment="What one signs in with, lower case"
        ),
        sa.Column("name", sa.String(length=120), nullable=False, comment="As colleagues know them"),
        sa.Column("email", sa.LargeBinary(), nullable=True, comment="For the centre's own use, sealed"),
        sa.Column("locale", sa.String(length=10), nullable=False, comment="Tag of mrc.i18n.locales"),
        sa.Column("calendar", sa.String(length=20), nullable=False, comment="gregorian or solar_hijri"),
        sa.Column("digits", sa.String(length=40), nullable=False, comment="auto, latn, arab, arabext"),
        sa.Column("light_font", sa.Boolean(), nullable=False, comment="Naskh instead of Nastaliq for Urdu"),
        sa.Column(
            "idle_minutes",
            sa.Integer(),
            nullable=False,
            comment="Idle limit on a device of one's own, 15 to 480",
        ),
        sa.Column(
            "active_centre_id",
            sa.Uuid(),
            nullable=True,
            comment="Centre one works in now, for those who have several",
        ),
        sa.Column(
            "password_hash",
            sa.String(length=200),
            nullable=True,
            comment="Argon2id; empty until the link was used",
        ),
        sa.Column(
            "password_changed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was last chosen, UTC",
        ),
        sa.Column(
            "must_change_password", sa.Boolean(), nullable=False, comment="Led to choose a new one first"
        ),
        sa.Column(
            "totp_secret",
            sa.LargeBinary(),
            nullable=True,
            comment="Secret of the second factor, sealed; empty when there is none",
        ),
        sa.Column(
            "totp_last_step", sa.Integer(), nullable=True, comment="Last 30-second step whose code was used"
        ),
        sa.Column("recovery_codes", JSON, nullable=False, comment="Keyed hashes of unused codes, hex"),
        sa.Column(
            "locked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when nobody can sign in with it, UTC",
        ),
        sa.Column(
            "locked_by_id", sa.Uuid(), nullable=True, comment="Colleague who locked it; empty for the system"
        ),
        sa.Column(
            "last_sign_in_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Last completed sign-in, UTC",
        ),
        sa.Column(
            "failed_sign_ins",
            sa.Integer(),
            nullable=False,
            comment="Failures since then, told at the next sign-in",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("idle_minutes BETWEEN 15 AND 480", name=op.f("ck_user_account_idle")),
        sa.CheckConstraint(
            "locked_at IS NOT NULL OR locked_by_id IS NULL", name=op.f("ck_user_account_lock")
        ),
        sa.CheckConstraint(
            "totp_secret IS NOT NULL OR totp_last_step IS NULL", name=op.f("ck_user_account_totp")
        ),
        sa.CheckConstraint("username = lower(username)", name=op.f("ck_user_account_username_lower")),
        sa.ForeignKeyConstraint(
            ["active_centre_id"], ["centre.id"], name=op.f("fk_user_account_active_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["locked_by_id"], ["user_account.id"], name=op.f("fk_user_account_locked_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_user_account_active_centre_id"), ["active_centre_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_user_account_locked_by_id"), ["locked_by_id"], unique=False)

    op.create_table(
        "access_grant",
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Who may open the record"),
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre of the record"),
        sa.Column("subject_kind", sa.String(length=40), nullable=False, comment="Table of the record"),
        sa.Column("subject_id", sa.Uuid(), nullable=False, comment="Key of the record"),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="Why, in the person's words, sealed"),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False, comment="Since when, UTC"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="Until when, UTC"),
        sa.Column(
            "reviewed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a manager reviewed it, UTC",
        ),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True, comment="Which manager"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by_id IS NULL)", name=op.f("ck_access_grant_review")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_access_grant_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["user_account.id"], name=op.f("fk_access_grant_reviewed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_access_grant_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_grant_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index("ix_access_grant_live", ["user_id", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_grant_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "case",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre that owns the case"),
        sa.Column(
            "number",
            sa.String(length=20),
            nullable=False,
            comment="LHE-2026-000123-K, the last is a check character",
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whose case"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="State of the case"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="0 general, 1 personal, 2 protected, 3 sealed",
        ),
        sa.Column("priority", sa.String(length=40), nullable=False, comment="How soon"),
        sa.Column("client_type", sa.String(length=40), nullable=False, comment="Code of list 'client_types'"),
        sa.Column("destination", sa.String(length=40), nullable=True, comment="Code of list 'destinations'"),
        sa.Column(
            "programme",
            sa.String(length=40),
            nullable=True,
            comment="Programme or donor, code of list 'programmes'",
        ),
        sa.Column("counsellor_id", sa.Uuid(), nullable=True, comment="Who carries it"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, comment="When it was opened, UTC"),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True, comment="Who opened it"),
        sa.Column(
            "last_activity_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Newest entry of its timeline, UTC",
        ),
        sa.Column(
            "follow_up_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it is due to be looked at again, UTC",
        ),
        sa.Column(
            "closure_reason", sa.String(length=40), nullable=True, comment="Code of list 'closure_reasons'"
        ),
        sa.Column(
            "closure_requested_by_id",
            sa.Uuid(),
            nullable=True,
            comment="Who asked for closure; may not approve it",
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="When it was closed, UTC"),
        sa.Column("summary", sa.LargeBinary(), nullable=True, comment="What it is about, sealed"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_case_closed_at")),
        sa.CheckConstraint(
            "status = 'new' OR counsellor_id IS NOT NULL OR status = 'void'", name=op.f("ck_case_counsellor")
        ),
        sa.CheckConstraint(
            "status NOT IN ('closure_requested', 'closed', 'void') OR closure_reason IS NOT NULL",
            name=op.f("ck_case_closure_reason"),
        ),
        sa.CheckConstraint("confidentiality BETWEEN 0 AND 3", name=op.f("ck_case_confidentiality")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_case_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["closure_requested_by_id"],
            ["user_account.id"],
            name=op.f("fk_case_closure_requested_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["user_account.id"], name=op.f("fk_case_counsellor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user_account.id"], name=op.f("fk_case_opened_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_counsellor", ["counsellor_id", "status", "opened_at", "id"], unique=False
        )
        batch_op.create_index("ix_case_list", ["centre_id", "opened_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_case_status", ["centre_id", "status", "opened_at", "id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who agreed"),
        sa.Column("purpose", sa.String(length=40), nullable=False, comment="To what"),
        sa.Column(
            "wording_version",
            sa.String(length=20),
            nullable=False,
            comment="Version of the words that were read out",
        ),
        sa.Column("language", sa.String(length=8), nullable=False, comment="Language of those words, tag"),
        sa.Column("mode", sa.String(length=40), nullable=False, comment="How it was given"),
        sa.Column("given_by", sa.String(length=40), nullable=False, comment="self, guardian or caregiver"),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False, comment="When, UTC"),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True, comment="Who certified it"),
        sa.Column(
            "withdrawn_at", sa.DateTime(timezone=True), nullable=True, comment="When it was withdrawn, UTC"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_consent_recorded_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_person_id"), ["person_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Whose text it is; nobody else can open it"),
        sa.Column("key", sa.String(length=200), nullable=False, comment="The path of the form"),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, comment="When it was last saved, UTC"
        ),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="Field name → text, sealed"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_draft_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_draft_user_id_key")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="For whom"),
        sa.Column(
            "token_hash", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 of the link's 256 bits"
        ),
        sa.Column("purpose", sa.String(length=40), nullable=False, comment="invite or reset"),
        sa.Column(
            "issued_by_id", sa.Uuid(), nullable=True, comment="Who issued it; empty for the command line"
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="Works until then, UTC"),
        sa.Column(
            "used_at", sa.DateTime(timezone=True), nullable=True, comment="When it was used or replaced, UTC"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["user_account.id"], name=op.f("fk_invitation_issued_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_invitation_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_issued_by_id"), ["issued_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_user_id"), ["user_id"], unique=False)

    op.create_table(
        "name_key",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whose name"),
        sa.Column("position", sa.Integer(), nullable=False, comment="Counts the keys of the person from 0"),
        sa.Column(
            "key_hash", sa.BigInteger(), nullable=False, comment="First 8 bytes of the keyed hash, signed"
        ),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="own or father"),
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Same as the person's"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_name_key_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_name_key_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "position", name=op.f("pk_name_key")),
    )
    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.create_index("ix_name_key_lookup", ["centre_id", "key_hash", "person_id"], unique=False)

    op.create_table(
        "operation",
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Who submitted it"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="Made with the form, carried by it"),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was done, UTC; old rows are swept",
        ),
        sa.Column("location", sa.String(length=400), nullable=False, comment="Where the first answer led"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_operation_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_operation")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_at"), ["at"], unique=False)

    op.create_table(
        "person_address",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who is reached"),
        sa.Column("address_id", sa.Uuid(), nullable=False, comment="By which address"),
        sa.Column("relation", sa.String(length=40), nullable=False, comment="Whose address it is"),
        sa.Column("may_call", sa.Boolean(), nullable=False, comment="Safe to call"),
        sa.Column("may_message", sa.Boolean(), nullable=False, comment="Safe to message"),
        sa.Column(
            "may_leave_voicemail", sa.Boolean(), nullable=False, comment="Safe to leave a voice message"
        ),
        sa.Column(
            "never_contact", sa.Boolean(), nullable=False, comment="Never use it; wins over everything else"
        ),
        sa.Column(
            "safe_from",
            sa.Integer(),
            nullable=True,
            comment="Safe from this minute of the day, person's time zone",
        ),
        sa.Column(
            "safe_until",
            sa.Integer(),
            nullable=True,
            comment="Safe until this minute of the day; may be past midnight",
        ),
        sa.Column("language", sa.String(length=8), nullable=True, comment="Language to write in, tag"),
        sa.Column(
            "instruction",
            sa.LargeBinary(),
            nullable=True,
            comment="Who else reads it, code word, sender name: in words, sealed",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_person_address_address_id_address")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_address_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_address")),
        sa.UniqueConstraint("person_id", "address_id", name=op.f("uq_person_address_person_id_address_id")),
    )
    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_address_address_id"), ["address_id"], unique=False)

    op.create_table(
        "person_member",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Protected person"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Who may read the file"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_member_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_person_member_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("person_id", "user_id", name=op.f("pk_person_member")),
    )
    with op.batch_alter_table("person_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_member_user_id"), ["user_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Whose role"),
        sa.Column("role", sa.String(length=40), nullable=False, comment="Name in mrc.access.roles"),
        sa.Column(
            "scope_kind", sa.String(length=40), nullable=False, comment="centre, country or everywhere"
        ),
        sa.Column("centre_id", sa.Uuid(), nullable=True, comment="Set for a centre"),
        sa.Column(
            "country", sa.String(length=2), nullable=True, comment="ISO 3166-1 code, set for a country"
        ),
        sa.Column(
            "scope",
            sa.String(length=60),
            nullable=False,
            comment="Kind, or kind and key joined by ':'; makes the row unique",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(scope_kind = 'centre' AND centre_id IS NOT NULL AND country IS NULL) OR (scope_kind = 'country' AND country IS NOT NULL AND centre_id IS NULL) OR (scope_kind = 'everywhere' AND centre_id IS NULL AND country IS NULL)",
            name=op.f("ck_role_grant_scope"),
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_role_grant_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_role_grant_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("user_id", "role", "scope", name=op.f("uq_role_grant_user_id_role_scope")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "thread",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre whose line it came to"),
        sa.Column("line_id", sa.Uuid(), nullable=False, comment="Our end"),
        sa.Column("address_id", sa.Uuid(), nullable=False, comment="Their end"),
        sa.Column("channel", sa.String(length=40), nullable=False, comment="whatsapp or sms"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="waiting, answered or done"),
        sa.Column(
            "waiting_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Oldest message we have not answered, UTC",
        ),
        sa.Column(
            "last_message_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Newest message either way, UTC",
        ),
        sa.Column(
            "last_inbound_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Opens the 24-hour window, UTC",
        ),
        sa.Column(
            "unread_count",
            sa.Integer(),
            nullable=False,
            comment="Messages since we last opened or answered it",
        ),
        sa.Column("assignee_id", sa.Uuid(), nullable=True, comment="Who holds it"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="Who it is, once known"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="Follows the person: 2 protected, 3 sealed",
        ),
        sa.Column("language", sa.String(length=8), nullable=True, comment="Language they write, tag"),
        sa.Column("last_line", sa.LargeBinary(), nullable=True, comment="For the list, sealed"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (waiting_since IS NOT NULL)", name=op.f("ck_thread_waiting_since")
        ),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_thread_address_id_address")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_thread_assignee_id_user_account")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_thread_centre_id_centre")),
        sa.ForeignKeyConstraint(["line_id"], ["phone_line.id"], name=op.f("fk_thread_line_id_phone_line")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("line_id", "address_id", name=op.f("uq_thread_line_id_address_id")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_address_id"), ["address_id"], unique=False)
        batch_op.create_index(
            "ix_thread_assignee", ["assignee_id", "status", "waiting_since", "id"], unique=False
        )
        batch_op.create_index("ix_thread_inbox", ["centre_id", "status", "waiting_since", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_thread_recent", ["centre_id", "last_message_at", "id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Who signed in"),
        sa.Column(
            "token_hash",
            sa.LargeBinary(length=32),
            nullable=False,
            comment="SHA-256 of the cookie's 256 bits",
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Last request, to the minute, UTC",
        ),
        sa.Column(
            "confirmed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Last proof of who it is: sign-in or step-up, UTC",
        ),
        sa.Column(
            "idle_minutes",
            sa.Integer(),
            nullable=False,
            comment="Ends after so many minutes without a request",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Ends at this instant whatever happens, UTC",
        ),
        sa.Column(
            "device",
            sa.String(length=40),
            nullable=False,
            comment="Browser and system family, such as 'Firefox, Windows'",
        ),
        sa.Column(
            "revoked_at", sa.DateTime(timezone=True), nullable=True, comment="When someone ended it, UTC"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_user_session_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index("ix_user_session_user", ["user_id", "revoked_at"], unique=False)

    op.create_table(
        "case_member",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="Member of its team"),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False, comment="Since when, UTC"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_member_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_member_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_case_member")),
    )
    with op.batch_alter_table("case_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_member_user_id"), ["user_id"], unique=False)

    op.create_table(
        "consultation",
        sa.Column("centre_id", sa.Uuid(), nullable=False, comment="Centre where it took place"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="With whom, unless anonymous"),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="Case it belongs to"),
        sa.Column("thread_id", sa.Uuid(), nullable=True, comment="Thread it was held in"),
        sa.Column("counsellor_id", sa.Uuid(), nullable=True, comment="Who held it"),
        sa.Column(
            "confidentiality",
            sa.Integer(),
            nullable=False,
            comment="Follows the case or person: 2 protected, 3 sealed",
        ),
        sa.Column("channel", sa.String(length=40), nullable=False, comment="Code of list 'channels'"),
        sa.Column("direction", sa.String(length=40), nullable=False, comment="Code of list 'directions'"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="When it began, UTC"),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="How long, in minutes"),
        sa.Column("language", sa.String(length=40), nullable=True, comment="Code of list 'languages'"),
        sa.Column(
            "has_interpreter", sa.Boolean(), nullable=False, comment="Whether an interpreter took part"
        ),
        sa.Column("topics", JSON, nullable=False, comment="Codes of list 'topics'"),
        sa.Column("information", JSON, nullable=False, comment="Codes of list 'information_sheets' given"),
        sa.Column(
            "outcome", sa.String(length=40), nullable=False, comment="Code of list 'consultation_outcomes'"
        ),
        sa.Column(
            "sex",
            sa.String(length=40),
            nullable=True,
            comment="Of an anonymous enquirer, code of list 'sexes'",
        ),
        sa.Column(
            "age_band",
            sa.String(length=40),
            nullable=True,
            comment="Of an anonymous enquirer, code of list 'age_bands'",
        ),
        sa.Column(
            "nationality", sa.String(length=2), nullable=True, comment="Of an anonymous enquirer, ISO 3166-1"
        ),
        sa.Column(
            "district",
            sa.String(length=40),
            nullable=True,
            comment="Of an anonymous enquirer, code of list 'districts'",
        ),
        sa.Column("note", sa.LargeBinary(), nullable=True, comment="What was said, sealed"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "case_id IS NULL OR person_id IS NOT NULL", name=op.f("ck_consultation_case_person")
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_consultation_minutes")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_consultation_case_id_case")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_consultation_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["user_account.id"], name=op.f("fk_consultation_counsellor_id_user_account")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consultation_person_id_person")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_consultation_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.create_index("ix_consultation_case", ["case_id", "started_at", "id"], unique=False)
        batch_op.create_index(
            "ix_consultation_counsellor", ["counsellor_id", "started_at", "id"], unique=False
        )
        batch_op.create_index("ix_consultation_list", ["centre_id", "started_at", "id"], unique=False)
        batch_op.create_index("ix_consultation_person", ["person_id", "started_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("thread_id", sa.Uuid(), nullable=False, comment="Its conversation"),
        sa.Column("direction", sa.String(length=40), nullable=False, comment="in or out"),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, comment="When it came or was written, UTC"
        ),
        sa.Column("body", sa.LargeBinary(), nullable=True, comment="Text, sealed"),
        sa.Column(
            "kind", sa.String(length=20), nullable=False, comment="text, image, audio, location, button, …"
        ),
        sa.Column(
            "extras",
            sa.LargeBinary(),
            nullable=True,
            comment="Media list, button, location, reply context: sealed JSON",
        ),
        sa.Column("status", sa.String(length=40), nullable=False, comment="received, or the way out"),
        sa.Column(
            "status_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the status last changed, UTC",
        ),
        sa.Column("provider_sid", sa.String(length=40), nullable=True, comment="Provider's id"),
        sa.Column("error_code", sa.Integer(), nullable=True, comment="Provider's error code"),
        sa.Column(
            "attempts", sa.Integer(), nullable=False, comment="How often it was handed to the provider"
        ),
        sa.Column("author_id", sa.Uuid(), nullable=True, comment="Who wrote it; empty for in"),
        sa.Column(
            "compose_id", sa.Uuid(), nullable=True, comment="Made with the form: one text, one message"
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="After this it is not sent any more, UTC",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.CheckConstraint(
            "(direction = 'in') = (status = 'received')", name=op.f("ck_message_direction_status")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_message_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_message_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("compose_id", name=op.f("uq_message_compose_id")),
        sa.UniqueConstraint("provider_sid", name=op.f("uq_message_provider_sid")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_open", ["status", "status_at"], unique=False)
        batch_op.create_index("ix_message_thread", ["thread_id", "at", "id"], unique=False)

    op.create_table(
        "need",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column("area", sa.String(length=40), nullable=False, comment="Code of list 'need_areas'"),
        sa.Column("status", sa.String(length=40), nullable=False, comment="What became of it"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="Rises by one with every write; forms carry it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_need_case_id_case"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
    )
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_case_id"), ["case_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="Case"),
        sa.Column("author_id", sa.Uuid(), nullable=True, comment="Who wrote it"),
        sa.Column("corrects_id", sa.Uuid(), nullable=True, comment="Note that it corrects"),
        sa.Column("text", sa.LargeBinary(), nullable=True, comment="What it says, sealed"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="When the row was made, UTC"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_note_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_note_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["note.id"], name=op.f("fk_note_corrects_id_note")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index("ix_note_case", ["case_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_note_corrects_id"), ["corrects_id"], unique=False)

    op.create_table(
        "inbound_event",
        sa.Column("provider_sid", sa.String(length=40), nullable=False, comment="Provider's message id"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it came, UTC"),
        sa.Column(
            "line_address", sa.String(length=80), nullable=False, comment="Our line it was sent to, as given"
        ),
        sa.Column("state", sa.String(length=20), nullable=False, comment="stored or quarantined"),
        sa.Column("message_id", sa.Uuid(), nullable=True, comment="What it became"),
        sa.Column("raw", sa.LargeBinary(), nullable=True, comment="The whole form, sealed JSON"),
        sa.Column("flags", JSON, nullable=False, comment="What was odd about it, codes only"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_inbound_event_message_id_message"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_event")),
        sa.UniqueConstraint("provider_sid", name=op.f("uq_inbound_event_provider_sid")),
    )
    with op.batch_alter_table("inbound_event", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_event_quarantine", ["state", "at", "id"], unique=False)

    op.create_table(
        "message_report",
        sa.Column("message_id", sa.Uuid(), nullable=True, comment="Known message"),
        sa.Column("provider_sid", sa.String(length=40), nullable=False, comment="Provider's id"),
        sa.Column("provider_status", sa.String(length=20), nullable=False, comment="Provider's word for it"),
        sa.Column("error_code", sa.Integer(), nullable=False, comment="Provider's error code, 0 for none"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it came, UTC"),
        sa.Column("raw", sa.LargeBinary(), nullable=True, comment="The whole form, sealed JSON"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7, made in Python"),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_message_report_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_report")),
        sa.UniqueConstraint(
            "provider_sid",
            "provider_status",
            "error_code",
            name=op.f("uq_message_report_provider_sid_provider_status_error_code"),
        ),
    )
    with op.batch_alter_table("message_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_report_message_id"), ["message_id"], unique=False)

    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("message_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_report_message_id"))

    op.drop_table("message_report")
    with op.batch_alter_table("inbound_event", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_event_quarantine")

    op.drop_table("inbound_event")
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_note_corrects_id"))
        batch_op.drop_index("ix_note_case")

    op.drop_table("note")
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_case_id"))

    op.drop_table("need")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_thread")
        batch_op.drop_index("ix_message_open")

    op.drop_table("message")
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_thread_id"))
        batch_op.drop_index("ix_consultation_person")
        batch_op.drop_index("ix_consultation_list")
        batch_op.drop_index("ix_consultation_counsellor")
        batch_op.drop_index("ix_consultation_case")

    op.drop_table("consultation")
    with op.batch_alter_table("case_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_member_user_id"))

    op.drop_table("case_member")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index("ix_user_session_user")
        batch_op.drop_index(batch_op.f("ix_user_session_expires_at"))

    op.drop_table("user_session")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index("ix_thread_recent")
        batch_op.drop_index(batch_op.f("ix_thread_person_id"))
        batch_op.drop_index("ix_thread_inbox")
        batch_op.drop_index("ix_thread_assignee")
        batch_op.drop_index(batch_op.f("ix_thread_address_id"))

    op.drop_table("thread")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grant_centre_id"))

    op.drop_table("role_grant")
    with op.batch_alter_table("person_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_member_user_id"))

    op.drop_table("person_member")
    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_address_address_id"))

    op.drop_table("person_address")
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operation_at"))

    op.drop_table("operation")
    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.drop_index("ix_name_key_lookup")

    op.drop_table("name_key")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_user_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_issued_by_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_updated_at"))

    op.drop_table("draft")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_person_id"))

    op.drop_table("consent")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_status")
        batch_op.drop_index(batch_op.f("ix_case_person_id"))
        batch_op.drop_index("ix_case_list")
        batch_op.drop_index("ix_case_counsellor")

    op.drop_table("case")
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_grant_subject_id"))
        batch_op.drop_index("ix_access_grant_live")
        batch_op.drop_index(batch_op.f("ix_access_grant_centre_id"))

    op.drop_table("access_grant")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_account_locked_by_id"))
        batch_op.drop_index(batch_op.f("ix_user_account_active_centre_id"))

    op.drop_table("user_account")
    with op.batch_alter_table("phone_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_line_centre_id"))

    op.drop_table("phone_line")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_centre_created")

    op.drop_table("person")
    op.drop_table("opening_hours")
    op.drop_table("holiday")
    op.drop_table("centre_serial")
    op.drop_table("address")
    with op.batch_alter_table("centre", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_centre_country"))

    op.drop_table("centre")
    with op.batch_alter_table("sign_in_counter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_counter_counted_at"))

    op.drop_table("sign_in_counter")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_queue")
        batch_op.drop_index(batch_op.f("ix_job_finished_at"))

    op.drop_table("job")
    op.drop_table("country")
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.drop_index("ix_code_list")

    op.drop_table("code")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_subject")
        batch_op.drop_index("ix_audit_event_at")
        batch_op.drop_index("ix_audit_event_actor")

    op.drop_table("audit_event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_event_append_only()")
