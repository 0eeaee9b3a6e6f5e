"""Messages and media as Twilio's REST API writes them, and its way of cutting a list into pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from mrc.simulator.addresses import Channel
from mrc.simulator.refusals import WORDS
from mrc.simulator.state import Direction, Media, Message
from mrc.simulator.wire import API_VERSION, media_path

Document = dict[str, Any]
DAY = len("2026-03-02")
PAGE_SIZE, LARGEST_PAGE = 50, 1_000
PRICES = {Channel.WHATSAPP: 0.005, Channel.SMS: 0.0382}
"""US dollars for a WhatsApp message or a segment of an SMS: the order of the real ones, not a price list."""
FAILED_PRICE = "-0.00100"


def message_document(message: Message, account_sid: str) -> Document:
    """One message. Instants are in RFC 2822, numbers in quotation marks where Twilio writes them so."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    is_ours = message.direction is not Direction.INBOUND
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": date(message.created_at),
        "date_sent": date(message.sent_at),
        "date_updated": date(message.updated_at),
        "direction": str(message.direction),
        "error_code": message.error_code,
        "error_message": WORDS.get(message.error_code or 0, (0, None))[1],
        "from": message.sender,
        "messaging_service_sid": message.service_sid or None,
        "num_media": str(len(message.links) + _count_present(message.media)),
        # Twilio counts once it has chosen a sender, which a service does later.
        "num_segments": "0" if message.status in {"accepted", "scheduled"} else str(message.num_segments),
        "price": price_of(message) if is_ours else None,
        "price_unit": "USD" if is_ours else None,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.recipient,
        "uri": f"{uri}.json",
    }


def price_of(message: Message) -> str | None:
    """What the message cost, once it is final; below zero, because it is taken from the account."""
    if message.status == "failed":
        return FAILED_PRICE
    if message.status not in {"delivered", "read", "undelivered"}:
        return None
    each = PRICES[message.channel] * (1 if message.channel is Channel.WHATSAPP else message.num_segments)
    return f"-{each:.5f}"


def media_document(media: Media, message: Message, account_sid: str) -> Document:
    return {
        "account_sid": account_sid,
        "content_type": media.content_type,
        "date_created": date(media.created_at),
        "date_updated": date(media.created_at),
        "parent_sid": message.sid,
        "sid": media.sid,
        "uri": media_path(account_sid, message.sid, media.sid) + ".json",
    }


class Listed(Protocol):
    """What stands in a list."""

    sid: str
    is_deleted: bool


Make = Callable[[str], Callable[[Any], bool]]
Each = TypeVar("Each", bound=Listed)


def selected(
    found: Sequence[Each], asked: MultiDict[str, str], filters: Mapping[str, Make]
) -> Sequence[Each]:
    """Those that match what was asked; instants also with `<` (until) and `>` (since)."""
    tests = [test for name, make in filters.items() if (value := asked.get(name)) for test in [make(value)]]
    return [each for each in found if all(test(each) for test in tests)]


def slice_of(found: Sequence[Each], asked: MultiDict[str, str]) -> tuple[list[Each], bool, int, int]:
    """What one page shows of a list without what was deleted, whether there is more, its number and size.

    The token of the next page names the last one shown, so neither new ones nor deletions shift it.
    """
    size = min(max(_number(asked.get("PageSize"), PAGE_SIZE), 1), LARGEST_PAGE)
    number = max(_number(asked.get("Page"), 0), 0)
    after = asked.get("PageToken", "").removeprefix("PA")
    start = next((place for place, each in enumerate(found, start=1) if each.sid == after), 0)
    left = [each for each in found[start:] if not each.is_deleted]
    return left[:size], len(left) > size, number, size


def page_document(
    key: str, found: Sequence[Each], asked: MultiDict[str, str], kept: Sequence[tuple[str, str]]
) -> Document:
    """One page of a list; under its key stand the things themselves, for the caller to write."""
    shown, has_more, number, size = slice_of(found, asked)
    path, kept = request.path, [*kept, ("PageSize", str(size))]
    following = [*kept, ("Page", str(number + 1)), ("PageToken", f"PA{shown[-1].sid}")] if has_more else []
    return {
        key: shown,
        "end": number * size + max(len(shown) - 1, 0),
        "first_page_uri": f"{path}?{urlencode([*kept, ('Page', '0')])}",
        "next_page_uri": f"{path}?{urlencode(following)}" if has_more else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": None,
        "start": number * size,
        "uri": f"{path}?{urlencode([*kept, ('Page', str(number))])}",
    }


def moments(read: Callable[[Any], datetime | None], compare: Callable[[str, str], bool]) -> Make:
    """Compare days when a day is given, instants otherwise; both are written so that they sort."""

    def make(value: str) -> Callable[[Any], bool]:
        form = "%Y-%m-%d" if len(value) == DAY else "%Y-%m-%dT%H:%M:%SZ"

        def test(each: Any) -> bool:
            moment = read(each)
            return moment is not None and compare(f"{moment:{form}}", value)

        return test

    return make


def moment_filters(name: str, read: Callable[[Any], datetime | None]) -> dict[str, Make]:
    """The three filters of an instant. The client writes a day as its midnight, and means the whole day."""
    same = moments(read, lambda one, other: one == other)
    return {
        name: lambda value: same(value[:DAY]),
        f"{name}<": moments(read, lambda one, other: one <= other),
        f"{name}>": moments(read, lambda one, other: one >= other),
    }


MESSAGE_FILTERS: dict[str, Make] = {
    "To": lambda value: lambda message: message.recipient == value,
    "From": lambda value: lambda message: message.sender == value,
    **moment_filters("DateSent", lambda message: message.sent_at),
}


def _count_present(files: Sequence[Media]) -> int:
    return sum(not media.is_deleted for media in files)


def date(moment: datetime | None) -> str | None:
    """An instant in RFC 2822, as the older half of the API writes it."""
    return format_datetime(moment) if moment else None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise
