"""What the provider is told to do next. Prompts are played only where their file is there.

All addresses are absolute, on the configured address that the provider signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import structlog
from prometheus_client import Counter
from twilio.twiml.voice_response import VoiceResponse

from mrc.core.files import has_file
from mrc.core.metrics import METRICS
from mrc.core.sealed import blind_index
from mrc.core.settings import settings
from mrc.hotline.models import HotlineMenu, VoicePrompt
from mrc.hotline.queries.lines import CONTENT, Ringable, list_prompts
from mrc.hotline.states import PromptKey

log = structlog.get_logger("mrc.hotline")
MISSING = Counter(
    "mrc_hotline_prompts_missing_total", "Prompts that should have been played and were not there.",
    ["key"], registry=METRICS,
)  # fmt: skip
VOICE = "/twilio/voice"
KEY_SECONDS = 6
TAKE_SECONDS = 8
RING_SECONDS = 25
DIAL_SECONDS = 40
LONGEST_MESSAGE = 300
SILENCE_ENDS = 6
"""So many quiet seconds end a message."""
PLACES = {1: PromptKey.PLACE_1, 2: PromptKey.PLACE_2, 3: PromptKey.PLACE_3}

Node: TypeAlias = Any
"""A response, or the part of it that waits for a key."""


class Voice:
    """The prompts of a menu in the caller's language, the default one where that is missing."""

    def __init__(self, menu: HotlineMenu | None, language: str | None = None) -> None:
        self.menu = menu
        self.language = language or (menu.languages[0] if menu and menu.languages else "")
        self._prompts = list_prompts(menu.centre_id) if menu else {}

    def say(self, node: Node, key: PromptKey, language: str | None = None) -> bool:
        """Have a prompt played; False, and an alarm, where there is none in any language."""
        if self.menu is None:
            return False
        wanted = language or self.language
        for each in dict.fromkeys((wanted, self.menu.languages[0])):
            prompt = self._prompts.get((key, each))
            if prompt is not None and has_file(prompt.id, CONTENT):
                node.play(prompt_url(prompt))
                if each != wanted:
                    _alarm(key, wanted)
                return True
        _alarm(key, wanted)
        return False


def nothing() -> str:
    """Nothing to be done: the call goes on, or is over."""
    return str(VoiceResponse())


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def refuse_busy() -> str:
    """Refuse the call as busy: nobody pays for it, and we call back."""
    response = VoiceResponse()
    response.reject(reason="busy")
    return str(response)


def leave_queue() -> str:
    response = VoiceResponse()
    response.leave()
    return str(response)


def ask_language(voice: Voice, attempt: int) -> str:
    """Let each language say which key it has; silence leads to the same address as a key does."""
    assert voice.menu is not None
    response, action = VoiceResponse(), address("language", attempt=attempt)
    gather = response.gather(
        input="dtmf", num_digits=1, timeout=KEY_SECONDS, action=action, action_on_empty_result=True
    )
    for language in voice.menu.languages:
        voice.say(gather, PromptKey.CHOOSE, language)
    response.redirect(action)
    return str(response)


def ring_phones(
    voice: Voice, phones: Sequence[Ringable], call_id: UUID, *, number: int, caller_id: str
) -> str:
    """Ring all phones at once. They show the centre's number, so that no caller's stays in a phone."""
    response = VoiceResponse()
    voice.say(response, PromptKey.CONNECTING)
    dial = response.dial(
        action=address("rang", round=number), timeout=RING_SECONDS, caller_id=caller_id, answer_on_bridge=True
    )
    for phone in phones:
        # Without the key a counsellor's own voicemail would count as somebody who answered.
        dial.number(phone.phone, url=address("take", c=call_id, d=phone.duty_id, round=number))
    return str(response)


def put_in_queue(line_id: UUID, number: int) -> str:
    response = VoiceResponse()
    response.enqueue(
        f"hotline-{line_id.hex}",
        action=address("queue", round=number),
        wait_url=address("wait", round=number),
    )
    return str(response)


def say_place(voice: Voice, place: int) -> str:
    """Tell a waiting caller how many are before them."""
    response = VoiceResponse()
    spoken = voice.say(response, PLACES.get(place, PromptKey.PLACE_MORE))
    if not (voice.say(response, PromptKey.PLEASE_WAIT) or spoken):
        response.pause(length=10)
    return str(response)


def take_message(voice: Voice, *, first: PromptKey | None = None) -> tuple[str, bool]:
    """Record a message; also whether the caller heard that it is recorded. Without prompts only a tone."""
    response, told = VoiceResponse(), False
    if first is not None:
        voice.say(response, first)
    if voice.menu is not None:
        if not voice.menu.has_voicemail:
            response.hangup()
            return str(response), False
        told = voice.menu.has_consent_notice and voice.say(response, PromptKey.CONSENT)
        voice.say(response, PromptKey.LEAVE_MESSAGE)
    _record(response, address("voicemail"))
    return str(response), told


def thank(voice: Voice) -> str:
    response = VoiceResponse()
    voice.say(response, PromptKey.THANKS)
    response.hangup()
    return str(response)


def ask_key(voice: Voice, action: str) -> str:
    """Ask a counsellor who was rung to press a key; a machine does not."""
    response = VoiceResponse()
    gather = response.gather(input="dtmf", num_digits=1, timeout=TAKE_SECONDS, action=action)
    voice.say(gather, PromptKey.TAKE_CALL, voice.menu.languages[0] if voice.menu else None)
    response.hangup()
    return str(response)


def connect(number: str, caller_id: str, action: str) -> str:
    """Connect a counsellor with somebody; they see the centre's number."""
    response = VoiceResponse()
    response.dial(action=action, timeout=DIAL_SECONDS, caller_id=caller_id, answer_on_bridge=True).number(
        number
    )
    return str(response)


def without_us(*, is_done: bool = False) -> str:
    """What callers hear when we cannot look anything up: leave a message. Asks nothing of the database.

    The provider speaks English and Arabic only; the tone is understood by everybody.
    """
    if is_done:
        return hang_up()
    response = VoiceResponse()
    response.say("Please leave a message after the tone.", language="en-US")
    response.say("يرجى ترك رسالة بعد سماع الصافرة.", language="arb")
    _record(response, f"{settings().public_url}{VOICE}/fallback?done=1")
    return str(response)


def address(step: str, **arguments: object) -> str:
    """The address of a step, on the configured address, with its arguments."""
    query = urlencode({name: str(value) for name, value in arguments.items()})
    return f"{settings().public_url}{VOICE}/{step}" + (f"?{query}" if query else "")


def prompt_url(prompt: VoicePrompt) -> str:
    """Where the provider finds a prompt: nobody guesses it, and it never changes."""
    return f"{settings().public_url}{VOICE}/prompts/{prompt.id}/{prompt_token(prompt.id)}"


def prompt_token(prompt_id: UUID) -> str:
    """What makes the address of a prompt unguessable."""
    return blind_index("voice_prompt", str(prompt_id), "address").hex()


def _record(response: VoiceResponse, action: str) -> None:
    # Without an action the provider asks the present address again, and the caller goes in circles.
    response.record(
        action=action,
        recording_status_callback=address("recording"),
        recording_status_callback_event="completed absent",
        max_length=LONGEST_MESSAGE,
        timeout=SILENCE_ENDS,
        finish_on_key="#",
        play_beep=True,
    )
    response.hangup()


def _alarm(key: PromptKey, language: str) -> None:
    MISSING.labels(key.value).inc()
    log.error("a prompt is missing", kind=key.value, name=language)
