"""Assessments: asked again and again, never changed once finished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.policy import PROTECTED_LEVEL
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Assessment, Case
from mrc.cases.queries.instruments import Instrument, get_instrument
from mrc.cases.service.levels import protect_case
from mrc.cases.service.steps import refuse_unless_worked_on, step_within
from mrc.cases.states import ASSESSMENT, AssessmentStatus, Finding, Grade
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Refused


@dataclass(frozen=True)
class AssessmentContent:
    """Item code → answer code, and what staff decided: a level, or the finding of a screening."""

    answers: Mapping[str, str]
    level: Grade | None = None
    finding: Finding | None = None
    determined_by: str | None = None
    ground: str = ""
    next_review_on: date | None = None


def start_assessment(
    case: Case,
    instrument: Instrument,
    content: AssessmentContent,
    *,
    by: Identity,
    amends: Assessment | None = None,
) -> Assessment:
    """Begin an assessment as a draft; audited. One that amends a finished one names it, which stays."""
    refuse_unless_worked_on(case, by)
    if amends is not None and (
        amends.status is not AssessmentStatus.FINAL or amends.instrument != instrument.code
    ):
        raise Refused(_("Only a finished assessment of the same kind can be amended."))
    assessment = Assessment(
        case_id=case.id,
        instrument=instrument.code,
        instrument_version=instrument.version,
        status=AssessmentStatus.DRAFT,
        confidentiality=instrument.confidentiality,
        taken_at=clock.now(),
        taken_by_id=by.user_id,
        amends_id=amends.id if amends else None,
    )
    _write(assessment, instrument, content)
    db.session.add(assessment)
    case.last_activity_at = clock.now()
    _record(Event.ASSESSMENT_STARTED, case, assessment, by)
    return assessment


def change_assessment(
    case: Case, assessment: Assessment, content: AssessmentContent, *, by: Identity
) -> None:
    """Write over a draft; audited. Raises Refused once it is finished: a new one amends it."""
    refuse_unless_worked_on(case, by)
    if assessment.status is AssessmentStatus.FINAL:
        raise Refused(_("The assessment is finished. Amend it with a new one."))
    _write(assessment, get_instrument(assessment.instrument), content)
    case.last_activity_at = clock.now()
    _record(Event.ASSESSMENT_CHANGED, case, assessment, by)


def finish_assessment(case: Case, assessment: Assessment, *, by: Identity) -> None:
    """Finish a draft, which nobody changes any more; audited.

    A level is decided by a person, never by points. A screening says "no indication" or "possible", by whom
    and on what ground, and "possible" protects the case. Raises Refused with what is missing.
    """
    instrument = get_instrument(assessment.instrument)
    if missing := _missing(assessment, instrument):
        raise Refused(_("Something is missing before the assessment can be finished."), fields=missing)
    facts = {"finished_at": clock.now(), "finished_by_id": by.user_id}
    step_within(case, assessment, "finish", ASSESSMENT, by=by, **facts)
    if assessment.finding is Finding.POSSIBLE:
        # Not the name of the instrument: the log is read by more people than the case.
        protect_case(case, because="screening", by=by)


def _missing(assessment: Assessment, instrument: Instrument) -> dict[str, str]:
    missing = {}
    if not any(counted["answered"] for counted in assessment.results.values()):
        missing["answers"] = _("Answer at least one question.")
    if not instrument.is_screening:
        return missing if assessment.level else missing | {"level": _("Choose the level.")}
    if assessment.finding is None:
        missing["finding"] = _("Choose what the screening found.")
    if not assessment.determined_by:
        missing["determined_by"] = _("Choose who says so.")
    if not assessment.ground:
        missing["ground"] = _("Write on what ground.")
    return missing


def _write(assessment: Assessment, instrument: Instrument, content: AssessmentContent) -> None:
    assessment.answers = dict(content.answers)
    assessment.results = instrument.results_of(content.answers)
    assessment.suggested_level = instrument.suggest(content.answers)
    assessment.level = None if instrument.is_screening else content.level
    assessment.finding = content.finding if instrument.is_screening else None
    assessment.determined_by = content.determined_by or None
    assessment.ground = content.ground or None
    assessment.next_review_on = content.next_review_on


def _record(event: Event, case: Case, assessment: Assessment, by: Identity) -> None:
    # What a screening is called says what was suspected.
    instrument = assessment.instrument if assessment.confidentiality < PROTECTED_LEVEL else "protected"
    record(
        event,
        by=by,
        centre_id=case.centre_id,
        subject=("assessment", assessment.id),
        details={"case": str(case.id), "instrument": instrument},
    )
