"""The words for what a registration asks, said once for pages, rules and lists of what is missing."""

from __future__ import annotations

from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mrc.persons.hours import Window, clock_text
from mrc.persons.models import PersonAddress

DAYS_OF_WEEK = 7

ITEMS: dict[str, Any] = {
    "latin_name": _l("Name in Latin letters"),
    "known_as": _l("Known as"),
    "father_name": _l("Father's name"),
    "grandfather_name": _l("Grandfather's name"),
    "great_grandfather_name": _l("Great-grandfather's name"),
    "mother_name": _l("Mother's name"),
    "husband_name": _l("Husband's name"),
    "family_name": _l("Family name or tribe"),
    "other_names": _l("Further spellings"),
    "birth": _l("Date of birth"),
    "sex": _l("Sex"),
    "marital_status": _l("Marital status"),
    "education": _l("Highest schooling"),
    "occupation": _l("Work they know"),
    "languages": _l("Languages"),
    "reads": _l("Languages they read"),
    "difficulties": _l("Difficulties in daily life: the six questions"),
    "nationality": _l("Nationality"),
    "district": _l("District of origin"),
    "present_country": _l("Country where they are now"),
    "present_district": _l("District where they are now"),
    "place": _l("Village, street or camp"),
    "migration_status": _l("Migration status"),
    "destination": _l("Destination"),
    "journey_stage": _l("Where on the journey"),
    "address": _l("A number or address"),
    "document": _l("An identity document"),
    "consent": _l("Consent to be helped"),
    "guardian": _l("Guardian of a minor"),
}


def item_words() -> dict[str, Any]:
    """The words for every item that has a rule, by its name."""
    return ITEMS


def window_words(link: PersonAddress) -> list[str]:
    """The safe hours of a plan as lines such as "Mon, Tue 18:00–22:00"."""
    return [_line(window) for window in link.safe_windows or []]


def _line(window: Window) -> str:
    hours = f"{clock_text(window['from'])}–{clock_text(window['until'])}"
    if len(window["days"]) == DAYS_OF_WEEK:
        return _("every day %(hours)s", hours=hours)
    names = Locale.parse(str(get_locale() or "en")).days["format"]["abbreviated"]
    days = ", ".join(str(names[day]) for day in window["days"])
    return _("%(days)s %(hours)s", days=days, hours=hours)
