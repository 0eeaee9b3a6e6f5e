"""What happens to a template: the centre makes and submits it, WhatsApp judges it, a trainer overrules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mrc.simulator.carrier import Carrier
from mrc.simulator.contents import LIST_PICKER, PLACE, QUICK_REPLY, TEXT, Category, Content, Status
from mrc.simulator.faults import Kind, Place
from mrc.simulator.refusals import Refusal
from mrc.simulator.state import World

TO_JUDGED = 8.0
"""Seconds that WhatsApp takes at pace 1; in life it is usually under an hour."""
NAME = re.compile(r"[a-z0-9_]{1,512}")
LONGEST_BODY, LONGEST_TITLE, MOST_BUTTONS, MOST_ROWS, MOST_VARIABLES = 1_024, 25, 10, 10, 100
REJECTED_BECAUSE = "The template does not follow the guidelines."


def make_content(world: World, said: Mapping[str, Any]) -> Content:
    """Keep a new template. Raises Refusal for what Twilio does not take."""
    types = {
        str(kind): {name: value for name, value in shown.items() if value is not None}
        for kind, shown in (said.get("types") or {}).items()
        if isinstance(shown, dict)
    }
    variables = said.get("variables") or {}
    if not isinstance(variables, dict):
        raise Refusal(20001, "variables is an object")
    if not said.get("language"):
        raise Refusal(20001, "language is required")
    now = world.now()
    content = Content(
        sid=world.new_sid("HX"),
        friendly_name=str(said.get("friendly_name") or ""),
        language=str(said["language"]),
        variables={str(name): str(value) for name, value in variables.items()},
        types=types,
        created_at=now,
        updated_at=now,
    )
    _check(content)
    with world.changing():
        world.contents[content.sid] = content
    return content


def _check(content: Content) -> None:
    if not content.types:
        raise Refusal(20001, "types is required")
    if content.kind in {TEXT, QUICK_REPLY, LIST_PICKER} and not content.wording.strip():
        raise Refusal(20001, "body is required")
    if len(content.wording) > LONGEST_BODY:
        raise Refusal(20001, f"body has more than {LONGEST_BODY} characters")
    if any(not each.title or len(each.title) > LONGEST_TITLE for each in content.buttons):
        raise Refusal(20001, "each button or row has a title of at most 25 characters")
    if len(content.buttons) > MOST_BUTTONS:
        raise Refusal(20001, "there are at most 10 buttons or rows")
    if content.kind in {QUICK_REPLY, LIST_PICKER} and not content.buttons:
        raise Refusal(20001, "there is at least one button or row")


def submit(carrier: Carrier, content: Content, said: Mapping[str, Any]) -> Content:
    """Ask WhatsApp to approve a template; it is pending, and is judged after a while by itself.

    Raises Refusal for a name that was used, a category that does not exist, places that are not numbered from
    1 without a gap or have no sample, and a list, which cannot open a conversation.
    """
    world = carrier.world
    name, category = str(said.get("name") or ""), str(said.get("category") or "").upper()
    if not NAME.fullmatch(name):
        raise Refusal(20001, "name has lower-case letters, digits and underscores")
    if category not in set(Category):
        raise Refusal(20001, "category is UTILITY, MARKETING or AUTHENTICATION")
    if content.status in {Status.PENDING, Status.APPROVED, Status.PAUSED}:
        raise Refusal(20001, "the template was submitted already")
    if _is_taken(world, content, name):
        raise Refusal(20001, "a template of that name and language exists")
    if content.kind == LIST_PICKER:
        raise Refusal(20001, "a list is only for open conversations and is not approved")
    _check_places(content)
    upsets = world.faults.take(Place.CONTENT)
    with world.changing():
        content.name, content.category, content.status = name, category, Status.PENDING
        content.rejection_reason, content.updated_at = "", world.now()
        content.asked.append(name)
    if Kind.CONTENT_WAITS not in upsets:
        status = Status.REJECTED if Kind.CONTENT_REJECTED in upsets else Status.APPROVED
        moved_to = Category.MARKETING if Kind.CONTENT_MOVED in upsets else ""
        carrier.schedule.after(TO_JUDGED * world.pace, lambda: _judge(world, content, status, moved_to))
    return content


def _judge(world: World, content: Content, status: Status, category: str) -> None:
    if content.status is Status.PENDING:
        overrule(world, content, status=status, category=category)


def overrule(
    world: World, content: Content, *, status: Status | None = None, reason: str = "", category: str = ""
) -> None:
    """What WhatsApp, or a trainer in its place, says of a template from now on."""
    with world.changing():
        content.updated_at = world.now()
        content.category = category or content.category
        if status:
            content.status = status
            is_refused = status is Status.REJECTED
            content.rejection_reason = (reason or REJECTED_BECAUSE) if is_refused else ""


def delete_content(world: World, content: Content) -> None:
    """Take a template away; messages that were sent with it stay as they are."""
    with world.changing():
        content.is_deleted, content.updated_at = True, world.now()


def _is_taken(world: World, content: Content, name: str) -> bool:
    """True when the name was used in this language before: a rejected one cannot be used again either."""
    return any(name in each.asked and each.language == content.language for each in world.contents.values())


def _check_places(content: Content) -> None:
    places = PLACE.findall(content.wording)
    numbered = sorted({int(name) for name in places if name.isdecimal()})
    if any(not name.isdecimal() for name in places) or numbered != list(range(1, len(numbered) + 1)):
        raise Refusal(20001, "variables are numbered from {{1}} without a gap")
    if len(numbered) > MOST_VARIABLES or set(content.places) - set(content.variables):
        raise Refusal(20001, "each variable has a sample")
    text = content.wording.strip()
    if PLACE.match(text) or re.search(PLACE.pattern + "$", text):
        raise Refusal(20001, "a template neither begins nor ends with a variable")
    # Meta's rule of thumb: 2x + 1 words around x variables.
    if len(PLACE.sub(" ", text).split()) < 2 * len(numbered) + 1:
        raise Refusal(20001, "there are too many variables for so few words")
