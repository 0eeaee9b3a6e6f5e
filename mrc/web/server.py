"""Gunicorn, started from our own command: two processes by default, each with its own
database connections.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

COLLECTED_AFTER = (20_000, 20, 20)
"""Objects made before the garbage collector looks: about once in several pages, instead of often in each."""


class Server(BaseApplication):
    """Builds the application in each worker, because database connections do not survive a fork."""

    def __init__(self, build: Callable[[], Flask], options: dict[str, Any]) -> None:
        self.build = build
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = self.build()
        # What is loaded now stays: the collector need not walk it again and again while pages are made.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTED_AFTER)
        return app


def serve_application(build: Callable[[], Flask], *, bind: str, workers: int) -> None:
    """Serve until told to stop; a stop lets requests in progress finish."""
    options = {
        "bind": bind,
        "workers": workers,
        "worker_class": "sync",
        "timeout": 30,
        "graceful_timeout": 20,
        "max_requests": 50_000,
        "max_requests_jitter": 5_000,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "limit_request_line": 4_094,
        "forwarded_allow_ips": "127.0.0.1",
    }
    Server(build, options).run()
