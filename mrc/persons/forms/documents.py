"""An identity document as somebody shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.core import clock
from mrc.i18n.calendars import PartialDate
from mrc.persons.service import DocumentDetails
from mrc.vocab.forms import options
from mrc.web.fields import CheckField, CodeField, LineField, PartialDateField
from mrc.web.forms import Form, shown


class DocumentForm(Form):
    """Kind, number and what else stands on it. Papers without a number are welcome."""

    kind = CodeField(_l("Kind of document"), [InputRequired(_l("Choose the kind of document."))])
    number = LineField(
        _l("Number"),
        longest=60,
        description=_l("In any digits. Paper tazkira: volume / page / registration."),
    )
    name = LineField(_l("Name on the document, if it differs"))
    issued_by = LineField(_l("Issued by"))
    issued = PartialDateField(_l("Issued"), latest=lambda: clock.now().date())
    expires = PartialDateField(_l("Valid until"))
    keeps_unusual = CheckField(_l("I looked again: the number is as I wrote it"))

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        # Those of the country first; people carry the papers of other countries too.
        first = options("document_kinds", country)
        others = [option for option in options("document_kinds") if option not in first]
        self.kind.choices = [("", _("Choose")), *first, *others]

    def details(self, values: Mapping[str, str] | None = None) -> DocumentDetails:
        """What was typed, or the merged texts of an edit."""
        texts = {name: shown(field.data) for name, field in self.own_fields.items()} | dict(values or {})
        dates = {
            name: PartialDate.from_iso(texts[name]) if texts[name] else None for name in ("issued", "expires")
        }
        return DocumentDetails(
            kind=texts["kind"],
            number=texts["number"],
            name=texts["name"],
            issued_by=texts["issued_by"],
            keeps_unusual=bool(self.keeps_unusual.data),
            **dates,
        )
