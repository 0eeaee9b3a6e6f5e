"""The forms that Twilio posts about calls, and what it reports of them.

An incoming call, as it looks on the wire:
    CallSid=CA…&AccountSid=AC…&ApiVersion=2010-04-01&Direction=inbound&CallStatus=ringing
    &From=+923005550101&To=+924200000101&Caller=+923005550101&Called=+924200000101&FromCountry=PK&…
A report:
    the same, and CallStatus=completed&CallDuration=42&Duration=1&Timestamp=Mon, 02 Mar 2026 10:00:00 +0000
    &CallbackSource=call-progress-events&SequenceNumber=0
A recording:
    CallSid=CA…&RecordingSid=RE…&RecordingUrl=https://api.twilio.com/…/Recordings/RE…&RecordingStatus=completed
    &RecordingDuration=9&RecordingChannels=1&RecordingSource=RecordVerb&RecordingStartTime=…
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from mrc.simulator.addresses import country_of
from mrc.simulator.calls import Call, Recording, Way
from mrc.simulator.wire import API, API_VERSION

STATUS_OF = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


def call_form(call: Call, account_sid: str, **more: str) -> dict[str, str]:
    """What every request about a call carries."""
    form = {
        "CallSid": call.sid,
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "Direction": call.way.value,
        "CallStatus": call.status,
        "From": call.sender,
        "To": call.recipient,
        "Caller": call.sender,
        "Called": call.recipient,
    }
    for end, address in (("From", call.sender), ("To", call.recipient)):
        form |= {f"{end}{part}": "" for part in ("City", "State", "Zip")}
        form[f"{end}Country"] = country_of(address)
    if call.parent:
        form["ParentCallSid"] = call.parent
    if call.way is Way.INBOUND:
        form["StirVerstat"] = "TN-Validation-Passed-C"
    form |= more
    for name, value in call.extra.items():
        if value is None:
            form.pop(name, None)
        else:
            form[name] = value
    return form


def report_form(call: Call, event: str, account_sid: str, at: datetime) -> dict[str, str]:
    """A report of a call's progress; counts the call's sequence on."""
    form = call_form(
        call,
        account_sid,
        CallStatus=STATUS_OF.get(event, call.status),
        Timestamp=format_datetime(at),
        CallbackSource="call-progress-events",
        SequenceNumber=str(call.sequence),
    )
    call.sequence += 1
    if event == "completed":
        # The one is in seconds, the other in minutes that were begun.
        form |= {"CallDuration": str(call.seconds), "Duration": str(-(-call.seconds // 60))}
    return form


def recording_url(recording: Recording, account_sid: str) -> str:
    return f"{API}/{API_VERSION}/Accounts/{account_sid}/Recordings/{recording.sid}"


def recording_form(recording: Recording, call: Call, account_sid: str) -> dict[str, str]:
    """What is told of a recording to its own callback."""
    form = {
        "AccountSid": account_sid,
        "CallSid": call.sid,
        "RecordingSid": recording.sid,
        "RecordingStatus": recording.status,
        "RecordingDuration": str(recording.seconds),
        "RecordingChannels": "1",
        "RecordingSource": "RecordVerb",
        "RecordingTrack": "inbound",
        "RecordingStartTime": format_datetime(recording.created_at),
        "ErrorCode": "0",
    }
    if recording.status != "absent":
        form["RecordingUrl"] = recording_url(recording, account_sid)
    return form
