"""The servers of a test run: the right kind, shared, and gone at the end."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import kombu
import psycopg
import pytest
import redis

from tests.support.processes import DidNotStart, answers, start, wait_until
from tests.support.services import Services


def test_postgresql_compares_names_in_our_scripts(services: Services):
    with psycopg.connect(services.postgresql_url()) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        likeness = connection.execute("SELECT similarity('محمد علی', 'محمد علي')").fetchone()
        connection.rollback()
    assert likeness
    assert likeness[0] > 0.5


def test_the_brokers_answer(services: Services):
    broker = redis.from_url(services.redis_url())
    assert broker.ping()
    broker.close()
    with kombu.Connection(services.rabbitmq_url()) as connection:
        assert connection.connect()


def test_every_worker_finds_the_same_server(services: Services):
    assert Services(services.folder).redis_url() == services.redis_url()


def test_what_a_run_started_is_gone_at_its_end():
    run = Services.begin()
    port = urlsplit(run.redis_url()).port
    assert port
    assert answers(port)
    run.stop_all()
    assert not answers(port)
    assert not run.folder.exists()


def test_a_server_that_ends_at_once_says_why(tmp_path):
    log = tmp_path / "log"
    process = start(["sh", "-c", "echo no disk; exit 1"], log=log, cwd=tmp_path)
    with pytest.raises(DidNotStart, match="no disk"):
        wait_until(lambda: False, process, log)


def test_the_record_of_a_server_names_what_to_end(services: Services):
    services.redis_url()
    record = json.loads((services.folder / "redis.json").read_text())
    assert all(pid > 1 for pid in record["pids"])
