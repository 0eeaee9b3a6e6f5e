"""The menu at the start side. It shows only what the reader may open, and how much waits there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel.speaklater import LazyString

from mrc.access.identity import Identity, find_current
from mrc.access.permissions import Permission

Counter = Callable[[Identity], int]


@dataclass(frozen=True)
class MenuEntry:
    """One line of the menu. `count` says how many wait there; `is_administration` puts it below the line."""

    endpoint: str
    label: LazyString
    icon: str
    permissions: tuple[Permission, ...]
    count: Counter | None = None
    is_administration: bool = False


@dataclass(frozen=True)
class ShownEntry:
    """A menu line as the page shows it."""

    url: str
    label: LazyString
    icon: str
    count: int
    is_active: bool
    is_administration: bool


def init_menu(app: Flask, entries: Iterable[MenuEntry]) -> None:
    """Keep the entries in their order and offer `menu()` to the templates."""
    app.extensions["mrc_menu"] = tuple(entries)
    app.context_processor(lambda: {"menu": _shown})


def menu_endpoints(app: Flask) -> frozenset[str]:
    """The endpoints that have a line in the menu."""
    entries: tuple[MenuEntry, ...] = app.extensions["mrc_menu"]
    return frozenset(entry.endpoint for entry in entries)


def _shown() -> list[ShownEntry]:
    """The reader's menu, made once a request: side menu and bottom bar show the same lines and counts."""
    if "mrc_menu" not in g:
        identity = find_current()
        entries: tuple[MenuEntry, ...] = current_app.extensions["mrc_menu"]
        g.mrc_menu = [_entry(one, identity) for one in entries if identity and _may_open(one, identity)]
    shown: list[ShownEntry] = g.mrc_menu
    return shown


def _may_open(entry: MenuEntry, identity: Identity) -> bool:
    return any(map(identity.can, entry.permissions))


def _entry(entry: MenuEntry, identity: Identity) -> ShownEntry:
    url: Any = url_for(entry.endpoint)
    return ShownEntry(
        url=url,
        label=entry.label,
        icon=entry.icon,
        count=entry.count(identity) if entry.count else 0,
        is_active=request.path == url or (url != "/" and request.path.startswith(url + "/")),
        is_administration=entry.is_administration,
    )
