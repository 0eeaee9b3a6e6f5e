"""Showing a refusal of the service beside the fields of the form that it is about."""

from __future__ import annotations

from typing import Any

from mrc.core.errors import Refused


def show_on(form: Any, refusal: Refused) -> None:
    """Put what is wrong beside its fields; what no field is about stands on top of the form."""
    others = [] if refusal.fields else [str(refusal)]
    for name, message in refusal.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, message]
        else:
            others.append(message)
    form.form_errors = [*form.form_errors, *others]
