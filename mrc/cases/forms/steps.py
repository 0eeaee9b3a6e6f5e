"""The steps of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.cases.forms.cases import level_options
from mrc.web.fields import ChipField, ChipsField, CodeField, NumberField
from mrc.web.forms import Form


class AssignForm(Form):
    """Who carries the case."""

    counsellor = CodeField(_l("Counsellor"), [InputRequired(_l("Choose a counsellor."))])

    def __init__(self, people: Sequence[tuple[Any, str]], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.counsellor.choices = [("", _("Choose…")), *((str(user_id), name) for user_id, name in people)]


class FollowUpForm(Form):
    """In how many days the case is looked at again."""

    days = NumberField(
        _l("Look at it again in days"), [InputRequired(_l("Write in how many days."))], least=0, most=730
    )


class LevelForm(Form):
    """How confidential the case is, and who is named in its team."""

    level = ChipField(_l("Confidentiality"), choices=level_options())
    members = ChipsField(_l("Team, besides the counsellor"))

    def __init__(self, people: Sequence[tuple[Any, str]], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.members.choices = [(str(user_id), name) for user_id, name in people]


class ActionForm(Form):
    """A single button."""
