"""The two forms that Twilio posts (its guides "webhook request" and "track outbound message status").

A message of a phone, as it looks on the wire:
    MessageSid=SM…&SmsSid=SM…&SmsMessageSid=SM…&AccountSid=AC…&ApiVersion=2010-04-01&SmsStatus=received
    &From=whatsapp:+923005550101&To=whatsapp:+923000000101&Body=…&NumMedia=0&NumSegments=1&MessageType=text
    &ProfileName=…&WaId=923005550101&ChannelMetadata={…}
A receipt:
    MessageSid=SM…&SmsSid=SM…&MessageStatus=delivered&SmsStatus=delivered&AccountSid=AC…&ApiVersion=2010-04-01
    &From=whatsapp:+923000000101&To=whatsapp:+923005550101&EventType=DELIVERED&ChannelPrefix=whatsapp&…
"""

from __future__ import annotations

import json

from mrc.simulator.addresses import PREFIX, Channel, bare, country_of
from mrc.simulator.people import Phone
from mrc.simulator.settings import Setup
from mrc.simulator.state import Message, Step, World
from mrc.simulator.writing import Writing

API_VERSION = "2010-04-01"
API = "https://api.twilio.com"
INSTALLATION = "XE" + "0" * 32
EVENTS = {"delivered": "DELIVERED", "read": "READ"}
TYPES = {"image": "image", "audio": "audio", "video": "video"}


def inbound_form(message: Message, phone: Phone, writing: Writing, setup: Setup) -> dict[str, str]:
    """Every parameter of the webhook for a message that a phone sent."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": setup.account_sid,
        "ApiVersion": API_VERSION,
        "SmsStatus": "received",
        "From": message.sender,
        "To": message.recipient,
        "Body": message.body,
        "NumMedia": str(len(message.media)),
        "NumSegments": str(message.num_segments),
    }
    for number, media in enumerate(message.media):
        form[f"MediaUrl{number}"] = API + media_path(setup.account_sid, message.sid, media.sid)
        form[f"MediaContentType{number}"] = media.content_type
    if message.channel is Channel.WHATSAPP:
        form |= _whatsapp(message, phone, writing)
    else:
        form |= _geography(phone, message)
    for name, value in writing.extra.items():
        if value is None:
            form.pop(name, None)
        else:
            form[name] = value
    return form


def status_form(message: Message, step: Step, setup: Setup, world: World) -> dict[str, str]:
    """Every parameter of a receipt. Twilio leaves the words of an error out, so we do."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": step.status,
        "SmsStatus": step.status,
        "AccountSid": setup.account_sid,
        "ApiVersion": API_VERSION,
        "From": message.sender,
        "To": message.recipient,
    }
    if message.service_sid:
        form["MessagingServiceSid"] = message.service_sid
    if step.error_code:
        form |= {"ErrorCode": str(step.error_code), "ErrorMessage": ""}
    if message.channel is Channel.WHATSAPP:
        form |= {
            "ChannelPrefix": "whatsapp",
            "ChannelInstallSid": INSTALLATION,
            "ChannelToAddress": bare(message.recipient),
        }
        if step.status in EVENTS:
            form["EventType"] = EVENTS[step.status]
        if step.error_code:
            form["ChannelStatusMessage"] = f"The channel reported error {step.error_code}"
    elif step.status in {"delivered", "undelivered"}:
        form["RawDlrDoneDate"] = world.now().strftime("%y%m%d%H%M")
    return form


def media_path(account_sid: str, message_sid: str, media_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message_sid}/Media/{media_sid}"


def _whatsapp(message: Message, phone: Phone, writing: Writing) -> dict[str, str]:
    form = {
        "MessageType": _message_type(message, writing),
        "ProfileName": phone.name,
        "ReferralNumMedia": "0",
    }
    if message.sender == PREFIX + phone.number:
        form["WaId"] = phone.number.removeprefix("+")
    if phone.user_id:
        form["ExternalUserId"] = phone.user_id
    if phone.username:
        form["ProfileUsername"] = phone.username
    context = {name: form[name] for name in ("ProfileName", "WaId") if name in form}
    form["ChannelMetadata"] = json.dumps(
        {"type": "whatsapp", "data": {"context": context}}, ensure_ascii=False
    )
    if writing.button and writing.is_row:
        form |= {"ListTitle": writing.button[0], "ListId": writing.button[1]}
    elif writing.button:
        form |= {
            "ButtonText": writing.button[0],
            "ButtonPayload": writing.button[1],
            "ButtonType": "QUICK_REPLY",
        }
    if place := writing.location:
        form |= {"Latitude": place.latitude, "Longitude": place.longitude}
        form |= {"Label": place.label, "Address": place.label} if place.label else {}
    if writing.reply_to:
        form |= {
            "OriginalRepliedMessageSid": writing.reply_to,
            "OriginalRepliedMessageSender": message.recipient,
        }
    return form


def _message_type(message: Message, writing: Writing) -> str:
    if writing.button:
        return "interactive" if writing.is_row else "button"
    if writing.location:
        return "location"
    if message.media:
        return TYPES.get(message.media[0].content_type.partition("/")[0], "document")
    return "text"


def _geography(phone: Phone, message: Message) -> dict[str, str]:
    """What SMS tells of the places; Twilio knows no more than the country of our numbers."""
    empty = {f"{end}{part}": "" for end in ("From", "To") for part in ("City", "State", "Zip")}
    return empty | {"FromCountry": country_of(phone.number), "ToCountry": country_of(message.recipient)}
