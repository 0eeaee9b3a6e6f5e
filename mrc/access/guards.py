"""What stands on every endpoint. Without one of these marks the application does not start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask

from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.core import clock
from mrc.core.errors import ConfirmationNeeded, Forbidden

P = ParamSpec("P")
R = TypeVar("R")

STEP_UP_AGE = timedelta(minutes=5)


class UnguardedEndpoint(Exception):
    """Endpoints exist that name neither a permission nor a reason to be public."""


@dataclass(frozen=True)
class Guard:
    """What an endpoint asks for. Exactly one of the two is set."""

    permissions: tuple[Permission, ...] = ()
    public_because: str = ""
    confirms: bool = False


def requires(*permissions: Permission, confirmed: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in people who hold one of the permissions in any scope; the record's own rule decides the rest.

    With `confirmed` the person must have proved who they are within five minutes (step-up).
    Raises SignInNeeded, Forbidden or ConfirmationNeeded.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*arguments: P.args, **keywords: P.kwargs) -> R:
            identity = current()
            if not any(identity.can(permission) for permission in permissions):
                raise Forbidden
            if confirmed and not _is_fresh():
                raise ConfirmationNeeded
            return view(*arguments, **keywords)

        mark(guarded, Guard(permissions=permissions, confirms=confirmed))
        return guarded

    return decorate


def public(because: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let everyone in. The reason is read by the test that reviews the list of public endpoints."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        mark(view, Guard(public_because=because))
        return view

    return decorate


def mark(view: Callable[..., Any], guard: Guard) -> None:
    view.mrc_guard = guard  # type: ignore[attr-defined]


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """The mark of an endpoint, or None when it has none."""
    return getattr(app.view_functions[endpoint], "mrc_guard", None)


def refuse_unguarded(app: Flask) -> None:
    """Raise UnguardedEndpoint naming every endpoint without a mark. Called last when the application is
    built.
    """
    unguarded = sorted(
        {rule.endpoint for rule in app.url_map.iter_rules() if guard_of(app, rule.endpoint) is None}
    )
    if unguarded:
        raise UnguardedEndpoint("no permission is named for: " + ", ".join(unguarded))


def _is_fresh() -> bool:
    confirmed_at = current().confirmed_at
    return confirmed_at is not None and clock.now() - confirmed_at <= STEP_UP_AGE
