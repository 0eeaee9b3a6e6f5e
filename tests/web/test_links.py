"""Addresses that lists make of their own."""

from __future__ import annotations

import pytest
from flask import Flask

from mrc.web.links import here


@pytest.fixture
def site() -> Flask:
    app = Flask("site", static_folder=None)
    app.add_url_rule("/cases/<centre>", "cases.index", lambda centre: centre)
    return app


def test_a_filter_is_added_to_those_there_are(site: Flask) -> None:
    with site.test_request_context("/cases/lahore?mine=1"):
        assert here(status="open") == "/cases/lahore?mine=1&status=open"


def test_none_takes_a_filter_away(site: Flask) -> None:
    with site.test_request_context("/cases/lahore?mine=1&status=open"):
        assert here(mine=None) == "/cases/lahore?status=open"


def test_a_new_filter_starts_at_the_top_of_the_list(site: Flask) -> None:
    with site.test_request_context("/cases/lahore?cursor=abc"):
        assert here(mine="1") == "/cases/lahore?mine=1"


def test_the_next_page_keeps_the_filters(site: Flask) -> None:
    with site.test_request_context("/cases/lahore?mine=1&cursor=abc"):
        assert here(cursor="def") == "/cases/lahore?mine=1&cursor=def"


def test_several_values_of_one_name_stay(site: Flask) -> None:
    with site.test_request_context("/cases/lahore?topic=visa&topic=fees"):
        assert here() == "/cases/lahore?topic=visa&topic=fees"


def test_an_address_that_leads_nowhere_is_kept_as_it_is(site: Flask) -> None:
    with site.test_request_context("/nowhere?x=1"):
        assert here(mine="1") == "/nowhere"
