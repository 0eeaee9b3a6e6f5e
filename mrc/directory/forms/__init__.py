"""The forms of the directory."""

from __future__ import annotations

from mrc.directory.forms.partners import ActionForm, FocalPointForm, OfferForm, PartnerForm, ProfileForm

__all__ = ["ActionForm", "FocalPointForm", "OfferForm", "PartnerForm", "ProfileForm"]
