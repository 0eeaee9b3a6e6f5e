"""Reading the hotline: what people see (`calls`), and what answers callers and rings people (`lines`)."""

from __future__ import annotations

from mrc.hotline.queries.calls import (
    CallRow,
    count_open_callbacks,
    find_owed_callback,
    get_call,
    get_callback,
    list_callbacks,
    list_calls,
    list_calls_of,
    list_calls_of_person,
    list_due_callbacks,
    list_earlier,
    list_live,
    title_of,
)
from mrc.hotline.queries.lines import (
    Ringable,
    Team,
    find_menu,
    find_prompt,
    get_duty,
    get_prompt_of,
    get_voice_line,
    list_duties,
    list_missing,
    list_own_duties,
    list_prompts,
    list_voice_lines,
    who_can_take,
)
from mrc.hotline.queries.sweeping import find_kept_sounds

__all__ = [
    "CallRow", "Ringable", "Team", "count_open_callbacks", "find_kept_sounds", "find_menu",
    "find_owed_callback", "find_prompt", "get_call", "get_callback", "get_duty", "get_prompt_of",
    "get_voice_line", "list_callbacks", "list_calls", "list_calls_of", "list_calls_of_person",
    "list_due_callbacks", "list_duties", "list_earlier", "list_live", "list_missing", "list_own_duties",
    "list_prompts", "list_voice_lines", "title_of", "who_can_take",
]  # fmt: skip
