"""The forms of the hotline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import InputRequired

from mrc.hotline.service import MenuDetails
from mrc.hotline.states import BY_HAND
from mrc.hotline.words import OUTCOME_WORDS
from mrc.vocab.forms import options
from mrc.web.fields import CheckField, ChipField, ChipsField, CodeField, PhoneField
from mrc.web.forms import Form


class ActionForm(Form):
    """A single button."""


class CloseForm(Form):
    """How a callback ended."""

    outcome = ChipField(_l("How it ended"), [InputRequired(_l("Choose how it ended."))])

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.outcome.choices = [(outcome.value, OUTCOME_WORDS[outcome]) for outcome in BY_HAND]


class MenuForm(Form):
    """What callers of a line hear. Languages are chosen key by key, because their order is the keys'."""

    first = CodeField(_l("Key 1"), [InputRequired(_l("Choose a language."))])
    second = CodeField(_l("Key 2"))
    third = CodeField(_l("Key 3"))
    fourth = CodeField(_l("Key 4"))
    fifth = CodeField(_l("Key 5"))
    sixth = CodeField(_l("Key 6"))
    has_consent_notice = CheckField(_l("Say so before something is recorded"), default=True)
    has_voicemail = CheckField(_l("Callers may leave a message"), default=True)
    is_callback_only = CheckField(
        _l("Never answer, call everybody back"),
        description=_l("The call is refused as busy, so that it costs the caller nothing."),
    )

    def __init__(self, country: str, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.first.choices = [("", _("Choose…")), *options("languages", country)]
        for field in self.keys[1:]:
            field.choices = [("", _("None")), *options("languages", country)]

    @property
    def keys(self) -> tuple[CodeField, ...]:
        return self.first, self.second, self.third, self.fourth, self.fifth, self.sixth

    def details(self) -> MenuDetails:
        """What was chosen."""
        return MenuDetails(
            [field.data for field in self.keys if field.data],
            bool(self.has_consent_notice.data),
            bool(self.has_voicemail.data),
            bool(self.is_callback_only.data),
        )


class PromptForm(Form):
    """A recording, made in the browser or brought as a file."""

    file = FileField(_l("Sound file"), [FileRequired(_l("Record something, or choose a file."))])
    source = HiddenField()

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.file.description = _("WAV or MP3, up to two minutes. A quiet room sounds best.")

    @property
    def is_recorded(self) -> bool:
        """True when it was recorded in the browser."""
        return bool(self.source.data == "browser")


class DutyForm(Form):
    """Somebody whose phone may be rung."""

    user = CodeField(_l("Who"), [InputRequired(_l("Choose who is rung."))])
    phone = PhoneField(
        _l("Their number"),
        [InputRequired(_l("Write the number that is rung."))],
        description=_l("Callers never see it, and it is kept sealed."),
    )
    languages = ChipsField(_l("They speak"), [InputRequired(_l("Choose at least one language."))])

    def __init__(
        self, people: Sequence[tuple[Any, str]], spoken: Sequence[tuple[str, Any]], region: str,
        *arguments: Any, **keywords: Any,
    ) -> None:  # fmt: skip
        super().__init__(*arguments, **keywords)
        self.user.choices = [("", _("Choose…")), *((str(user_id), name) for user_id, name in people)]
        self.languages.choices = list(spoken)
        self.phone.region = region
