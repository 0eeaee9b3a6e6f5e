"""Two people edit one record: disjoint fields merge, the same field is shown side by side, nothing is lost.

The form carries the version it was filled from and, sealed, the values it started with.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mrc.core.errors import SealBroken, StaleWrite
from mrc.core.sealed import seal, unseal

CONTEXT = "form.base:"


@dataclass(frozen=True)
class Merge:
    """The outcome of a three-way merge: values to write, and the fields that both changed, differently."""

    values: Mapping[str, str]
    conflicts: tuple[str, ...]


def three_way(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> Merge:
    """Take each field from whoever changed it. A field that both changed to different texts is a conflict."""
    values, conflicts = {}, []
    for name, my_value in mine.items():
        their_value, base_value = theirs.get(name, ""), base.get(name, "")
        if my_value == base_value:
            values[name] = their_value
            continue
        values[name] = my_value
        if their_value not in (base_value, my_value):
            conflicts.append(name)
    return Merge(values, tuple(conflicts))


def merge_or_refuse(
    *, version: int, current: int, base: str, row_key: str, mine: Mapping[str, str], theirs: Mapping[str, str]
) -> Mapping[str, str]:
    """The values to write over a row at version `current` for a form filled at `version`.

    `base` is the form's sealed starting values, bound to `row_key`. Raises StaleWrite with both texts of
    every conflicting field; without readable base every differing field conflicts.
    """
    if version == current:
        return mine
    merge = three_way(_opened(base, row_key), mine, theirs)
    if merge.conflicts:
        raise StaleWrite(
            mine={name: mine[name] for name in merge.conflicts},
            theirs={name: theirs.get(name, "") for name in merge.conflicts},
            merged=merge.values,
            version=current,
            base=sealed_base(theirs, row_key),
        )
    return merge.values


def sealed_base(values: Mapping[str, Any], row_key: str) -> str:
    """The starting values of a form, sealed and bound to the row, for a hidden field."""
    text = json.dumps({name: str(value or "") for name, value in values.items()}, ensure_ascii=False)
    return base64.urlsafe_b64encode(seal(text, CONTEXT + row_key)).decode()


def _opened(base: str, row_key: str) -> Mapping[str, str]:
    try:
        content: dict[str, str] = json.loads(
            unseal(base64.urlsafe_b64decode(base.encode()), CONTEXT + row_key)
        )
    except (SealBroken, ValueError):
        return {}
    return content
