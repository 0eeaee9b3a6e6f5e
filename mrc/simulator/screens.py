"""What the page shows, prepared: phones with their screens, and what the centre was told of late."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mrc.simulator.addresses import Channel
from mrc.simulator.call_screens import CallScreen, call_screen_of
from mrc.simulator.contents import Button
from mrc.simulator.people import LANGUAGES, Phone
from mrc.simulator.refusals import WORDS
from mrc.simulator.settings import Line
from mrc.simulator.state import WINDOW, Direction, Message, Told, World

STRANGERS_SHOWN = 6
BUBBLES_SHOWN = 60
ATTEMPTS_SHOWN = 12
ARABIC = re.compile("[\u0620-\u06ff]")
CHANNEL_NAMES = {Channel.WHATSAPP: "WhatsApp", Channel.SMS: "SMS"}
TICKS = {Told.WAITING: "sending", Told.YES: "with the centre", Told.NO: "not delivered to the centre"}
# The words of the network's own codes, which no request is refused with.
REASONS = {
    30003: "phone out of reach",
    30004: "blocked by the person",
    30005: "unknown number",
    30036: "expired",
    63027: "template not approved",
    63028: "template with the wrong variables",
    63040: "template rejected",
    63041: "template paused",
    63016: "outside the 24-hour window",
    63024: "no WhatsApp on this number",
    63032: "blocked on WhatsApp",
}


@dataclass(frozen=True)
class File:
    """A file in a bubble: `image` and `audio` are shown, anything else is a link."""

    kind: str
    address: str
    label: str


@dataclass(frozen=True)
class Bubble:
    """One message on a screen. `side` is mine, theirs or note."""

    sid: str
    side: str
    text: str
    time: str
    day: str
    """Set on the first message of a day."""
    line: str
    """Set where the line changes."""
    is_arabic: bool = False
    """Has letters of the Arabic script, which want more room between lines."""
    mark: str = ""
    is_lost: bool = False
    files: tuple[File, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class LineState:
    """One line as one phone sees it."""

    address: str
    name: str
    window: str
    is_open: bool
    is_opted_out: bool
    is_blocked: bool


@dataclass(frozen=True)
class Panel:
    """One channel on a phone."""

    channel: Channel
    name: str
    bubbles: Sequence[Bubble]
    is_shortened: bool
    lines: Sequence[LineState]
    writable: Sequence[Line]
    preferred: str
    unread: int


@dataclass(frozen=True)
class Screen:
    phone: Phone
    time: str
    language: str
    panels: Sequence[Panel]
    call: CallScreen | None

    @property
    def starts_with_calls(self) -> bool:
        """True for a phone that is there to be called."""
        return self.call is not None and (self.phone.is_staff or not self.panels)


def shown_phones(world: World, also: str | None = None) -> tuple[list[Phone], int]:
    """The phones to lay on the table, and how many strangers' phones are left in the drawer.

    Strangers' phones come when the centre writes to a number that is not there: the latest few are shown. A
    phone that no line of the centre can reach is not shown.
    """
    phones = [
        phone
        for phone in list(world.phones.values())
        if _channels(world, phone) or call_screen_of(world, phone)
    ]
    ours = [phone for phone in phones if not phone.is_stranger]
    strangers = [phone for phone in phones if phone.is_stranger]
    wanted = [phone for phone in strangers if phone.key == also]
    latest = [phone for phone in strangers[::-1] if phone.key != also][: STRANGERS_SHOWN - len(wanted)]
    return ours + wanted + latest, len(strangers) - len(wanted) - len(latest)


def screen_of(world: World, phone: Phone) -> Screen:
    now = world.now().astimezone(ZoneInfo(phone.zone))
    panels = [_panel(world, phone, channel) for channel in _channels(world, phone)]
    return Screen(
        phone,
        f"{now:%H:%M}",
        LANGUAGES.get(phone.language, phone.language),
        panels,
        call_screen_of(world, phone),
    )


def _channels(world: World, phone: Phone) -> Sequence[Channel]:
    """The phone's channels on which the centre has a line."""
    if phone.is_staff and not world.messages_of(phone.key):
        return ()
    served = {line.channel for line in world.lines.values()}
    return [channel for channel in phone.channels if channel in served]


