"""Code lists as the choices of form fields."""

from __future__ import annotations

from mrc.vocab.queries import choices, group_label

FIRST_COUNTRIES = ("PK", "AF", "IQ", "IR", "TR", "SY")
Options = list[tuple[str, str]]


def options(list_name: str, country: str | None = None) -> Options:
    """The codes of a list and their words."""
    return [(choice.code, choice.label) for choice in choices(list_name, country)]


def grouped_options(list_name: str, country: str | None = None) -> dict[str, Options]:
    """The codes of a list by the words of their group, groups in the order of the list."""
    grouped: dict[str, Options] = {}
    for choice in choices(list_name, country):
        grouped.setdefault(group_label(list_name, choice.group), []).append((choice.code, choice.label))
    return grouped


def country_options() -> Options:
    """Every country, those of our region first."""
    known = dict(options("nationalities"))
    first = [(code, known.pop(code)) for code in FIRST_COUNTRIES if code in known]
    return first + list(known.items())
