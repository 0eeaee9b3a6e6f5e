"""How the account and its lines stand with the carrier, apart from what they carry."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Told:
    """What the carrier tells of a line besides its address."""

    sid: str
    status: str = "ONLINE"
    """Of a WhatsApp line: ONLINE, OFFLINE, …"""
    quality: str = "HIGH"
    """How people rate what a WhatsApp line sends: HIGH, MEDIUM or LOW."""
    limit: str = "1K Customers/24hr"
    webhook: str = ""
    """Where it says that it sends what comes in; empty for where it really does."""


@dataclass
class Standing:
    """The account: `active` or `suspended`, whether files need its password, what is told of its lines."""

    status: str = "active"
    protects_media: bool = True
    lines: dict[str, Told] = field(default_factory=dict)
