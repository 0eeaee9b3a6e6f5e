"""What a case is about, and opening one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.cases.states import Priority
from mrc.vocab.forms import options
from mrc.web.fields import ChipField, ChipsField, CodeField, TextField
from mrc.web.forms import Form


def priority_options() -> list[tuple[str, Any]]:
    """How soon, in words."""
    return [
        (Priority.NORMAL.value, _l("Normal, two weeks")),
        (Priority.URGENT.value, _l("Urgent, 72 hours")),
        (Priority.EMERGENCY.value, _l("Emergency, 24 hours")),
    ]


def level_options() -> list[tuple[str, Any]]:
    """Confidentiality, in words."""
    return [
        ("0", _l("General")),
        ("1", _l("Personal: the centre's staff")),
        ("2", _l("Protected: the team and the managers")),
        ("3", _l("Sealed: the named people only")),
    ]


class CaseForm(Form):
    """What a case is about."""

    client_type = CodeField(_l("Client type"), [InputRequired(_l("Choose who the person is to us."))])
    priority = ChipField(_l("Priority"), choices=priority_options(), default=Priority.NORMAL.value)
    destination = CodeField(_l("Destination"))
    programme = CodeField(_l("Programme or donor"))
    summary = TextField(_l("What it is about"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.client_type.choices = [("", _("Choose…")), *options("client_types")]
        self.destination.choices = [("", _("Not known")), *options("destinations")]
        self.programme.choices = [("", _("None")), *options("programmes")]


class NewCaseForm(CaseForm):
    """Opening a case: also its level, its first needs and who carries it."""

    confidentiality = ChipField(_l("Confidentiality"), choices=level_options()[:3], default="1")
    needs = ChipsField(_l("Needs"))
    counsellor = CodeField(_l("Counsellor"))

    def __init__(self, people: Sequence[tuple[Any, str]], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.needs.choices = options("need_areas")
        self.counsellor.choices = [("", _("Nobody yet")), *((str(user_id), name) for user_id, name in people)]
