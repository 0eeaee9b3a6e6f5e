"""Forms as nobody expects them: all of it is kept, none of it harms."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote_plus

import pytest

from mrc.messaging.models import InboundEvent, Message
from tests.messaging.house import MESSAGE, PUBLIC, House, form_of, signature_of
from tests.support.pages import PageClient

SCRIPT = "<script>alert(1)</script>"
OVERRIDE = "\u202egnp.exe\u202c"
Client = Callable[..., PageClient]


def extras_of(house: House) -> dict[str, object]:
    (message,) = house.rows(Message)
    return message.extras or {}


def media(count: int) -> dict[str, str]:
    return {
        name: value
        for place in range(count)
        for name, value in (
            (f"MediaUrl{place}", f"https://api.twilio.com/media/{place}"),
            (f"MediaContentType{place}", "image/jpeg"),
        )
    }


def test_unknown_parameters_stay_in_the_sealed_raw(house: House) -> None:
    form = form_of(ShoeSize="43", ChannelMetadata='{"type":"whatsapp"}', Leer="")
    assert house.hear(form) == 200
    (event,) = house.rows(InboundEvent)
    assert event.raw == form
    assert b"ShoeSize" not in (event.raw_sealed or b"")


def test_everything_but_the_ends_and_the_id_may_be_missing(house: House) -> None:
    assert house.hear(form_of(Body=None, NumMedia=None, ProfileName=None)) == 200
    assert house.bodies() == [None]


def test_ten_media_are_kept_in_their_order(house: House) -> None:
    assert house.hear(form_of("", NumMedia="10", **media(10))) == 200
    kept = extras_of(house)["media"]
    assert kept == [
        {"type": "image/jpeg", "url": f"https://api.twilio.com/media/{place}"} for place in range(10)
    ]
    assert house.rows(InboundEvent)[0].flags == {}


def test_media_that_are_counted_but_not_named_are_flagged(house: House) -> None:
    assert house.hear(form_of("", NumMedia="3", **media(1))) == 200
    assert len(extras_of(house)["media"]) == 3  # type: ignore[arg-type]
    assert house.rows(InboundEvent)[0].flags == {"media_without_url": 2}


@pytest.mark.parametrize("count", ["-1", "many", "²", "١", "99999999999999999999", "1e9"])
def test_a_count_of_media_that_is_none_does_no_harm(house: House, count: str) -> None:
    assert house.hear(form_of("سلام", NumMedia=count)) == 200
    assert house.bodies() == ["سلام"]


def test_a_button_says_its_own_words(house: House) -> None:
    house.hear(form_of("", ButtonText="Yes, call me", ButtonPayload="call"))
    (message,) = house.rows(Message)
    assert (message.kind, message.body) == ("button", "Yes, call me")
    assert extras_of(house) == {"ButtonPayload": "call"}


def test_a_place_stands_beside_the_conversation(house: House, client: Client) -> None:
    house.hear(form_of("", Latitude="31.5204", Longitude="74.3587"))
    page = client("counsellor-lahore").get(f"/inbox/{house.thread().id}")
    assert "31.5204, 74.3587" in page.text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\x1b[31mb", "a[31mb"),
        (f"photo{OVERRIDE}", "photognp.exe"),
        ("\u2067سلام\u2069", "سلام"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("می‌خواهم", "می‌خواهم"),
        ("e\u0301", "é"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("x" * 9_000, "x" * 8_000),
    ],
)
def test_what_a_text_cannot_hold_is_taken_out_of_it(house: House, written: str, kept: str) -> None:
    form = form_of(written, ProfileName=written[:100])
    assert house.hear(form) == 200
    assert house.bodies() == [kept]
    assert house.rows(InboundEvent)[0].raw == form, "the raw form stays as it came"


def test_bytes_that_are_no_text_become_the_sign_for_that(house: House) -> None:
    form = form_of("\ufffdabc\ufffd", ProfileName="\ufffd")
    body = "&".join(
        f"{name}={'%FF' if name == 'ProfileName' else quote_plus(value)}" for name, value in form.items()
    ).encode()
    body = body.replace(quote_plus("\ufffdabc\ufffd").encode(), b"\xffabc%FE")
    status = house.post(MESSAGE, body, signature_of(PUBLIC + MESSAGE, form))
    assert status == 200
    assert house.bodies() == ["\ufffdabc\ufffd"]
    assert house.address().profile_name == "\ufffd"


def test_what_a_stranger_writes_is_shown_as_text_and_never_as_a_page(house: House, client: Client) -> None:
    thread = house.written_to(f"{SCRIPT}{OVERRIDE}\x00<b>bold</b>", ProfileName=f'"><img src=x>{SCRIPT}')
    counsellor = client("counsellor-lahore")
    for url in ("/inbox", f"/inbox/{thread.id}"):
        page = counsellor.get(url)
        assert SCRIPT not in page.html
        assert "<img src=x" not in page.html
        assert "<b>bold" not in page.html
        assert "\u202e" not in page.html
        assert f"{SCRIPT}gnp.exe<b>bold</b>" in page.text
        assert f'"><img src=x>{SCRIPT}' in page.text


def test_what_a_form_says_of_a_file_never_reaches_the_page(house: House, client: Client) -> None:
    house.hear(form_of("", NumMedia="1", MediaUrl0="javascript:alert(1)", MediaContentType0=SCRIPT))
    page = client("counsellor-lahore").get(f"/inbox/{house.thread().id}")
    assert SCRIPT not in page.html
    assert "javascript:alert" not in page.html


def test_values_longer_than_their_columns_are_cut(house: House) -> None:
    long = form_of("x", MessageSid="SM" + "f" * 90, ProfileName="ن" * 500, MediaContentType0="y" * 300)
    assert house.hear(long | {"NumMedia": "1"}) == 200
    (event,) = house.rows(InboundEvent)
    assert event.provider_sid == "SM" + "f" * 38
    assert house.address().profile_name == "ن" * 120
