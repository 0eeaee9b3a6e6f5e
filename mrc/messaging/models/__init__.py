"""Threads and messages with the raw webhooks they came from, and the wordings that we send."""

from __future__ import annotations

from mrc.messaging.models.satisfaction import Satisfaction
from mrc.messaging.models.templates import CannedAnswer, MessageTemplate, TemplateVersion
from mrc.messaging.models.threads import InboundEvent, Message, MessageReport, Thread

__all__ = [
    "CannedAnswer", "InboundEvent", "Message", "MessageReport", "MessageTemplate", "Satisfaction",
    "TemplateVersion", "Thread",
]  # fmt: skip
