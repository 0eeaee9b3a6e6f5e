"""Closing a case, deciding on it, opening it again."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.vocab.forms import options
from mrc.web.fields import CheckField, CodeField, TextField
from mrc.web.forms import Form

VOIDING = frozenset({"opened_in_error", "duplicate"})
"""Reasons for which a case is voided: it never was one."""


class ClosureForm(Form):
    """Why a case may be closed."""

    reason = CodeField(_l("Reason"), [InputRequired(_l("Choose the reason."))])
    explanation = TextField(
        _l("More about the reason"),
        description=_l("Referred out: to whom. Transferred: where to. Not eligible or other: why."),
    )
    summary = TextField(
        _l("Summary"),
        [InputRequired(_l("Write what was done and where it stands."))],
        description=_l("What was done, what the person has now, and what is left to them."),
    )
    leaves_needs = CheckField(_l("Settle the needs that are still open as not met"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        reasons = [option for option in options("closure_reasons") if option[0] not in VOIDING]
        self.reason.choices = [("", _("Choose…")), *reasons]


class VoidForm(Form):
    """Why a case never was one."""

    reason = CodeField(_l("Reason"), [InputRequired(_l("Choose the reason."))])

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        reasons = [option for option in options("closure_reasons") if option[0] in VOIDING]
        self.reason.choices = [("", _("Choose…")), *reasons]


class DecisionForm(Form):
    """What the manager says to a request for closure."""

    comment = TextField(_l("Comment"))


class ReopenForm(Form):
    """Why a case is opened again."""

    reason = TextField(
        _l("Why it is opened again"), [InputRequired(_l("Write why the case is opened again."))]
    )
