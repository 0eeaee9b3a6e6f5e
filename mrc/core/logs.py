"""Structured log lines, one JSON object each, with an allow-list of keys.

A key that is not on the list is dropped, so that a name or a number cannot reach a log by accident.
Exceptions are logged with their traceback but without messages or local values, which may hold what people
typed.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from traceback import extract_tb
from types import TracebackType
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "request_id",
        "method",
        "endpoint",
        "status",
        "milliseconds",
        "user",
        "kind",
        "job",
        "attempt",
        "state",
        "reason",
        "count",
        "driver",
        "owner",
        "port",
        "where",
        "code",
        "name",
        "version",
        "exception",
        "line",
    }
)
ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def keep_allowed(_logger: Any, _method: str, values: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list."""
    return {key: value for key, value in values.items() if key in ALLOWED}


def without_messages(
    _logger: Any, _method: str, values: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace exception information by the class and the places it passed through."""
    info = values.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        values["exception"] = described(info)
    return values


def described(info: ExceptionInfo) -> str:
    """The class of an exception and where it came from, without its message."""
    kind, _error, traceback = info
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in extract_tb(traceback)
    ]
    return f"{kind.__module__}.{kind.__qualname__} at {' > '.join(places[-12:])}"


def init_logs(level: int = logging.INFO) -> None:
    """Send our log lines to standard error; other libraries speak only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s")
    # The carrier's client writes request URLs at INFO, and those hold telephone numbers.
    logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_messages,
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
