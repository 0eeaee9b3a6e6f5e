"""Consultations, cases and what belongs to a case."""

from __future__ import annotations

from mrc.cases.models.appointments import Appointment, CalendarFeed
from mrc.cases.models.attempts import ContactAttempt
from mrc.cases.models.cases import Case, CaseMember, Need, Note
from mrc.cases.models.closures import CaseClosure
from mrc.cases.models.consultations import Consultation, ConsultationAmendment, ConsultationTopic
from mrc.cases.models.groups import ConsultationCount, ConsultationParticipant
from mrc.cases.models.handovers import Handover, HandoverBatch
from mrc.cases.models.job_offers import JobOfferCheck
from mrc.cases.models.protection import Assessment, ProtectionConcern

__all__ = [
    "Appointment",
    "Assessment",
    "CalendarFeed",
    "Case",
    "CaseClosure",
    "CaseMember",
    "Consultation",
    "ConsultationAmendment",
    "ConsultationCount",
    "ConsultationParticipant",
    "ConsultationTopic",
    "ContactAttempt",
    "Handover",
    "HandoverBatch",
    "JobOfferCheck",
    "Need",
    "Note",
    "ProtectionConcern",
]
