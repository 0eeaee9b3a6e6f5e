"""What the provider posts, understood. Unknown parameters come without notice; all of them stay in the
sealed raw.

MessageSid=SM1f0…&From=whatsapp:+923001234567&To=whatsapp:+923000000101&Body=سلام&NumMedia=0&ProfileName=Ali
MessageSid=SM1f0…&MessageStatus=delivered&From=whatsapp:+923000000101&To=whatsapp:+923001234567
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from mrc.core.phones import is_user_id
from mrc.core.text import clean

WHATSAPP = "whatsapp:"
MOST_FIELDS = 500
MOST_MEDIA = 10
LONGEST_BODY = 8_000
SID_NAMES = ("MessageSid", "SmsMessageSid", "SmsSid")
BESIDE_THE_TEXT = (
    "ButtonPayload", "ButtonType", "ListId", "ListTitle", "Latitude", "Longitude", "Address", "Label",
    "OriginalRepliedMessageSid", "OriginalRepliedMessageSender", "Forwarded", "FrequentlyForwarded",
)  # fmt: skip


@dataclass(frozen=True)
class Inbound:
    """An inbound form in our words, every text clean. Only the id is certain to be there."""

    sid: str
    line: str
    """Our end, as the provider writes it."""
    sender: str
    """Their end without the channel: a number in E.164, or a WhatsApp user id; empty when none was named."""
    is_whatsapp: bool
    user_id: str
    """The WhatsApp user id that came with the number; empty without."""
    profile_name: str
    kind: str
    body: str
    extras: dict[str, Any] = field(default_factory=dict)
    """What came beside the text: media (a list of type and url), place, button, what it replies to."""
    flags: dict[str, Any] = field(default_factory=dict)
    """What was odd about it, codes only."""


def read_form(body: bytes) -> MultiDict[str, str]:
    """The posted form; bytes that are not UTF-8 become U+FFFD. Raises ValueError for too many parameters."""
    text = body.decode(errors="replace")
    return MultiDict(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS))


def sid_of(form: Mapping[str, str]) -> str:
    """The provider's id of the message, empty when the form has none."""
    return next((sid for name in SID_NAMES if (sid := _text(form, name, 40))), "")


def read_inbound(form: Mapping[str, str]) -> Inbound:
    """Understand an inbound form."""
    address = _text(form, "From", 200)
    sender = address.removeprefix(WHATSAPP)
    media = _media(form)
    extras: dict[str, Any] = {"media": media} if media else {}
    extras |= {name: text for name in BESIDE_THE_TEXT if (text := _text(form, name, 500))}
    user_id = _text(form, "ExternalUserId", 140)
    return Inbound(
        sid=sid_of(form),
        line=_text(form, "To", 80),
        sender=sender,
        is_whatsapp=address.startswith(WHATSAPP),
        user_id=user_id if is_user_id(user_id) and user_id != sender else "",
        profile_name=_text(form, "ProfileName", 120),
        kind=_kind(form, media),
        # What a button says stands in its own parameter; the body may repeat it or be empty.
        body=(_text(form, "ButtonText", LONGEST_BODY) or _text(form, "Body", LONGEST_BODY)).strip(),
        extras=extras,
        flags=_oddities(sender, media),
    )


def code_of(form: Mapping[str, str]) -> int:
    """The error code of a report, 0 without one."""
    return _number(form.get("ErrorCode", ""), 999_999)


def _kind(form: Mapping[str, str], media: list[dict[str, str]]) -> str:
    if form.get("ButtonText"):
        return "button"
    if form.get("ListId"):
        return "list"
    if form.get("Latitude"):
        return "location"
    return (media[0]["type"].partition("/")[0][:20] or "file") if media else "text"


def _media(form: Mapping[str, str]) -> list[dict[str, str]]:
    count = _number(form.get("NumMedia", ""), MOST_MEDIA)
    return [
        {"type": _text(form, f"MediaContentType{place}", 100), "url": _text(form, f"MediaUrl{place}", 500)}
        for place in range(count)
    ]


def _oddities(sender: str, media: list[dict[str, str]]) -> dict[str, Any]:
    missing = sum(not each["url"] for each in media)
    flags: dict[str, Any] = {"media_without_url": missing} if missing else {}
    if not sender:
        flags["no_sender"] = True
    return flags | ({"no_number": True} if is_user_id(sender) else {})


def _text(form: Mapping[str, str], name: str, longest: int) -> str:
    return clean(form.get(name, ""))[:longest]


def _number(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
