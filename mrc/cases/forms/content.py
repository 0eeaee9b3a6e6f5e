"""Notes and needs."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import InputRequired

from mrc.cases.forms.cases import priority_options
from mrc.cases.states import NoteKind, Priority
from mrc.i18n.calendars import PartialDate
from mrc.vocab.forms import options
from mrc.web.fields import ChipField, CodeField, PartialDateField, TextField
from mrc.web.forms import Form


def whole_day(_form: Any, field: PartialDateField) -> None:
    """Refuse a date of which day or month is missing."""
    known: PartialDate | None = field.data
    if known is not None and known.day is None:
        raise ValidationError(_("Write day, month and year."))


def note_kind_options() -> list[tuple[str, Any]]:
    """What a note is about, in words."""
    return [
        (NoteKind.CASE_NOTE.value, _l("Case note")),
        (NoteKind.PHONE.value, _l("Phone")),
        (NoteKind.SUPERVISION.value, _l("Supervision")),
        (NoteKind.SAFETY.value, _l("Safety")),
    ]


def note_level_options() -> list[tuple[str, Any]]:
    """Who reads a note, in words."""
    return [
        ("1", _l("Whoever reads the case")),
        ("2", _l("The team and the managers")),
        ("3", _l("The team only")),
    ]


class NoteForm(Form):
    """A note."""

    text = TextField(_l("Note"), [InputRequired(_l("Write the note."))])
    kind = ChipField(_l("Kind"), choices=note_kind_options(), default=NoteKind.CASE_NOTE.value)
    level = ChipField(_l("Who reads it"), choices=note_level_options(), default="1")


class CorrectionForm(Form):
    """The text that takes the place of a note's."""

    text = TextField(_l("Note"), [InputRequired(_l("Write the note."))])


class NeedForm(Form):
    """One need: what, how soon, until when."""

    area = CodeField(_l("Need"), [InputRequired(_l("Choose the need."))])
    details = TextField(_l("What is needed"))
    priority = ChipField(_l("Priority"), choices=priority_options(), default=Priority.NORMAL.value)
    due_on = PartialDateField(_l("To be settled by"), [whole_day])

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.area.choices = [("", _("Choose…")), *options("need_areas")]


class SettleNeedForm(Form):
    """What became of a need: the step, what was done, how."""

    action = ChipField(
        _l("What became of it"),
        [InputRequired(_l("Choose what became of it."))],
        choices=[
            ("meet", _l("Met")),
            ("meet_partly", _l("Partly met")),
            ("miss", _l("Not met")),
            ("withdraw", _l("Withdrawn")),
        ],
    )
    outcome = CodeField(_l("What was done"), [InputRequired(_l("Choose what was done."))])
    note = TextField(_l("How it was settled"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.outcome.choices = [("", _("Choose…")), *options("need_outcomes")]
