"""Consultations, cases and what belongs to a case."""

from __future__ import annotations

from mrc.cases.models.attempts import ContactAttempt
from mrc.cases.models.cases import Case, CaseMember, Need, Note
from mrc.cases.models.consultations import Consultation, ConsultationAmendment, ConsultationTopic
from mrc.cases.models.groups import ConsultationCount, ConsultationParticipant

__all__ = [
    "Case",
    "CaseMember",
    "Consultation",
    "ConsultationAmendment",
    "ConsultationCount",
    "ConsultationParticipant",
    "ConsultationTopic",
    "ContactAttempt",
    "Need",
    "Note",
]
