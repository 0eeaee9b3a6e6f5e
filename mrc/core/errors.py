"""What can go wrong, said once. The web layer turns each into a page, the command line into a line.

Messages carry no personal data: they reach logs and screens.
"""

from __future__ import annotations

from collections.abc import Mapping


class MRCError(Exception):
    """Anything that we refuse or could not do. `status` is the HTTP answer."""

    status = 400


class NotFound(MRCError):
    """There is no such thing, or the reader may not know that there is: both look the same."""

    status = 404


class Forbidden(MRCError):
    """The reader may know that this exists, but may not do it."""

    status = 403


class SignInNeeded(MRCError):
    """Nobody is signed in, or the session ended."""

    status = 401


class ConfirmationNeeded(MRCError):
    """The act is grave: the person must confirm who they are once more."""

    status = 401


class Refused(MRCError):
    """A rule of the domain says no. `fields` maps a field's name to what is wrong with it."""

    status = 422

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields: Mapping[str, str] = fields or {}


class TransitionRefused(Refused):
    """The thing is not in a state from which this step can be taken."""


class StaleWrite(MRCError):
    """Someone else saved first. For each field that both changed: what was typed, and what stands now.

    `merged` holds every field as it would be written, the typed text winning; `version` is the row's present
    one, and `base` its texts, sealed, for the form that is sent again. `labels` call the fields as the form
    does, and `words` say (mine, theirs) of a choice in its own words.
    """

    status = 409

    def __init__(
        self,
        *,
        mine: Mapping[str, str],
        theirs: Mapping[str, str],
        merged: Mapping[str, str],
        version: int,
        base: str = "",
    ) -> None:
        super().__init__("The record was changed by someone else.")
        self.mine = mine
        self.theirs = theirs
        self.merged = merged
        self.version = version
        self.base = base
        self.labels: Mapping[str, str] = {}
        self.words: Mapping[str, tuple[str, str]] = {}


class AlreadyDone(MRCError):
    """The same operation id arrived again. `location` is where the first answer sent the person."""

    status = 409

    def __init__(self, location: str) -> None:
        super().__init__("This was already done.")
        self.location = location


class SealBroken(MRCError):
    """A sealed value does not open: a wrong key, or a value moved to another row or column."""

    status = 500


class Unavailable(MRCError):
    """The database or a service that we need does not answer now."""

    status = 503
