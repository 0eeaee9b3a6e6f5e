"""The words for what the directory knows, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mrc.directory.states import Cost, Fit, ReferralMethod, Room, Served

SERVED = {
    Served.EVERYBODY: _l("Everybody"),
    Served.WOMEN: _l("Women, and children with them"),
    Served.MEN: _l("Men"),
    Served.SEPARATE: _l("Women and men, apart"),
}
METHODS = {
    ReferralMethod.LINK: _l("By a page that needs no account"),
    ReferralMethod.LETTER: _l("By a letter that the person brings"),
    ReferralMethod.PHONE: _l("By a call to the focal point"),
    ReferralMethod.ACCOMPANIED: _l("Accompanied by us"),
}
COSTS = {
    Cost.FREE: _l("Free"),
    Cost.REDUCED: _l("Reduced"),
    Cost.PAID: _l("To be paid"),
    Cost.UNKNOWN: _l("Not known"),
}
ROOMS = {
    Room.OPEN: _l("There is room"),
    Room.WAITING_LIST: _l("Waiting list"),
    Room.FULL: _l("Full"),
    Room.UNKNOWN: _l("Not known"),
}
REASONS = {
    ("sex", Fit.FITS): _l("takes people of this sex"),
    ("sex", Fit.UNKNOWN): _l("only for one sex; theirs is not known"),
    ("sex", Fit.NOT): _l("not for people of this sex"),
    ("age", Fit.FITS): _l("their age fits"),
    ("age", Fit.UNKNOWN): _l("only for some ages; theirs is not known"),
    ("age", Fit.NOT): _l("not for people of this age"),
    ("client_type", Fit.FITS): _l("for clients like them"),
    ("client_type", Fit.UNKNOWN): _l("only for some clients"),
    ("client_type", Fit.NOT): _l("not for clients like them"),
    ("nationality", Fit.FITS): _l("their nationality fits"),
    ("nationality", Fit.UNKNOWN): _l("only for some nationalities"),
    ("nationality", Fit.NOT): _l("not for people of this nationality"),
    ("area", Fit.FITS): _l("serves where they live"),
    ("area", Fit.UNKNOWN): _l("serves only some districts; theirs is not known"),
    ("area", Fit.NOT): _l("does not serve where they live"),
    ("near", Fit.FITS): _l("in their province"),
    ("near", Fit.HARDLY): _l("in another province"),
    ("language", Fit.FITS): _l("speaks their language"),
    ("language", Fit.HARDLY): _l("needs an interpreter"),
    ("room", Fit.FITS): _l("there is room"),
    ("room", Fit.HARDLY): _l("full, or a waiting list"),
    ("cost", Fit.FITS): _l("free"),
    ("cost", Fit.HARDLY): _l("to be paid"),
    ("agreement", Fit.HARDLY): _l("the agreement is over"),
    ("verified", Fit.FITS): _l("verified lately"),
    ("verified", Fit.HARDLY): _l("not verified for half a year"),
}
"""Why an offer fits or does not: by rule of `matching` and what it says."""
