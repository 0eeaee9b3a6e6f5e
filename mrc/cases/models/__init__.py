"""Consultations, cases and what belongs to a case."""

from __future__ import annotations

from mrc.cases.models.cases import Case, CaseMember, Need, Note
from mrc.cases.models.closures import CaseClosure
from mrc.cases.models.consultations import Consultation
from mrc.cases.models.job_offers import JobOfferCheck
from mrc.cases.models.protection import Assessment, ProtectionConcern

__all__ = [
    "Assessment",
    "Case",
    "CaseClosure",
    "CaseMember",
    "Consultation",
    "JobOfferCheck",
    "Need",
    "Note",
    "ProtectionConcern",
]
