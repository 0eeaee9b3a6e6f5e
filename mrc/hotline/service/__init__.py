"""What is done with calls: each step is answered, what nobody served is owed, people are called back."""

from __future__ import annotations

from mrc.hotline.service.callbacks import close_callback
from mrc.hotline.service.calls import link_consultation, link_person
from mrc.hotline.service.flow import STEPS, Step
from mrc.hotline.service.lines import (
    MenuDetails,
    add_prompt,
    end_duty,
    open_prompt,
    read_prompt,
    set_duty,
    set_menu,
    switch_duty,
    switch_line,
)
from mrc.hotline.service.outbound import OUTBOUND, call_again, call_back, call_person, obstacle_to_ring
from mrc.hotline.service.recordings import destroy_voicemail, open_voicemail

__all__ = [
    "OUTBOUND", "STEPS", "MenuDetails", "Step", "add_prompt", "call_again", "call_back", "call_person",
    "close_callback", "destroy_voicemail", "end_duty", "link_consultation", "link_person", "obstacle_to_ring",
    "open_prompt", "open_voicemail", "read_prompt", "set_duty", "set_menu", "switch_duty", "switch_line",
]  # fmt: skip
