"""What a message costs, estimated before it leaves: parts of an SMS, kind of a WhatsApp message, country."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from mrc.core.phones import country_of
from mrc.core.segments import count_segments
from mrc.messaging.models import TemplateVersion
from mrc.messaging.states import Channel

DATA = Path(__file__).parent / "data" / "prices.json"
MICROS_OF_A_CENT = 10_000


def estimate(channel: Channel, address: str, text: str, version: TemplateVersion | None) -> tuple[int, int]:
    """How many parts a message has, and what they cost together in millionths of a US dollar."""
    country, prices = country_of(address), _prices()
    if channel is Channel.SMS:
        parts = count_segments(text)
        return parts, parts * _price(prices["sms"], country)
    kind = (version.approved_category or version.template.category).value if version else "free"
    return 1, _price(prices["whatsapp"][kind], country)


def _price(by_country: dict[str, int], country: str) -> int:
    return by_country.get(country, by_country[""])


@lru_cache(maxsize=1)
def _prices() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return found
