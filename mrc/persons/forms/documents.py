"""Identity papers and relations."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.vocab.forms import country_options, options
from mrc.web.fields import CheckField, CodeField, DayField, LineField
from mrc.web.forms import Form


class DocumentForm(Form):
    """One identity paper."""

    kind = CodeField(_l("Kind of paper"), [InputRequired(_l("Choose the kind of paper."))])
    number = LineField(_l("Number"), [InputRequired(_l("Write the number as it stands on the paper."))])
    keep = CheckField(_l("The number is right although it looks unusual"))
    issued_by = CodeField(_l("Issued by"))
    expires_on = DayField(_l("Valid until"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.kind.choices = [("", _("Choose…")), *options("document_kinds")]
        self.issued_by.choices = [("", _("Not recorded")), *country_options()]


class RelationForm(Form):
    """What somebody is to a person."""

    kind = CodeField(_l("Is to them"), [InputRequired(_l("Choose what they are to each other."))])
    is_guardian = CheckField(_l("Answers for them as guardian"))
    same_household = CheckField(_l("They live together"), default=True)

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.kind.choices = [("", _("Choose…")), *options("relation_kinds")]
