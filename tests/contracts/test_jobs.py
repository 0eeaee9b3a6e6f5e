"""Every kind of job that the code asks for has a function, and every kind says what it does."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from mrc.jobs.registry import KINDS

ASKED_FOR = re.compile(r'enqueue\(\s*"([a-z_.]+)"')


def asked_kinds(folder: Path) -> set[str]:
    """The kinds that are enqueued anywhere in the product."""
    return {
        kind for path in folder.rglob("*.py") for kind in ASKED_FOR.findall(path.read_text(encoding="utf-8"))
    }


def test_every_kind_that_is_enqueued_has_a_handler(app: Flask) -> None:
    asked = {kind for kind in asked_kinds(Path("mrc")) if not kind.startswith("test.")}
    assert asked
    assert asked <= KINDS.keys()


def test_a_kind_without_a_handler_would_be_found(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text('enqueue("nobody.home", {})')
    assert asked_kinds(tmp_path) - KINDS.keys() == {"nobody.home"}


def test_every_kind_is_named_after_its_package_and_documented(app: Flask) -> None:
    for name, kind in KINDS.items():
        if name.startswith("test."):
            continue
        assert kind.handler.__module__.startswith(f"mrc.{name.partition('.')[0]}."), name
        assert kind.handler.__doc__, name
