"""Messages and media as Twilio's REST API writes them, and its way of cutting a list into pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from mrc.simulator.refusals import WORDS
from mrc.simulator.state import Direction, Media, Message
from mrc.simulator.wire import API_VERSION, media_path

Document = dict[str, Any]
DAY = len("2026-03-02")
PAGE_SIZE, LARGEST_PAGE = 50, 1_000


def message_document(message: Message, account_sid: str) -> Document:
    """One message. Instants are in RFC 2822, numbers in quotation marks where Twilio writes them so."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    is_ours = message.direction is not Direction.INBOUND
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _date(message.created_at),
        "date_sent": _date(message.sent_at),
        "date_updated": _date(message.updated_at),
        "direction": str(message.direction),
        "error_code": message.error_code,
        "error_message": WORDS.get(message.error_code or 0, (0, None))[1],
        "from": message.sender,
        "messaging_service_sid": message.service_sid or None,
        "num_media": str(len(message.links) + _count_present(message.media)),
        # Twilio counts once it has chosen a sender, which a service does later.
        "num_segments": "0" if message.status in {"accepted", "scheduled"} else str(message.num_segments),
        "price": None,
        "price_unit": "USD" if is_ours else None,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.recipient,
        "uri": f"{uri}.json",
    }


def media_document(media: Media, message: Message, account_sid: str) -> Document:
    return {
        "account_sid": account_sid,
        "content_type": media.content_type,
        "date_created": _date(media.created_at),
        "date_updated": _date(media.created_at),
        "parent_sid": message.sid,
        "sid": media.sid,
        "uri": media_path(account_sid, message.sid, media.sid) + ".json",
    }


def selected(messages: Sequence[Message], asked: MultiDict[str, str]) -> Sequence[Message]:
    """Those that match To, From and DateSent, the last one also with `<` (until) and `>` (since)."""
    tests = [test for name, make in FILTERS.items() if (value := asked.get(name)) for test in [make(value)]]
    return [message for message in messages if all(test(message) for test in tests)]


def page_document(
    key: str, path: str, found: Sequence[Message], asked: MultiDict[str, str], account_sid: str
) -> Document:
    """One page of a list, without what was deleted.

    The token of the next page names the last message shown, so neither new ones nor deletions shift it.
    """
    size = min(max(_number(asked.get("PageSize"), PAGE_SIZE), 1), LARGEST_PAGE)
    number = max(_number(asked.get("Page"), 0), 0)
    after = asked.get("PageToken", "").removeprefix("PA")
    start = next((place for place, each in enumerate(found, start=1) if each.sid == after), 0)
    left = [message for message in found[start:] if not message.is_deleted]
    shown, has_more = left[:size], len(left) > size
    kept = [(name, value) for name, value in asked.items() if name in FILTERS] + [("PageSize", str(size))]
    following = [*kept, ("Page", str(number + 1)), ("PageToken", f"PA{shown[-1].sid}")] if has_more else []
    return {
        key: [message_document(message, account_sid) for message in shown],
        "end": number * size + max(len(shown) - 1, 0),
        "first_page_uri": f"{path}?{urlencode([*kept, ('Page', '0')])}",
        "next_page_uri": f"{path}?{urlencode(following)}" if has_more else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": None,
        "start": number * size,
        "uri": f"{path}?{urlencode([*kept, ('Page', str(number))])}",
    }


def _sent(compare: Callable[[str, str], bool]) -> Callable[[str], Callable[[Message], bool]]:
    """Compare days when a day is given, instants otherwise; both are written so that they sort."""

    def make(value: str) -> Callable[[Message], bool]:
        form = "%Y-%m-%d" if len(value) == DAY else "%Y-%m-%dT%H:%M:%SZ"
        return lambda message: bool(message.sent_at) and compare(f"{message.sent_at:{form}}", value)

    return make


FILTERS: dict[str, Callable[[str], Callable[[Message], bool]]] = {
    "To": lambda value: lambda message: message.recipient == value,
    "From": lambda value: lambda message: message.sender == value,
    # The client writes the day that it is given as midnight, and means the whole day.
    "DateSent": lambda value: _sent(lambda sent, day: sent == day)(value[:DAY]),
    "DateSent<": _sent(lambda sent, value: sent <= value),
    "DateSent>": _sent(lambda sent, value: sent >= value),
}


def _count_present(files: Sequence[Media]) -> int:
    return sum(not media.is_deleted for media in files)


def _date(moment: datetime | None) -> str | None:
    return format_datetime(moment) if moment else None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise
