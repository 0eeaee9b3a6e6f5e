"""Files that people send: larger bodies where a view says so, and none of them on the disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import IO, Any, TypeVar
from urllib.parse import quote

from flask import Flask, Request, Response, current_app, request

from mrc.access.identity import find_current
from mrc.core.settings import settings

View = TypeVar("View", bound=Callable[..., Any])
PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")
REST_OF_FORM = 64 * 1024
"""What the other fields of a form with a file may take."""


class InMemory(Request):
    """A request whose files stay in memory: in a temporary file they would lie on the disk unsealed."""

    def _get_file_stream(self, *_arguments: Any, **_keywords: Any) -> IO[bytes]:
        return BytesIO()


def takes_file(view: View) -> View:
    """Let the view's form carry one file. Stands below `@requires`."""
    view.mrc_takes_file = True  # type: ignore[attr-defined]
    return view


def init_uploads(app: Flask) -> None:
    """Keep files in memory, and let those who are signed in send more to views that take a file."""
    app.request_class = InMemory
    app.before_request(_widen)


def _widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "mrc_takes_file", False) and find_current() is not None:
        request.max_content_length = settings().largest_file + REST_OF_FORM


def file_headers(name: str, *, is_shown: bool = False) -> dict[str, str]:
    """The headers of a stranger's file: never run, never taken for another kind, saved unless it is shown.

    The name in its own letters after RFC 6266, and one in plain letters for those who do not know that.
    """
    return {
        "Content-Disposition": disposition(name, is_shown=is_shown),
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def file_response(content: bytes, content_type: str, headers: Mapping[str, str]) -> Response:
    """A file, or the part of it that was asked for: a player jumps to a place in a sound."""
    response = Response(content, content_type=content_type, headers=dict(headers))
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


def disposition(name: str, *, is_shown: bool = False) -> str:
    """Whether to show or to save, and under which name."""
    kind = "inline" if is_shown else "attachment"
    plain = PLAIN.sub("_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