def told_lately(world: World) -> Sequence[tuple[str, str, str, bool]]:
    """The latest requests to the application, newest first: time, what, outcome, and whether it was heard."""
    attempts = list(world.listed_attempts())[-ATTEMPTS_SHOWN:][::-1]
    return [
        (
            f"{attempt.at:%H:%M:%S}",
            attempt.subject + (f", try {attempt.trial}" if attempt.trial > 1 else ""),
            attempt.failure or str(attempt.answer),
            attempt.answer is not None and attempt.answer < 300,
        )
        for attempt in attempts
    ]


def _panel(world: World, phone: Phone, channel: Channel) -> Panel:
    messages = world.messages_of(phone.key, channel)
    zone = ZoneInfo(phone.zone)
    lines = [line for line in world.lines.values() if line.channel is channel]
    writable = [line for line in lines if line.can_be_answered]
    used = next((message.line for message in reversed(messages)), "")
    preferred = used if used in {line.address for line in writable} else _nearest(phone, writable)
    return Panel(
        channel=channel,
        name=CHANNEL_NAMES[channel],
        bubbles=_bubbles(world, messages[-BUBBLES_SHOWN:], zone),
        is_shortened=len(messages) > BUBBLES_SHOWN,
        lines=[_line_state(world, phone, line) for line in lines],
        writable=writable,
        preferred=preferred,
        unread=_count_unread(messages),
    )


def _count_unread(messages: Sequence[Message]) -> int:
    """How many messages arrived since the person last wrote and were not reported as read."""
    count = 0
    for message in reversed(messages):
        if message.direction is Direction.INBOUND:
            break
        count += message.status == "delivered"
    return count


def _nearest(phone: Phone, lines: Sequence[Line]) -> str:
    """The line whose number starts most like the phone's own: one of the same country, if there is any."""

    def likeness(line: Line) -> int:
        pairs = zip(line.address.removeprefix("whatsapp:"), phone.number, strict=False)
        return next((place for place, (ours, theirs) in enumerate(pairs) if ours != theirs), 0)

    return max(lines, key=likeness).address if lines else ""


def _line_state(world: World, phone: Phone, line: Line) -> LineState:
    conversation = world.conversation(phone.key, line.address)
    is_open = world.window_is_open(phone.key, line.address)
    window = "closed: the centre can only send a template"
    if is_open and conversation.opened_at:
        minutes = (conversation.opened_at + WINDOW - world.now()) // timedelta(minutes=1)
        window = f"open for {minutes // 60} h {minutes % 60} min"
    return LineState(
        line.address, line.name, window, is_open, conversation.is_opted_out, conversation.is_blocked
    )


def _bubbles(world: World, messages: Sequence[Message], zone: ZoneInfo) -> Sequence[Bubble]:
    bubbles: list[Bubble] = []
    day = line = ""
    for message in messages:
        if (side := _side(message)) is None:
            continue
        moment = message.created_at.astimezone(zone)
        this_day, this_line = _day(moment), world.lines[message.line].name
        bubbles.append(
            Bubble(
                sid=message.sid,
                side=side,
                text=message.shown if side != "note" else _reason(message),
                time=f"{moment:%H:%M}",
                day=this_day if this_day != day else "",
                line=this_line if this_line != line else "",
                is_arabic=ARABIC.search(message.shown) is not None,
                mark=_mark(message),
                is_lost=message.told is Told.NO,
                files=_files(message),
                buttons=message.buttons if side == "theirs" else (),
            )
        )
        day, line = this_day, this_line
    return bubbles


def _side(message: Message) -> str | None:
    """Whose bubble it is; a note for what did not arrive, nothing for what is still on its way."""
    if message.direction is Direction.INBOUND:
        return "mine"
    if message.has_arrived:
        return "theirs"
    return "note" if message.status in {"failed", "undelivered"} else None


def _reason(message: Message) -> str:
    code = message.error_code or 0
    words = REASONS.get(code) or WORDS.get(code, (0, "refused by the network"))[1]
    return f"The centre wrote, but it did not arrive: {words} ({code})"


def _mark(message: Message) -> str:
    if message.direction is not Direction.INBOUND:
        return ""
    return TICKS[message.told] + (f": {message.why_not_told}" if message.why_not_told else "")


def _files(message: Message) -> tuple[File, ...]:
    sent = [
        File(each.content_type.partition("/")[0], f"/files/{message.sid}/{each.sid}", each.content_type)
        for each in message.media
    ]
    received = [File("link", link, "Attachment from the centre") for link in message.links]
    return tuple(sent + received)


def _day(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B}"
