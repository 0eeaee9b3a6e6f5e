"""Job-offer checks, in the centres of Pakistan: what was checked, by which source and when, what was not."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, JobOfferCheck
from mrc.cases.service.steps import change_row, refuse_unless_worked_on, step_within
from mrc.cases.states import JOB_OFFER, OfferResult, OfferStatus
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Refused

COUNTRY = "PK"
"""The Emigration Ordinance, its promoters and Protectors are Pakistan's; elsewhere there is nothing to check
an offer against.
"""


def start_job_offer(case: Case, values: Mapping[str, object], *, by: Identity) -> JobOfferCheck:
    """Begin the check of one offer; `values` are columns of the check; audited. Refused outside Pakistan."""
    refuse_unless_worked_on(case, by)
    if get_centre(case.centre_id).country != COUNTRY:
        raise Refused(_("Job offers are checked in the centres of Pakistan only."))
    check = JobOfferCheck(case_id=case.id, status=OfferStatus.DRAFT, started_by_id=by.user_id)
    for name, value in values.items():
        setattr(check, name, value)
    if check.licence_state:
        check.licence_checked_by_id = by.user_id
    db.session.add(check)
    case.last_activity_at = clock.now()
    record(
        Event.JOB_OFFER_STARTED,
        by=by,
        centre_id=case.centre_id,
        subject=("job_offer_check", check.id),
        details={"case": str(case.id)},
    )
    return check


def change_job_offer(case: Case, check: JobOfferCheck, values: Mapping[str, object], *, by: Identity) -> None:
    """Write over a draft; audited. Who changed the state of the licence is who looked it up."""
    if check.status is not OfferStatus.DRAFT:
        raise Refused(_("The result stands. Take it back to change the check."))
    looked_up = ("licence_state", "licence_source", "licence_checked_on")
    if any(name in values and values[name] != getattr(check, name) for name in looked_up):
        values = {**values, "licence_checked_by_id": by.user_id}
    change_row(case, check, values, Event.JOB_OFFER_CHANGED, by=by)


def finish_job_offer(case: Case, check: JobOfferCheck, *, by: Identity) -> None:
    """Let the result stand, for the letter; audited. Raises Refused with what the result needs to be true."""
    if missing := _missing(check):
        raise Refused(_("Something is missing before the result can stand."), fields=missing)
    facts = {"checked_at": clock.now(), "checked_by_id": by.user_id}
    step_within(case, check, "finish", JOB_OFFER, by=by, **facts)


def take_back_job_offer(case: Case, check: JobOfferCheck, *, by: Identity) -> None:
    """Make a draft of it again, before the client was told; audited."""
    step_within(case, check, "take_back", JOB_OFFER, by=by, checked_at=None, checked_by_id=None)


def tell_job_offer(case: Case, check: JobOfferCheck, *, by: Identity) -> None:
    """Say that the client was told the result; audited. Nothing changes from then on."""
    step_within(case, check, "tell", JOB_OFFER, by=by, told_at=clock.now(), told_by_id=by.user_id)


def _missing(check: JobOfferCheck) -> dict[str, str]:
    missing = {}
    if check.result is None:
        missing["result"] = _("Choose the result.")
    if check.result in {OfferResult.DOUBTS, OfferResult.DO_NOT_TRAVEL} and not check.doubts:
        missing["doubts"] = _("Write what is doubtful: it stands in the letter.")
    if check.result is OfferResult.COULD_NOT_CHECK and not check.not_checked:
        missing["not_checked"] = _("Write what could not be checked: it stands in the letter.")
    if check.licence_state and not (check.licence_source and check.licence_checked_on):
        missing["licence_source"] = _("Write where and when the licence was looked up.")
    is_untested = check.route == "promoter" and not check.licence_state
    if check.result is OfferResult.NOTHING_WRONG_FOUND and is_untested:
        missing["licence_state"] = _("Look the licence up first: without it nothing can be said.")
    return missing
