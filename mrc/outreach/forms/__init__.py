"""Forms of broadcasts, of the library and of the templates."""

from __future__ import annotations

from mrc.outreach.forms.broadcasts import BroadcastForm
from mrc.outreach.forms.library import (
    ACCEPTED,
    PURPOSES,
    ActionForm,
    AnswerForm,
    ReviewForm,
    ReviewOnForm,
    SheetForm,
    TemplateForm,
    WordingForm,
    lines_of,
)

__all__ = [
    "ACCEPTED", "PURPOSES", "ActionForm", "AnswerForm", "BroadcastForm", "ReviewForm", "ReviewOnForm",
    "SheetForm", "TemplateForm", "WordingForm", "lines_of",
]  # fmt: skip
