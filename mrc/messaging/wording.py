"""What may stand in a template, and what may fill its places: WhatsApp's rules, asked before WhatsApp is.

A body names its places {{1}}, {{2}} in their order; a version says what each is called. Values are given by
these names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from flask_babel import gettext as _

from mrc.core.errors import Refused
from mrc.core.text import UNWANTED

PLACE = re.compile(r"\{\{\s*(\w*)\s*\}\}")
MARKUP = re.compile(r"</?[a-zA-Z!]|&\w+;")
LONGEST_VALUE = 1_024
"""WhatsApp refuses the send with 63028 or 21656 (T:content/using-variables-with-content-api)."""
LONGEST_BODY = 1_024
MOST_PLACES = 20
MOST_BUTTONS = 3
LONGEST_TITLE = 20
"""Quick replies of a template that may also be sent within the 24 hours."""
MOST_BLANKS = 4
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Wording(Protocol):
    """What is asked of a version of a template."""

    body: str
    variables: list[dict[str, str]]
    buttons: list[dict[str, str]]


def filled(version: Wording, variables: Mapping[str, str]) -> str:
    """The text as the reader gets it; `variables` holds a value for each name. Raises Refused with words."""
    values = dict(enumerate(_values(version, variables), start=1))
    return PLACE.sub(lambda place: values[int(place.group(1))], version.body)


def content_variables(version: Wording, variables: Mapping[str, str]) -> str:
    """The values as the provider wants them, `{"1": "…"}`; empty without places. Raises Refused with words
    for each that is not possible.
    """
    values = {str(place): value for place, value in enumerate(_values(version, variables), start=1)}
    return json.dumps(values, ensure_ascii=False) if values else ""


def samples_of(version: Wording) -> dict[str, str]:
    """An example of each value, by name."""
    return {variable["name"]: variable["sample"] for variable in version.variables}


def fault_of_value(value: str) -> str | None:
    """Why a value cannot fill a place, in words for staff; None when it can."""
    if not value.strip():
        return _("Fill this in: a template is never sent with an empty place.")
    if len(value) > LONGEST_VALUE:
        return _("This is too long: %(most)s characters are possible.", most=LONGEST_VALUE)
    if "\n" in value or "\r" in value or "\t" in value:
        return _("Write it on one line, without tabs: WhatsApp refuses anything else.")
    if " " * (MOST_BLANKS + 1) in value:
        return _("Leave out the blanks: WhatsApp refuses more than four in a row.")
    if UNWANTED.search(value):
        return _("Take out the invisible marks for the direction of writing: the text is shown right anyway.")
    if MARKUP.search(value):
        return _("Write plain text: a messenger shows the marks of a web page as they are.")
    if PLACE.search(value):
        return _("Write the words themselves: a place such as {{1}} stays empty.")
    return None


def faults_of_wording(
    body: str, variables: Sequence[Mapping[str, str]], buttons: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """What WhatsApp or we would refuse in a wording, by field: body, variables or buttons; empty when
    nothing.
    """
    found = {
        "body": _fault_of_body(body),
        "variables": _fault_of_variables(body, variables),
        "buttons": _fault_of_buttons(buttons),
    }
    return {field: words for field, words in found.items() if words}


def _values(version: Wording, variables: Mapping[str, str]) -> list[str]:
    names = [variable["name"] for variable in version.variables]
    if unknown := sorted(set(variables) - set(names)):
        raise Refused(_("The wording has other places to fill."), fields=dict.fromkeys(unknown, "unknown"))
    faults = {name: words for name in names if (words := fault_of_value(variables.get(name, "")))}
    if faults:
        why = " ".join(dict.fromkeys(faults.values()))
        raise Refused(_("Fill every place of the wording in one line. %(why)s", why=why), fields=faults)
    if sorted(set(_places(version.body))) != list(range(1, len(names) + 1)):
        raise Refused(_("The places of the template and its variables do not agree."))
    return [variables[name].strip() for name in names]


def _places(body: str) -> Iterator[int]:
    for name in PLACE.findall(body):
        yield int(name) if name.isascii() and name.isdecimal() and len(name) < 4 else 0


def _fault_of_body(body: str) -> str | None:
    if not body.strip():
        return _("Write the text.")
    if len(body) > LONGEST_BODY:
        return _("This is too long: %(most)s characters are possible.", most=LONGEST_BODY)
    if MARKUP.search(body):
        return _("Write plain text: a messenger shows the marks of a web page as they are.")
    if UNWANTED.search(body) or "\t" in body:
        return _("Take out tabs and the invisible marks for the direction of writing.")
    places = list(_places(body))
    rest = PLACE.sub("", body)
    if "{" in rest or "}" in rest:
        return _("Write places with two braces on each side, such as {{1}}.")
    if 0 in places or sorted(set(places)) != list(range(1, len(set(places)) + 1)):
        return _("Number the places {{1}}, {{2}} and so on, without a gap.")
    text = body.strip()
    if places and (PLACE.match(text) or text.endswith("}}")):
        return _("Write words before the first place and after the last: WhatsApp refuses it otherwise.")
    if re.search(r"\}\}\s*\{\{", body):
        return _("Write words between two places: WhatsApp refuses it otherwise.")
    count = len(places)
    if count and len(rest.split()) < 2 * count + 1:
        return _("Write more words: WhatsApp refuses a text that is mostly places.")
    return None


def _fault_of_variables(body: str, variables: Sequence[Mapping[str, str]]) -> str | None:
    names = [variable.get("name", "") for variable in variables]
    if len(names) != len(set(_places(body))):
        return _("Name each place of the text once, in their order, with an example.")
    if len(names) > MOST_PLACES:
        return _("There are too many places: %(most)s are possible.", most=MOST_PLACES)
    if len(set(names)) != len(names) or not all(NAME.fullmatch(name) for name in names):
        return _("Name a place with small Latin letters, such as date or time, each once.")
    samples = [fault_of_value(variable.get("sample", "")) for variable in variables]
    return next((words for words in samples if words), None)


def _fault_of_buttons(buttons: Sequence[Mapping[str, str]]) -> str | None:
    if len(buttons) > MOST_BUTTONS:
        return _("There are too many buttons: %(most)s are possible.", most=MOST_BUTTONS)
    ids = [button.get("id", "") for button in buttons]
    titles = [button.get("title", "").strip() for button in buttons]
    if len(set(ids)) != len(ids) or not all(NAME.fullmatch(name) for name in ids):
        return _("Name a button with small Latin letters, such as confirm, each once.")
    if len(set(titles)) != len(titles) or not all(titles):
        return _("Write on each button another word.")
    if any(len(title) > LONGEST_TITLE for title in titles):
        return _("A button has at most %(most)s characters.", most=LONGEST_TITLE)
    if any(UNWANTED.search(title) or MARKUP.search(title) or PLACE.search(title) for title in titles):
        return _("Write plain text on the buttons.")
    return None
