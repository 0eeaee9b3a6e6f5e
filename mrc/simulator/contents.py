"""Templates of the Content API: their wording, what of it is a button, and how WhatsApp judged them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

PLACE = re.compile(r"{{\s*([A-Za-z0-9_]+)\s*}}")
TEXT, QUICK_REPLY, LIST_PICKER = "twilio/text", "twilio/quick-reply", "twilio/list-picker"
RICHEST_FIRST = (LIST_PICKER, QUICK_REPLY)
"""Of several types WhatsApp shows the richest."""


class Status(StrEnum):
    """What WhatsApp says of a template."""

    UNSUBMITTED = "unsubmitted"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"


class Category(StrEnum):
    UTILITY = "UTILITY"
    MARKETING = "MARKETING"
    AUTHENTICATION = "AUTHENTICATION"


# Outside the window the network refuses a template that is not approved, under a number that says why.
REFUSED_AS = {Status.PAUSED: 63041, Status.REJECTED: 63040}
NOT_THERE, WRONG_COUNT, NOT_OUTSIDE = 63027, 63028, 63016


@dataclass(frozen=True)
class Button:
    """What can be tapped beneath a message."""

    title: str
    payload: str
    is_row: bool = False
    """True for a row of a list, False for a quick reply."""


@dataclass
class Content:
    """One template in one language."""

    sid: str
    friendly_name: str
    language: str
    variables: Mapping[str, str]
    types: Mapping[str, Mapping[str, Any]]
    created_at: datetime
    updated_at: datetime
    status: Status = Status.UNSUBMITTED
    name: str = ""
    """Under which it was submitted to WhatsApp."""
    category: str = ""
    rejection_reason: str = ""
    is_deleted: bool = False
    asked: list[str] = field(default_factory=list)
    """Names under which it was ever submitted."""

    @property
    def kind(self) -> str:
        """The type that is shown."""
        return next((kind for kind in RICHEST_FIRST if kind in self.types), next(iter(self.types), TEXT))

    @property
    def shown(self) -> Mapping[str, Any]:
        return self.types.get(self.kind, {})

    @property
    def wording(self) -> str:
        """The text with its places; empty for a type that has none."""
        return str(self.shown.get("body") or "")

    @property
    def places(self) -> Sequence[str]:
        """The names of the variables in wording and buttons, in the order of their first use."""
        texts = [self.wording, *(text for each in self.buttons for text in (each.title, each.payload))]
        return tuple(dict.fromkeys(name for text in texts for name in PLACE.findall(text)))

    @property
    def buttons(self) -> Sequence[Button]:
        if self.kind == LIST_PICKER:
            rows = self.shown.get("items") or ()
            return [Button(str(row.get("item", "")), str(row.get("id", "")), is_row=True) for row in rows]
        actions = self.shown.get("actions") or ()
        return [Button(str(each.get("title", "")), str(each.get("id") or "")) for each in actions]

    def refusal_for(self, values: Mapping[str, str], *, window_is_open: bool) -> int | None:
        """The number with which the network refuses to bring it, or None when it brings it."""
        if set(self.places) - set(values):
            return WRONG_COUNT
        if window_is_open:
            return None
        if self.kind == LIST_PICKER:
            return NOT_OUTSIDE
        return None if self.status is Status.APPROVED else REFUSED_AS.get(self.status, NOT_THERE)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known put in its places; a place without a value stays as it is."""
    return PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)
