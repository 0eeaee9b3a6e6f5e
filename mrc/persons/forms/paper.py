"""What is printed of a file, and why."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.core import clock
from mrc.web.fields import ChipsField, PartialDateField, TextField
from mrc.web.forms import Form
from mrc.web.timeline import timeline_kinds


class PaperForm(Form):
    """Which entries, of which days, and the reason, which is kept in the log."""

    kinds = ChipsField(_l("What is printed"), [InputRequired(_l("Choose what is printed."))])
    since = PartialDateField(_l("From"), latest=lambda: clock.now().date())
    until = PartialDateField(_l("Until"))
    reason = TextField(
        _l("Reason"),
        [InputRequired(_l("Write what the paper is for."))],
        description=_l("What the paper is for and who gets it. It stays in the log with your name."),
    )

    def __init__(self, *arguments: Any, of_case: bool, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        kinds = timeline_kinds(of_case=of_case)
        self.kinds.choices = [(kind, str(label)) for kind, label in kinds]
        if not self.is_submitted() and not self.restored:
            self.kinds.data = [kind for kind, _label in kinds if kind != "message"]
        # A paper that is asked for twice is printed twice, and both are in the log: there is no second effect
        # to prevent, and the first answer is a file, not a page that a second click could be led to.
        del self.operation_id

    @property
    def chosen_kinds(self) -> frozenset[str]:
        """The kinds of entries that are printed."""
        return frozenset(self.kinds.data or ())

    def check_days(self) -> bool:
        """Say so when the days are the wrong way round."""
        since, until = self.since.data, self.until.data
        if since and until and until.latest < since.earliest:
            self.until.errors = [_("This day lies before the first one.")]
            return False
        return True
