"""Lahore's hotline, on both databases, with a provider that answers over HTTP.

The tests ask what the provider would ask, signed as it signs; `carrier` is what it would list and fetch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from mrc.access.identity import Identity
from tests.hotline.carrier import Carrier, Served
from tests.hotline.house import House
from tests.messaging.house import ACCOUNT, PUBLIC, TOKEN


@pytest.fixture(scope="session")
def provider() -> Iterator[Served]:
    served = Served()
    yield served
    served.close()


@pytest.fixture
def carrier(provider: Served, clock: object) -> Carrier:
    return provider.renew()


@pytest.fixture
def app(app: Flask, carrier: Carrier) -> Iterator[Flask]:
    """The application with an account at the provider."""
    usual = app.extensions["mrc_settings"]
    twilio = replace(usual.twilio, account_sid=ACCOUNT, auth_token=TOKEN, base_url=carrier.url)
    app.extensions["mrc_settings"] = replace(usual, public_url=PUBLIC, twilio=twilio)
    yield app
    app.extensions["mrc_settings"] = usual


@pytest.fixture
def house(context: Flask, carrier: Carrier, identity: Callable[[str], Identity]) -> House:
    return House(context, carrier, identity)
