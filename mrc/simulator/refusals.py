"""What Twilio refuses, under which number and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, jsonify

MORE = "https://www.twilio.com/docs/errors"

WORDS: dict[int, tuple[int, str]] = {
    20001: (400, "Bad request"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    11750: (400, "TwiML response body too large"),
    12100: (400, "Document parse failure"),
    12200: (400, "Schema validation warning"),
    20009: (409, "Cannot change this resource before it's complete"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service Unavailable"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL"),
    21210: (400, "The source phone number provided is not yet verified for your account"),
    21213: (400, "Caller phone number is required"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21211: (400, "Invalid 'To' Phone Number"),
    21266: (400, "'To' and 'From' number cannot be the same"),
    21408: (
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    ),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number provided is not a valid message-capable Twilio phone number"),
    21609: (400, "The 'StatusCallback' URL is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The 'To' phone number is not currently reachable using the 'From' phone number"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21620: (400, "Invalid media URL(s)"),
    21655: (400, "The ContentSid Parameter is Invalid"),
    21656: (400, "The ContentVariables Parameter is invalid"),
    21701: (400, "The Messaging Service does not exist"),
    21703: (400, "The Messaging Service does not have a phone number available to send a message"),
    21910: (400, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"),
    30002: (400, "Account suspended"),
    30409: (400, "This message cannot be canceled"),
    35114: (400, "Scheduling does not support this timestamp"),
    63007: (400, "Twilio could not find a Channel with the specified From address"),
    63016: (400, "Failed to send freeform message because you are outside the allowed window"),
    63018: (429, "Rate limit exceeded for Channel"),
    63031: (400, "Channels message cannot have same From and To"),
}


@dataclass
class Refusal(Exception):
    """A request that is answered with an error document."""

    code: int
    subject: str = ""
    """What the words are about, such as the number; it stands after them."""

    @property
    def status(self) -> int:
        return WORDS.get(self.code, (400, ""))[0]

    def answer(self) -> Response:
        """Twilio's error document: `{"code": 21211, "message": "…", "more_info": "…", "status": 400}`."""
        words = WORDS.get(self.code, (400, "The request was refused"))[1]
        response = jsonify(
            code=self.code,
            message=f"{words}: {self.subject}" if self.subject else words,
            more_info=f"{MORE}/{self.code}",
            status=self.status,
        )
        response.status_code = self.status
        if self.status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        return response
