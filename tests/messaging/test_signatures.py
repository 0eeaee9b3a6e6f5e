"""The signature is the only key to the webhooks: what it opens and what it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from mrc.messaging.models import MessageReport
from tests.messaging.house import (
    FORM,
    MESSAGE,
    PREVIOUS,
    PUBLIC,
    STATUS,
    TOKEN,
    House,
    form_of,
    new_sid,
    signature_of,
)
from tests.support.pages import PageClient

REPORT = {"MessageSid": "SM" + "1" * 32, "MessageStatus": "sent"}


@pytest.mark.parametrize(("path", "form"), [(MESSAGE, form_of()), (STATUS, REPORT)])
@pytest.mark.parametrize("signature", [None, "", "bm90IGEgc2lnbmF0dXJl", "\x00", "ü"])
def test_without_a_genuine_signature_nothing_is_stored(
    house: House, path: str, form: Mapping[str, str], signature: str | None
) -> None:
    before = house.stored()
    assert house.post(path, form, signature) == 403
    assert house.stored() == before
    assert house.in_spool() == []


def test_the_token_of_another_account_opens_nothing(house: House) -> None:
    before = house.stored()
    assert house.hear(form_of(), token="the token of somebody else") == 403
    assert house.stored() == before


@pytest.mark.parametrize("token", [TOKEN, PREVIOUS])
def test_during_a_change_of_tokens_both_count(house: House, token: str) -> None:
    assert house.hear(form_of("سلام"), token=token) == 200
    assert house.bodies() == ["سلام"]


@pytest.mark.parametrize(
    "url",
    [
        f"{PUBLIC}{STATUS}",
        f"{PUBLIC}{MESSAGE}?m=1",
        f"https://elsewhere.example{MESSAGE}",
        f"http://localhost{MESSAGE}",
    ],
)
def test_a_signature_over_another_address_opens_nothing(house: House, url: str) -> None:
    form, before = form_of(), house.stored()
    assert house.post(MESSAGE, form, signature_of(url, form)) == 403
    assert house.stored() == before


@pytest.mark.parametrize("change", [{"Body": "خدا حافظ"}, {"From": "whatsapp:+923335550107"}, {"More": "1"}])
def test_a_changed_or_added_field_breaks_the_signature(house: House, change: dict[str, str]) -> None:
    form, before = form_of(), house.stored()
    assert house.post(MESSAGE, form | change, signature_of(PUBLIC + MESSAGE, form)) == 403
    assert house.stored() == before


def test_the_signed_address_is_ours_whatever_a_proxy_or_a_stranger_says(house: House) -> None:
    form = form_of()
    headers = {
        "X-Forwarded-Host": "elsewhere.example",
        "X-Forwarded-Proto": "http",
        "X-Twilio-Signature": signature_of(PUBLIC + MESSAGE, form),
    }
    client = PageClient(house.app).http
    assert client.post(MESSAGE, data=urlencode(form), content_type=FORM, headers=headers).status_code == 200
    assert len(house.bodies()) == 1


@pytest.mark.parametrize("query", ["m=%D8%B3%D9%84%D8%A7%D9%85", "m=it%27s%20%7B%22a%22%3A1%7D", "m="])
def test_the_query_is_signed_as_it_was_sent(house: House, query: str) -> None:
    assert house.hear(REPORT, f"{STATUS}?{query}") == 200
    assert [report.provider_status for report in house.rows(MessageReport)] == ["sent"]


def test_a_report_on_another_message_than_was_signed_is_refused(house: House) -> None:
    signature = signature_of(f"{PUBLIC}{STATUS}?m=1", REPORT)
    assert house.post(f"{STATUS}?m=2", REPORT, signature) == 403
    assert house.rows(MessageReport) == []


def test_a_body_of_ten_megabytes_is_too_much(house: House) -> None:
    before = house.stored()
    assert house.hear(form_of("x" * 10_000_000)) == 413
    assert house.stored() == before


def test_six_hundred_parameters_are_too_many(house: House) -> None:
    form, before = form_of() | {f"Extra{number}": "x" for number in range(600)}, house.stored()
    assert house.hear(form) in {400, 413}
    assert house.stored() == before


def test_a_form_in_json_is_no_form(house: House) -> None:
    before = house.stored()
    body = json.dumps(form_of()).encode()
    assert house.post(MESSAGE, body, signature_of(PUBLIC + MESSAGE, {})) in {400, 403}
    assert house.stored() == before


@pytest.mark.parametrize("path", [MESSAGE, STATUS])
@pytest.mark.parametrize("sid", [None, "", "\x00"])
def test_without_an_id_a_form_cannot_be_told_from_its_copy(house: House, path: str, sid: str | None) -> None:
    before = house.stored()
    assert house.hear(form_of(MessageSid=sid), path) == 400
    assert house.stored() == before


@pytest.mark.parametrize("path", [MESSAGE, STATUS])
def test_a_webhook_cannot_be_opened_as_a_page(house: House, path: str) -> None:
    assert PageClient(house.app).http.get(path).status_code == 405


@pytest.mark.parametrize("name", ["SmsMessageSid", "SmsSid"])
def test_the_older_names_of_the_id_count(house: House, name: str) -> None:
    assert house.hear(form_of(MessageSid=None, **{name: new_sid()})) == 200
    assert len(house.bodies()) == 1
