"""Filling the places of an approved wording, as its reader gets it and as the provider wants it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from flask_babel import gettext as _

from mrc.core.errors import Refused
from mrc.core.text import clean
from mrc.messaging.models import TemplateVersion

PLACE = re.compile(r"\{\{(\d+)\}\}")
LONGEST = 1_024
MOST_SPACES = 4


def filled(version: TemplateVersion, variables: Mapping[str, str]) -> str:
    """The words as they are read. Raises Refused for a place that is not filled, or not fit for WhatsApp."""
    values = _values(version, variables)
    return PLACE.sub(lambda found: values[found[1]], version.body)


def content_variables(version: TemplateVersion, variables: Mapping[str, str]) -> str:
    """The values as JSON text, `{"1": "3 March", "2": "10:00"}`; empty without places. Raises Refused."""
    values = _values(version, variables)
    return json.dumps(values, ensure_ascii=False) if values else ""


def _values(version: TemplateVersion, variables: Mapping[str, str]) -> dict[str, str]:
    names = [variable["name"] for variable in version.variables]
    if set(names) != set(variables):
        raise Refused(_("The wording has other places to fill."))
    return {str(place): _value(variables[name]) for place, name in enumerate(names, start=1)}


def _value(text: str) -> str:
    value = clean(text).strip()
    if (
        not value
        or len(value) > LONGEST
        or "\n" in value
        or "\t" in value
        or " " * (MOST_SPACES + 1) in value
    ):
        raise Refused(_("Fill every place of the wording in one line of at most %(most)s characters.",
                        most=LONGEST))  # fmt: skip
    return value
