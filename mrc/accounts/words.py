"""How roles, states and settings are called on screens."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from mrc.access.roles import Role
from mrc.accounts.states import AccountState, Digits
from mrc.i18n.calendars import CalendarKind

ROLE_WORDS: dict[Role, Any] = {
    Role.FRONT_DESK: _l("Front desk"),
    Role.COUNSELLOR: _l("Counsellor"),
    Role.PROTECTION_OFFICER: _l("Protection officer"),
    Role.CENTRE_MANAGER: _l("Centre manager"),
    Role.COUNTRY_COORDINATOR: _l("Country coordinator"),
    Role.ANALYST: _l("Analyst"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.AUDITOR: _l("Auditor"),
}
STATE_WORDS: dict[AccountState, Any] = {
    AccountState.INVITED: _l("Invited"),
    AccountState.ACTIVE: _l("Active"),
    AccountState.LOCKED: _l("Locked"),
}
CALENDAR_WORDS: dict[CalendarKind, Any] = {
    CalendarKind.GREGORIAN: _l("Gregorian"),
    CalendarKind.SOLAR_HIJRI: _l("Solar Hijri (Afghan months)"),
}
DIGIT_WORDS: dict[Digits, Any] = {
    Digits.AUTO: _l("As the language has them"),
    Digits.LATIN: "0123456789",
    Digits.ARABIC: "٠١٢٣٤٥٦٧٨٩",
    Digits.EXTENDED: "۰۱۲۳۴۵۶۷۸۹",
}
IDLE_WORDS: dict[int, Any] = {
    15: _l("15 minutes"),
    30: _l("30 minutes"),
    60: _l("1 hour"),
    120: _l("2 hours"),
    240: _l("4 hours"),
    480: _l("8 hours"),
}
