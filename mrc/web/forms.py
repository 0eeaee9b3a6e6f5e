"""The base of every form: protected against forgery, repeatable without a second effect, safe to leave.

Every form carries an operation id (the same id again is the same act), the version and sealed starting values
of the row it edits, and the key under which its text is kept while typing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField

from mrc.access.identity import find_current
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
        if not self.is_submitted():
            self._restore()

    @property
    def own_fields(self) -> dict[str, Field]:
        """The fields a person fills, by name, in their order on the page."""
        return {name: field for name, field in self._fields.items() if name not in CARRIED}

    def start_from(self, row_key: str, version: int, values: Mapping[str, Any]) -> None:
        """Show the values of a row for editing. A restored draft wins over them, its version
        stays the row's.
        """
        if self.is_submitted():
            return
        self.version.data = str(version)
        self.base.data = sealed_base({name: shown(value) for name, value in values.items()}, row_key)
        if not self.restored:
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
        return dict(
            merge_or_refuse(
                version=filled_at,
                current=version,
                base=self.base.data or "",
                row_key=row_key,
                mine=mine,
                theirs=theirs,
            )
        )

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


def shown(value: Any) -> str:
    """A field's value as one text: codes joined by commas, dates as ISO, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(getattr(value, "iso", value))
