"""What the simulator is told by the environment, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from mrc.simulator.addresses import Channel, channel_of, is_name


class SetupRefused(Exception):
    """The environment does not say enough to start; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Line:
    """One of the centre's ends: `whatsapp:+92…`, `+92…`, or a sender name that nobody can answer."""

    address: str
    name: str
    is_voice: bool = False
    """True for a number that is called; one that takes messages as well is there twice."""

    @property
    def channel(self) -> Channel:
        return channel_of(self.address)

    @property
    def can_be_answered(self) -> bool:
        return not is_name(self.address)


DEFAULT_LINES = (
    Line("whatsapp:+923000000101", "Lahore WhatsApp"),
    Line("whatsapp:+9647500000101", "Erbil WhatsApp"),
    Line("whatsapp:+93700000101", "Kabul WhatsApp"),
    Line("+923000000101", "Lahore SMS"),
    Line("MRC", "Sender name MRC"),
    Line("+924200000101", "Lahore hotline", is_voice=True),
)
"""The first three and the last are lines of the demo."""


@dataclass(frozen=True)
class Setup:
    """One simulated carrier account and the application at its other end."""

    account_sid: str
    auth_token: str
    api_key: str = ""
    api_secret: str = ""
    webhook: str = "http://127.0.0.1:8000"
    """Where we connect to. A fragment such as `#rc=3&rp=all` sets the retries, as on Twilio's own URLs."""
    public: str = ""
    """The address by which the application knows itself, which is what gets signed; empty means `webhook`."""
    lines: tuple[Line, ...] = DEFAULT_LINES
    templates: Mapping[str, str] = field(default_factory=dict)
    """ContentSid to wording with `{{1}}`; without its wording a template shows its sid and variables."""
    pace: float = 1.0
    """Factor on every pause that the carrier makes of itself; 0 makes it answer at once."""
    seed: int | None = None
    """The same seed gives the same sids in the same order."""

    voice_fallback: str = ""
    """VoiceFallbackUrl of every voice line, asked when the first address fails; `-` for none."""

    @property
    def message_url(self) -> str:
        """The signed address of the webhook for messages that come in, with its fragment."""
        return self._address("/twilio/message")

    @property
    def call_url(self) -> str:
        """VoiceUrl of every voice line: what is asked when somebody calls."""
        return self._address("/twilio/voice/incoming")

    @property
    def call_status_url(self) -> str:
        """StatusCallback of every voice line: what is told when a call to it is over."""
        return self._address("/twilio/voice/status")

    @property
    def call_fallback_url(self) -> str:
        if self.voice_fallback == "-":
            return ""
        return self.voice_fallback or self._address("/twilio/voice/fallback")

    def is_ours(self, url: str) -> bool:
        """True for an address of the application."""
        base = self.webhook.partition("#")[0]
        return any(url.startswith(f"{each}/") for each in (self.public, base) if each)

    def _address(self, path: str) -> str:
        base, _, fragment = self.webhook.partition("#")
        return f"{self.public or base}{path}" + (f"#{fragment}" if fragment else "")

    def reachable(self, url: str) -> str:
        """The same address as this machine reaches it: the public base becomes the webhook's own."""
        base = self.webhook.partition("#")[0]
        if self.public and url.startswith(f"{self.public}/"):
            return base + url.removeprefix(self.public)
        return url


def from_environment(values: Mapping[str, str]) -> Setup:
    """Read the setup. Raises SetupRefused when the account is missing or something cannot be read."""
    account_sid, auth_token = values.get("TWILIO_ACCOUNT_SID", ""), values.get("TWILIO_AUTH_TOKEN", "")
    if not account_sid or not auth_token:
        raise SetupRefused(
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set, to what the application is told: "
            "both sides share one account. `mrc demo` sets them by itself."
        )
    try:
        lines = tuple(
            Line(str(line["address"]), str(line.get("name") or line["address"]), line.get("kind") == "voice")
            for line in json.loads(values.get("MRC_SIMULATOR_LINES") or "[]")
        )
        templates = {str(sid): str(text) for sid, text in _object(values, "MRC_SIMULATOR_TEMPLATES").items()}
        pace = float(values.get("MRC_SIMULATOR_PACE") or 1)
        seed = int(values["MRC_SIMULATOR_SEED"]) if values.get("MRC_SIMULATOR_SEED") else None
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise SetupRefused(f"One of the MRC_SIMULATOR_… variables cannot be read: {problem!r}.") from None
    return Setup(
        account_sid=account_sid,
        auth_token=auth_token,
        api_key=values.get("TWILIO_API_KEY", ""),
        api_secret=values.get("TWILIO_API_SECRET", ""),
        webhook=(values.get("MRC_SIMULATOR_WEBHOOK") or "http://127.0.0.1:8000").rstrip("/"),
        public=values.get("MRC_SIMULATOR_PUBLIC", "").rstrip("/"),
        lines=lines or DEFAULT_LINES,
        templates=templates,
        voice_fallback=values.get("MRC_SIMULATOR_VOICE_FALLBACK", ""),
        pace=max(0.0, pace),
        seed=seed,
    )


def _object(values: Mapping[str, str], name: str) -> Mapping[str, str]:
    content: Mapping[str, str] = json.loads(values.get(name) or "{}")
    return content
