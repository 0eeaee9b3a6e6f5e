"""Partners, what they offer and whom to speak to there."""

from __future__ import annotations

from mrc.directory.models.partners import FocalPoint, Partner, ServiceOffer

__all__ = ["FocalPoint", "Partner", "ServiceOffer"]
