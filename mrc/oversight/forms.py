"""The form of break-glass."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.web.fields import LineField, TextField
from mrc.web.forms import Form


class BreakGlassForm(Form):
    """Which case, and why."""

    number = LineField(_l("Case number"), [InputRequired(_l("Write the number of the case."))], longest=40)
    reason = TextField(_l("Reason"), [InputRequired(_l("Write why you must open this case now."))])


class ReviewForm(Form):
    """A single button."""
