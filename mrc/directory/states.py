"""The fixed words of the directory. What differs between countries is a list of `vocab`."""

from __future__ import annotations

from enum import StrEnum


class ReferralMethod(StrEnum):
    """How a partner is safely told of somebody."""

    LINK = "link"
    """By a page of ours that needs no account; the usual way."""
    LETTER = "letter"
    """By a letter that the person brings."""
    PHONE = "phone"
    """By a call to the focal point."""
    ACCOMPANIED = "accompanied"
    """Somebody of ours goes with them: the address is told to nobody."""


class Served(StrEnum):
    """Whom a place lets in."""

    EVERYBODY = "everybody"
    WOMEN = "women"
    """Women, and children with them."""
    MEN = "men"
    SEPARATE = "separate"
    """Both, at separate times or entrances."""


class Cost(StrEnum):
    """What a service costs whoever is referred."""

    FREE = "free"
    REDUCED = "reduced"
    PAID = "paid"
    UNKNOWN = "unknown"


class Room(StrEnum):
    """Whether somebody can be taken now."""

    OPEN = "open"
    WAITING_LIST = "waiting_list"
    FULL = "full"
    UNKNOWN = "unknown"


class Fit(StrEnum):
    """What a rule of matching says of an offer."""

    FITS = "fits"
    UNKNOWN = "unknown"
    """It depends on something that is not known of the person or of the offer."""
    HARDLY = "hardly"
    """Possible, but something speaks against it."""
    NOT = "not"
    """They would be turned away."""
