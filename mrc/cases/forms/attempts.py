"""The small form in which an attempt to reach someone is written down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import StopValidation

from mrc.cases.states import AttemptOutcome
from mrc.core.text import ascii_digits
from mrc.persons.models import PersonAddress
from mrc.vocab.forms import options
from mrc.web.fields import ChipField, CodeField, LineField
from mrc.web.forms import Form

CLOCK = re.compile(r"([01]?\d|2[0-3])[:.٫](\d\d)")


def outcome_options() -> list[tuple[str, Any]]:
    """What came of an attempt, in words, in the order of the keys 1 to 7."""
    return [
        (AttemptOutcome.NO_ANSWER.value, _l("No answer")),
        (AttemptOutcome.BUSY.value, _l("Busy")),
        (AttemptOutcome.NUMBER_OFF.value, _l("Switched off or no network")),
        (AttemptOutcome.SOMEONE_ELSE.value, _l("Somebody else answered")),
        (AttemptOutcome.WRONG_NUMBER.value, _l("Wrong number")),
        (AttemptOutcome.CALL_BACK.value, _l("Call back later")),
        (AttemptOutcome.REACHED.value, _l("Reached")),
    ]


class AttemptForm(Form):
    """Which address, and what came of it: the outcomes are its buttons. All else only if one wants.

    It stands among other forms on pages of persons and cases, so its fields have ids of their own.
    """

    link = CodeField(_l("By which number"), id="attempt-link")
    outcome = ChipField(_l("What came of it"), choices=outcome_options(), id="attempt-outcome")
    channel = CodeField(_l("How"), id="attempt-channel")
    call_back_days = CodeField(_l("Call back"), choices=[("0", _l("today"))], default="0")
    call_back_time = LineField(
        _l("At"), longest=8, description=_l("Such as 16:30, on the centre's clock. Without it: in an hour.")
    )
    note = LineField(_l("Note"), id="attempt-note")

    def __init__(self, links: Sequence[PersonAddress], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.link.choices = [*((str(link.id), "") for link in links), ("", _("None of these"))]
        self.channel.choices = [("", _("As the number is used")), *options("channels")]
        self.call_back_days.choices = [
            ("0", _("today")),
            ("1", _("tomorrow")),
            ("2", _("the day after tomorrow")),
            ("7", _("in a week")),
        ]

    def validate_call_back_time(self, field: LineField) -> None:
        if field.data and self.at is None:
            raise StopValidation(_("Write the time with hours and minutes, such as 16:30."))

    @property
    def at(self) -> time | None:
        """The time that was typed, in the digits of any script; None for none."""
        found = CLOCK.fullmatch(ascii_digits(self.call_back_time.data or ""))
        return time(int(found[1]), int(found[2])) if found else None
