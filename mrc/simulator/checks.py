"""What Twilio checks before it accepts a message, in its order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from mrc.simulator.addresses import Channel, bare, channel_of, is_recipient
from mrc.simulator.refusals import Refusal
from mrc.simulator.settings import Line
from mrc.simulator.state import World

Form = MultiDict[str, str]
LONGEST_BODY = 1_600
MOST_MEDIA = 10
SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
CONTENT_SID = re.compile(r"HX[0-9a-f]{32}")
LONGEST_VALIDITY = 36_000
SOONEST, LATEST = timedelta(minutes=15), timedelta(days=35)


def check(form: Form, world: World) -> None:
    """Raise Refusal for the first thing that is wrong with a request to send."""
    for one in CHECKS:
        one(form, world)


def has_service(form: Form) -> bool:
    return bool(form.get("MessagingServiceSid"))


def line_for(form: Form, world: World) -> Line:
    """The line to send from: the one named, or the service's first of the recipient's channel."""
    if given := form.get("From"):
        if line := world.lines.get(given):
            return line
        raise Refusal(63007 if channel_of(given) is Channel.WHATSAPP else 21606, given)
    channel = channel_of(form.get("To", ""))
    line = next((line for line in world.lines.values() if line.channel is channel), None)
    if line is None:
        raise Refusal(21703)
    return line


def wanted_time(form: Form, now: datetime) -> datetime:
    """When a scheduled message is to go. Raises Refusal for a time that Twilio does not schedule for."""
    try:
        wanted = datetime.fromisoformat(form.get("SendAt", ""))
    except ValueError:
        raise Refusal(35114) from None
    if wanted.tzinfo is None:
        wanted = wanted.replace(tzinfo=UTC)
    if not now + SOONEST <= wanted <= now + LATEST:
        raise Refusal(35114)
    return wanted


def _recipient_is_given(form: Form, _world: World) -> None:
    if not form.get("To"):
        raise Refusal(21604)


def _recipient_can_exist(form: Form, _world: World) -> None:
    if not is_recipient(form["To"]):
        raise Refusal(21211, form["To"])


def _sender_is_given(form: Form, _world: World) -> None:
    service = form.get("MessagingServiceSid", "")
    if not service and not form.get("From"):
        raise Refusal(21603)
    if service and not SERVICE_SID.fullmatch(service):
        raise Refusal(21701)


def _content_is_given(form: Form, _world: World) -> None:
    if not any(form.get(name) for name in ("Body", "MediaUrl", "ContentSid")):
        raise Refusal(21602)
    if len(form.get("Body", "")) > LONGEST_BODY:
        raise Refusal(21617)
    links = form.getlist("MediaUrl")
    if len(links) > MOST_MEDIA or not all(_is_web_address(link) for link in links):
        raise Refusal(21620)


def _template_is_sound(form: Form, world: World) -> None:
    sid = form.get("ContentSid")
    if not sid:
        return
    if not CONTENT_SID.fullmatch(sid) or not world.knows_template(sid):
        raise Refusal(21655)
    try:
        variables = json.loads(form.get("ContentVariables") or "{}")
    except ValueError:
        raise Refusal(21656) from None
    # WhatsApp allows neither empty values nor line breaks in them.
    if not isinstance(variables, dict) or not all(_is_sound_value(value) for value in variables.values()):
        raise Refusal(21656)
    content = world.contents.get(sid)
    if content and set(variables) - set(content.places):
        raise Refusal(21656)


def _is_sound_value(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not set(value) & set("\n\r\t")


def _ends_fit_together(form: Form, world: World) -> None:
    line = line_for(form, world)
    if line.channel is not channel_of(form["To"]):
        raise Refusal(21910)
    if bare(line.address) == bare(form["To"]):
        raise Refusal(63031 if line.channel is Channel.WHATSAPP else 21266)


def _numbers_are_in_range(form: Form, _world: World) -> None:
    validity = form.get("ValidityPeriod", "1")
    if not validity.isdecimal() or not 1 <= int(validity) <= LONGEST_VALIDITY:
        raise Refusal(20001, "ValidityPeriod")


def _callback_is_an_address(form: Form, _world: World) -> None:
    callback = form.get("StatusCallback", "")
    # Twilio does not call hosts with an underscore in their name.
    if callback and (not _is_web_address(callback) or "_" in (urlsplit(callback).hostname or "")):
        raise Refusal(21609, callback)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _time_can_be_kept(form: Form, world: World) -> None:
    # Without a service Twilio drops the wish for a time and sends at once.
    if form.get("ScheduleType") and has_service(form):
        wanted_time(form, world.now())


def _person_wants_it(form: Form, world: World) -> None:
    phone = world.find_phone(form["To"])
    if phone and world.conversation(phone.key, line_for(form, world).address).is_opted_out:
        raise Refusal(21610)


CHECKS: tuple[Callable[[Form, World], None], ...] = (
    _recipient_is_given,
    _sender_is_given,
    _content_is_given,
    _template_is_sound,
    _recipient_can_exist,
    _ends_fit_together,
    _numbers_are_in_range,
    _callback_is_an_address,
    _time_can_be_kept,
    _person_wants_it,
)
