"""The world that the tests stand on: everyone of the demo signs in and lands on a page in order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mrc.access.identity import Identity
from mrc.demo.world import DEMO_USERNAMES
from tests.support.pages import PageClient


@pytest.mark.parametrize("username", DEMO_USERNAMES)
def test_everyone_of_the_demo_signs_in(client: Callable[[str], PageClient], username: str):
    assert client(username).follow("/").status == 200


@pytest.mark.parametrize("username", DEMO_USERNAMES)
def test_everyone_of_the_demo_has_an_identity(identity: Callable[[str], Identity], username: str):
    assert identity(username).username == username


def test_a_wrong_password_lets_nobody_in(client: Callable[[], PageClient]):
    page = client().post("/sign-in", {"username": "admin", "password": "migrant-centre"}, status=422)
    assert page.url == "/sign-in"
