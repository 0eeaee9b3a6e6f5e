"""Threads and messages with the raw webhooks they came from, and the wordings that we send."""

from __future__ import annotations

from mrc.messaging.models.inbox import MessageCase, ThreadEvent, ThreadNote, ThreadPresence
from mrc.messaging.models.operations import LineStanding, MessagingAlarm, WebhookPace
from mrc.messaging.models.satisfaction import Satisfaction
from mrc.messaging.models.templates import CannedAnswer, MessageTemplate, TemplateVersion
from mrc.messaging.models.threads import InboundEvent, Message, MessageMedia, MessageReport, Thread

__all__ = [
    "CannedAnswer",
    "InboundEvent",
    "LineStanding",
    "Message",
    "MessageCase",
    "MessageMedia",
    "MessageReport",
    "MessageTemplate",
    "MessagingAlarm",
    "Satisfaction",
    "TemplateVersion",
    "Thread",
    "ThreadEvent",
    "ThreadNote",
    "ThreadPresence",
    "WebhookPace",
]
