"""Files of a case."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import InputRequired

from mrc.attachments.states import CONTENT_TYPES, ENDINGS, PLAYED
from mrc.cases.forms.content import note_level_options
from mrc.core.settings import settings
from mrc.vocab.forms import options
from mrc.web.fields import ChipField, CodeField, LineField, TextField
from mrc.web.forms import Form

ACCEPTED = ",".join(
    [
        *(name for kind, name in CONTENT_TYPES.items() if kind not in PLAYED),
        *(f".{ending}" for kind, names in ENDINGS.items() if kind not in PLAYED for ending in names),
    ]
)
"""What a browser offers to choose from. What is taken is decided by the content."""
MEBIBYTE = 1024 * 1024


class FileFactsForm(Form):
    """What is said about a file."""

    kind = CodeField(_l("What it is"), [InputRequired(_l("Choose what the file is."))])
    description = LineField(_l("What it shows"), description=_l("Such as: passport, page with the visa."))
    level = ChipField(_l("Who reads it"), choices=note_level_options(), default="1")

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.kind.choices = [("", _("Choose…")), *options("attachment_kinds")]


class FileForm(FileFactsForm):
    """A file and what is said about it."""

    file = FileField(_l("File"), [FileRequired(_l("Choose the file."))])

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.file.description = _(
            "PDF, JPEG, PNG, WebP, Word or Excel, up to %(size)s MB. Where and when a picture was taken "
            "and who wrote a document is taken out, and large pictures are made smaller.",
            size=settings().largest_file // MEBIBYTE,
        )

    @property
    def own_fields(self) -> dict[str, Any]:
        """The file first."""
        return {"file": self.file} | super().own_fields


class WithdrawForm(Form):
    """Why the bytes of a file are destroyed."""

    reason = TextField(_l("Why"), [InputRequired(_l("Write why the file is withdrawn."))])
