"""Keeping the directory: partners, their offers, whom to speak to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.centres.queries import work_centre
from mrc.core.errors import NotFound, Refused
from mrc.directory import forms, queries, service
from mrc.directory.models import Partner
from mrc.directory.policy import may_keep
from mrc.directory.views.blueprint import blueprint
from mrc.web.commits import commits
from mrc.web.forms import Form

STEPS = {
    "verify": service.verify_partner,
    "close": service.close_partner,
    "reopen": service.reopen_partner,
}


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_MANAGE)
@commits
def add() -> Any:
    """Add a partner to the directory of the country in which the reader works."""
    country = work_centre(current(), Permission.DIRECTORY_MANAGE).country
    form = forms.PartnerForm(country)
    if form.validate_on_submit():
        try:
            partner = service.add_partner(form.details(), country, by=current())
            return redirect(url_for("directory.show", partner_id=partner.id), 303)
        except Refused as refusal:
            _show(form, refusal)
    return _page("directory/partner_form.html", form, partner=None)


@blueprint.route("/<uuid:partner_id>/edit", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_MANAGE)
@commits
def edit(partner_id: UUID) -> Any:
    """Change what is said about a partner."""
    partner = _kept(partner_id)
    form = forms.PartnerForm(partner.country)
    key, values = f"partner:{partner.id}", form.values_of(partner)
    form.start_from(key, partner.version, values)
    if form.validate_on_submit():
        try:
            texts = form.merged(key, partner.version, values)
            service.change_partner(partner, form.details(texts), by=current())
            return redirect(url_for("directory.show", partner_id=partner.id), 303)
        except Refused as refusal:
            _show(form, refusal)
    return _page("directory/partner_form.html", form, partner=partner)


@blueprint.post("/<uuid:partner_id>/<any(verify, close, reopen):step>")
@requires(Permission.DIRECTORY_MANAGE)
@commits
def step(partner_id: UUID, step: str) -> Any:
    """Say that an entry holds today, that nobody is referred there any more, or that they are again."""
    partner = _kept(partner_id)
    STEPS[step](partner, by=current())
    if step == "verify":
        flash(_("Noted: the entry holds as of today."))
    return redirect(url_for("directory.show", partner_id=partner.id), 303)


@blueprint.route("/<uuid:partner_id>/offers/new", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_MANAGE)
@commits
def add_offer(partner_id: UUID) -> Any:
    """Say what a partner offers."""
    partner = _kept(partner_id)
    form = forms.OfferForm(partner.country)
    if form.validate_on_submit():
        try:
            service.add_offer(partner, form.offer(), by=current())
            return redirect(url_for("directory.show", partner_id=partner.id), 303)
        except Refused as refusal:
            _show(form, refusal)
    return _page("directory/offer_form.html", form, partner=partner, title=_("Add a service"))


@blueprint.route("/<uuid:partner_id>/offers/<uuid:service_offer_id>/edit", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_MANAGE)
@commits
def edit_offer(partner_id: UUID, service_offer_id: UUID) -> Any:
    """Change what is offered, and the room that there is."""
    partner = _kept(partner_id)
    offer = queries.get_offer(partner_id, service_offer_id, by=current())
    form = forms.OfferForm(partner.country)
    key, values = f"service_offer:{offer.id}", form.values_of(offer)
    form.start_from(key, offer.version, values)
    if form.validate_on_submit():
        try:
            service.change_offer(offer, form.offer(form.merged(key, offer.version, values)), by=current())
            return redirect(url_for("directory.show", partner_id=partner.id), 303)
        except Refused as refusal:
            _show(form, refusal)
    return _page("directory/offer_form.html", form, partner=partner, title=_("Change the service"))


@blueprint.post("/<uuid:partner_id>/offers/<uuid:service_offer_id>/end")
@requires(Permission.DIRECTORY_MANAGE)
@commits
def end_offer(partner_id: UUID, service_offer_id: UUID) -> Any:
    """It is not offered any more."""
    partner = _kept(partner_id)
    service.end_offer(queries.get_offer(partner_id, service_offer_id, by=current()), by=current())
    return redirect(url_for("directory.show", partner_id=partner.id), 303)


@blueprint.route("/<uuid:partner_id>/focal-points/new", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_MANAGE)
@commits
def add_focal_point(partner_id: UUID) -> Any:
    """Name somebody who is spoken to at a partner."""
    partner = _kept(partner_id)
    form = forms.FocalPointForm(partner.country)
    if form.validate_on_submit():
        try:
            service.add_focal_point(partner, form.focal_point(), by=current())
            return redirect(url_for("directory.show", partner_id=partner.id), 303)
        except Refused as refusal:
            _show(form, refusal)
    return _page("directory/offer_form.html", form, partner=partner, title=_("Add a focal point"))


@blueprint.route("/<uuid:partner_id>/focal-points/<uuid:focal_point_id>/edit", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_MANAGE)
@commits
def edit_focal_point(partner_id: UUID, focal_point_id: UUID) -> Any:
    """Change how somebody at a partner is reached."""
    partner = _kept(partner_id)
    row = queries.get_focal_point(partner_id, focal_point_id, by=current())
    form = forms.FocalPointForm(partner.country)
    key, values = f"focal_point:{row.id}", form.values_of(row)
    form.start_from(key, row.version, values)
    if form.validate_on_submit():
        try:
            details = form.focal_point(form.merged(key, row.version, values))
            service.change_focal_point(row, details, by=current())
            return redirect(url_for("directory.show", partner_id=partner.id), 303)
        except Refused as refusal:
            _show(form, refusal)
    return _page("directory/offer_form.html", form, partner=partner, title=_("Change the focal point"))


@blueprint.post("/<uuid:partner_id>/focal-points/<uuid:focal_point_id>/left")
@requires(Permission.DIRECTORY_MANAGE)
@commits
def focal_point_left(partner_id: UUID, focal_point_id: UUID) -> Any:
    """They do not work there any more."""
    partner = _kept(partner_id)
    service.say_left(queries.get_focal_point(partner_id, focal_point_id, by=current()), by=current())
    return redirect(url_for("directory.show", partner_id=partner.id), 303)


def _kept(partner_id: UUID) -> Partner:
    """The partner, for somebody who may change it. Raises NotFound."""
    partner = queries.get_partner(partner_id, by=current())
    if not may_keep(current(), partner.country):
        raise NotFound
    return partner


def _show(form: Form, refusal: Refused) -> None:
    for name, words in refusal.fields.items():
        form[name].errors = [words]


def _page(template: str, form: Form, **values: Any) -> Any:
    return render_template(template, form=form, **values), 422 if form.errors else 200
