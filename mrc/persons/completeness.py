"""What is still missing in a file: which fields each country needs and wants stands in
`data/registration.json`.

Nothing here stops anybody from saving; people are served before their file is complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "registration.json"
EVERYWHERE = "*"


@dataclass(frozen=True)
class Missing:
    """Names of fields: what service needs, and what helps."""

    needed: tuple[str, ...]
    wanted: tuple[str, ...]


def missing_in(values: Mapping[str, Any], country: str) -> Missing:
    """The fields of a country (ISO 3166-1) that are empty among these, in the order of the data."""
    rules = _rules()
    rule = rules.get(country, rules[EVERYWHERE])
    needed, wanted = (
        tuple(name for name in rule[kind] if not values.get(name)) for kind in ("needed", "wanted")
    )
    return Missing(needed, wanted)


@lru_cache(maxsize=1)
def _rules() -> dict[str, dict[str, list[str]]]:
    content: dict[str, dict[str, list[str]]] = json.loads(DATA.read_text(encoding="utf-8"))
    return content
