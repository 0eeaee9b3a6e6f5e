"""Forms of the library and of the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import InputRequired

from mrc.attachments.states import CONTENT_TYPES, ENDINGS
from mrc.core.errors import Refused
from mrc.core.settings import settings
from mrc.i18n.locales import LOCALES
from mrc.messaging.answers import PLACES
from mrc.messaging.service.canned import NewAnswer
from mrc.messaging.service.templates import NewTemplate, NewWording
from mrc.messaging.states import Category, Purpose
from mrc.vocab.forms import options
from mrc.web.fields import CheckField, ChipField, CodeField, DayField, LineField, TextField
from mrc.web.forms import Form

MEBIBYTE = 1024 * 1024
ACCEPTED = ",".join(
    [*CONTENT_TYPES.values(), *(f".{ending}" for names in ENDINGS.values() for ending in names)]
)
LANGUAGES = [(tag, locale.name) for tag, locale in LOCALES.items()]
PURPOSES = {
    Purpose.NOTICE: _l("A counsellor writes first"),
    Purpose.NUDGE: _l("You have an answer"),
    Purpose.REMINDER: _l("Reminder of an appointment or a visit"),
    Purpose.SATISFACTION: _l("How was it?"),
    Purpose.BROADCAST: _l("The same to many"),
}
CATEGORIES = {
    Category.UTILITY: _l("Utility: about something the person asked for"),
    Category.MARKETING: _l("Marketing: anything else; it costs more and is not always delivered"),
}


class ActionForm(Form):
    """A single button."""


class WordingForm(Form):
    """A wording of a template in one language."""

    language = CodeField(_l("Language"), [InputRequired(_l("Choose a language."))], choices=LANGUAGES)
    body = TextField(
        _l("Text"),
        [InputRequired(_l("Write the text."))],
        description=_l("Places for what differs are {{1}}, {{2}}; words must stand before and after them."),
    )
    variables = TextField(
        _l("Places"), description=_l("One line for each place, in order: its name, a colon, an example.")
    )
    buttons = TextField(
        _l("Buttons"), description=_l("One line for each button: its name, a colon, what stands on it.")
    )

    def wording(self, texts: Mapping[str, str] | None = None) -> NewWording:
        """What the form says, or what its merged texts say."""
        given = texts or {name: field.data or "" for name, field in self.own_fields.items()}
        return NewWording(
            given["language"],
            given["body"],
            [{"name": name, "sample": text} for name, text in _pairs(given["variables"])],
            [{"id": name, "title": text} for name, text in _pairs(given["buttons"])],
        )


class TemplateForm(WordingForm):
    """A new template with its first wording."""

    key = LineField(
        _l("Name"),
        [InputRequired(_l("Write a name."))],
        longest=40,
        description=_l("For WhatsApp and for us: small Latin letters, such as please_call. It stays."),
    )
    title = LineField(_l("What staff call it"), [InputRequired(_l("Write what staff call it."))], longest=120)
    purpose = CodeField(
        _l("What it is sent for"), choices=[(key.value, words) for key, words in PURPOSES.items()]
    )
    category = CodeField(
        _l("WhatsApp's category"), choices=[(key.value, words) for key, words in CATEGORIES.items()]
    )

    def template(self) -> NewTemplate:
        """What the template is for."""
        return NewTemplate(
            self.key.data or "",
            self.title.data or "",
            Purpose(self.purpose.data),
            Category(self.category.data),
        )


class ReviewForm(Form):
    """A colleague's wording is right."""

    not_for_shared = CheckField(_l("Not for phones that others read"))


class AnswerForm(Form):
    """A ready answer."""

    centre = CodeField(_l("For whom"))
    shortcut = LineField(
        _l("Short word"),
        [InputRequired(_l("Write a short word."))],
        longest=40,
        description=_l("What is typed after the semicolon, such as hours."),
    )
    title = LineField(_l("What staff call it"), [InputRequired(_l("Write what staff call it."))], longest=120)
    language = CodeField(_l("Language"), [InputRequired(_l("Choose a language."))], choices=LANGUAGES)
    body = TextField(_l("Text"), [InputRequired(_l("Write the text."))])

    def __init__(self, centres: Sequence[tuple[str, str]], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.centre.choices = list(centres)
        known = ", ".join(f"{{{name}}} ({words})" for name, words in PLACES.items())
        self.body.description = _("Places that are filled by themselves: %(known)s.", known=known)

    def answer(self, texts: Mapping[str, str] | None = None) -> NewAnswer:
        """What the form says, or what its merged texts say."""
        given = texts or {name: field.data or "" for name, field in self.own_fields.items()}
        return NewAnswer(given["shortcut"], given["title"], given["language"], given["body"])


class ReviewOnForm(Form):
    """Until when an answer counts as right."""

    review_on = DayField(_l("To be read again on"), description=_l("Half a year from now unless you say."))

    @property
    def day(self) -> date | None:
        """The day, if one was given."""
        return self.review_on.data.earliest if self.review_on.data else None


class SheetForm(Form):
    """An information sheet with its file."""

    file = FileField(_l("File"), [FileRequired(_l("Choose the file."))])
    topic = CodeField(_l("Topic"), [InputRequired(_l("Choose a topic."))])
    language = ChipField(_l("Language"), [InputRequired(_l("Choose a language."))], choices=LANGUAGES)
    title = LineField(_l("Title"), [InputRequired(_l("Write the title."))], longest=120)
    centre = CodeField(_l("For whom"))

    def __init__(self, centres: Sequence[tuple[str, str]], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.centre.choices = list(centres)
        self.topic.choices = [("", _("Choose…")), *options("information_sheets")]
        self.file.description = _(
            "PDF, JPEG, PNG, WebP, Word or Excel, up to %(size)s MB. Who wrote it is taken out.",
            size=settings().largest_file // MEBIBYTE,
        )


def lines_of(pairs: Sequence[Mapping[str, str]], first: str, second: str) -> str:
    """Places or buttons as the form shows them."""
    return "\n".join(f"{pair[first]}: {pair[second]}" for pair in pairs)


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        if line.strip():
            name, colon, rest = line.partition(":")
            if not colon:
                raise Refused(
                    _("Write a name, a colon and the words on each line: %(line)s", line=line.strip()[:40])
                )
            found.append((name.strip(), rest.strip()))
    return found
