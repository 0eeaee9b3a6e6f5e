"""The words of the hotline for people: states, outcomes, prompts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from mrc.hotline.states import CallbackOutcome, CallState, PromptKey

STATE_WORDS: dict[CallState, Any] = {
    CallState.RINGING: _l("ringing"),
    CallState.MENU: _l("choosing a language"),
    CallState.WAITING: _l("waiting"),
    CallState.RECORDING: _l("leaving a message"),
    CallState.QUEUED: _l("about to be called"),
    CallState.DIALLING: _l("being called"),
    CallState.UNKNOWN: _l("not known whether it was made"),
    CallState.TALKING: _l("talking"),
    CallState.SERVED: _l("spoken to"),
    CallState.MISSED: _l("missed"),
    CallState.VOICEMAIL: _l("left a message"),
    CallState.NOT_REACHED: _l("not reached"),
    CallState.REFUSED: _l("not made"),
}
STATE_TONES = {
    CallState.SERVED: "done",
    CallState.MISSED: "overdue",
    CallState.VOICEMAIL: "waiting",
    CallState.NOT_REACHED: "closed",
    CallState.REFUSED: "closed",
    CallState.UNKNOWN: "waiting",
}
"""How a state looks; one that goes on is open."""

OUTCOME_WORDS: dict[CallbackOutcome, Any] = {
    CallbackOutcome.REACHED: _l("reached"),
    CallbackOutcome.SERVED: _l("called again and was spoken to"),
    CallbackOutcome.NOT_NEEDED: _l("not needed any more"),
    CallbackOutcome.WRONG_NUMBER: _l("wrong number"),
    CallbackOutcome.GIVEN_UP: _l("given up after several attempts"),
}

PROMPT_WORDS: dict[PromptKey, tuple[Any, Any]] = {
    PromptKey.CHOOSE: (_l("Choose this language"), _l("Says in this language which key to press for it.")),
    PromptKey.CLOSED: (_l("We are closed"), _l("Says when the centre is open.")),
    PromptKey.CONSENT: (_l("What you say is recorded"), _l("Says who listens and how long it is kept.")),
    PromptKey.LEAVE_MESSAGE: (_l("Leave a message"), _l("Asks for a number and a safe time to call back.")),
    PromptKey.THANKS: (_l("Thank you"), _l("Says that somebody will call back.")),
    PromptKey.CONNECTING: (_l("We are looking for somebody"), _l("Is heard before the phones ring.")),
    PromptKey.PLEASE_WAIT: (_l("Please wait"), _l("Is heard again and again while waiting.")),
    PromptKey.PLACE_1: (_l("You are next"), _l("Is heard by whoever is first in the queue.")),
    PromptKey.PLACE_2: (_l("One caller is before you"), _l("Is heard by the second in the queue.")),
    PromptKey.PLACE_3: (_l("Two callers are before you"), _l("Is heard by the third in the queue.")),
    PromptKey.PLACE_MORE: (_l("Several callers are before you"), _l("Is heard by everybody behind them.")),
    PromptKey.TAKE_CALL: (
        _l("Press a key to take the call"),
        _l("Is heard by the counsellor who is rung, in the first language only."),
    ),
}
"""What a prompt is for: its name, and what it says."""
