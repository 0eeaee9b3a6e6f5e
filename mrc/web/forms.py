"""The base of every form: protected against forgery, repeatable without a second effect, safe to leave.

Every form carries an operation id (the same id again is the same act), the version and sealed starting values
of the row it edits, and the key under which its text is kept while typing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField

from mrc.access.identity import find_current
from mrc.core.errors import StaleWrite
from mrc.web import drafts
from mrc.web.versions import merge_or_refuse, sealed_base

CARRIED = frozenset({"csrf_token", "operation_id", "version", "base", "draft_key"})


class Form(FlaskForm):
    """A form with an operation id, a draft key and, for edits, the version of the row.

    `Form.fresh()` gives an empty one with the reader's draft in it; `start_from(row values)` fills an edit.
    """

    operation_id = HiddenField()
    version = HiddenField()
    base = HiddenField()
    draft_key = HiddenField()

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        if not self.operation_id.data:
            self.operation_id.data = str(uuid4())
        if not self.draft_key.data:
            self.draft_key.data = request.path
        self.restored = False
        self._restored_state = ("0", "")
        if self.own_fields and not self.is_submitted():
            self._restore()

    def renew(self) -> None:
        """Give the form a new operation id, for a page that answers a post which wrote nothing: what is sent
        from it is another act.
        """
        self.operation_id.data = str(uuid4())

    @property
    def own_fields(self) -> dict[str, Field]:
        """The fields a person fills, by name, in their order on the page."""
        return {name: field for name, field in self._fields.items() if name not in CARRIED}

    def start_from(self, row_key: str, version: int, values: Mapping[str, Any]) -> None:
        """Show the values of a row for editing. A restored draft wins over them, and keeps the version that
        it was filled from.
        """
        if self.is_submitted():
            return
        if self.restored:
            # The draft was filled from the row as it stood then. Taken for today's, it would write over what
            # colleagues changed meanwhile; without its version everything that differs is shown.
            self.version.data, self.base.data = self._restored_state
            return
        self.version.data = str(version)
        self.base.data = sealed_base({name: shown(value) for name, value in values.items()}, row_key)
        for name, value in values.items():
            self._fields[name].data = value

    def merged(self, row_key: str, version: int, current: Mapping[str, Any]) -> dict[str, str]:
        """The texts to write over a row now at `version`, whose texts are `current`.

        Raises StaleWrite when someone else changed a field that this form changes too.
        """
        mine = {name: shown(self._fields[name].data) for name in current}
        theirs = {name: shown(value) for name, value in current.items()}
        text = str(self.version.data or "")
        filled_at = int(text) if text.isdecimal() else 0
        base = self.base.data or ""
        try:
            merged = merge_or_refuse(
                version=filled_at, current=version, base=base, row_key=row_key, mine=mine, theirs=theirs
            )
        except StaleWrite as stale:
            # The page of the conflict sends texts back as if they were typed.
            stale.mine, stale.theirs, stale.merged = (
                {name: as_typed(self._fields[name], text) for name, text in texts.items()}
                for texts in (stale.mine, stale.theirs, stale.merged)
            )
            fields = {name: self._fields[name] for name in stale.mine}
            stale.labels = {name: str(field.label.text) for name, field in fields.items()}
            stale.words = {
                name: (in_words(field, stale.mine[name]), in_words(field, stale.theirs[name]))
                for name, field in fields.items()
            }
            raise
        return dict(merged)

    def _restore(self) -> None:
        identity = find_current()
        if identity is None or identity.user_id is None:
            return
        kept = drafts.find(identity.user_id, self.draft_key.data or "")
        if kept is None:
            return
        content = MultiDict([(name, value) for name, values in kept.items() for value in values])
        for name, field in self.own_fields.items():
            # Dates and rows of numbers post their parts, such as `birth-year`.
            if name in content or any(part.startswith(f"{name}-") for part in content):
                field.process(content)
        self.restored = True
        self._restored_state = (content.get("version", "0"), content.get("base", ""))


def as_typed(field: Field, text: str) -> str:
    """A field's text as a person would type it, where that is another one than is compared."""
    typed: str = field.as_typed(text) if hasattr(field, "as_typed") else text
    return typed


def in_words(field: Field, text: str) -> str:
    """A field's text as people read it: a choice by its label, a tick by yes or no."""
    if field.type == "CheckField":
        return _("Yes") if text == "True" else _("No")
    choices = getattr(field, "choices", None)
    if not choices:
        return text
    pairs = [pair for group in choices.values() for pair in group] if isinstance(choices, dict) else choices
    labels = {str(pair[0]): str(pair[1]) for pair in pairs}
    codes = text.split(",") if field.type == "ChipsField" else [text]
    return ", ".join(labels.get(code, code) for code in codes)


def shown(value: Any) -> str:
    """A field's value as one text: codes joined by commas, dates as ISO, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(getattr(value, "iso", value))
