"""Consultations, cases and what belongs to a case."""

from __future__ import annotations

from mrc.cases.models.cases import Case, CaseMember, Need, Note
from mrc.cases.models.consultations import Consultation

__all__ = ["Case", "CaseMember", "Consultation", "Need", "Note"]
