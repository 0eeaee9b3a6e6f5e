"""What a ready answer may hold: plain text, with places such as {name} that the composer fills."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mrc.core.text import UNWANTED
from mrc.messaging.wording import MARKUP

PLACES = {
    "name": _l("what the person is called"),
    "counsellor": _l("who writes"),
    "centre": _l("the centre"),
    "case": _l("the case number"),
    "date": _l("the day of the next appointment"),
    "time": _l("the time of the next appointment"),
}
"""What a ready answer may ask for, and what comes there."""
NOT_ON_SHARED = frozenset({"name", "centre", "counsellor"})
"""Whoever else reads the phone must learn neither of them."""
PLACE = re.compile(r"\{(\w*)\}")
LONGEST = 1_600
SHORTCUT = re.compile(r"[\w-]{1,40}")


def filled_answer(body: str, values: Mapping[str, str]) -> str:
    """The text with what is known in its places; the others stay, for whoever sends it to fill."""
    return PLACE.sub(lambda place: values.get(place.group(1)) or place.group(0), body)


def open_places(text: str) -> list[str]:
    """The places that nobody has filled, each once."""
    return list(dict.fromkeys(name for name in PLACE.findall(text) if name in PLACES))


def faults_of_answer(shortcut: str, title: str, body: str) -> dict[str, str]:
    """What is wrong with a ready answer, by field; empty when nothing."""
    found = {}
    if not SHORTCUT.fullmatch(shortcut):
        found["shortcut"] = _("Write one short word: letters, figures and hyphens.")
    if not title.strip():
        found["title"] = _("Write what staff call it.")
    if words := _fault_of_body(body):
        found["body"] = words
    return found


def _fault_of_body(body: str) -> str | None:
    if not body.strip():
        return _("Write the text.")
    if len(body) > LONGEST:
        return _("This is too long: %(most)s characters are possible.", most=LONGEST)
    if MARKUP.search(body):
        return _("Write plain text: a messenger shows the marks of a web page as they are.")
    if UNWANTED.search(body):
        return _("Take out the invisible marks for the direction of writing.")
    rest = PLACE.sub("", body)
    if set(PLACE.findall(body)) - set(PLACES) or "{" in rest or "}" in rest:
        known = ", ".join(f"{{{name}}}" for name in PLACES)
        return _("There are these places: %(known)s.", known=known)
    return None
