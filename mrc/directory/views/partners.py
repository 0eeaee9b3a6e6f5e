"""Reading the directory: the list, one partner, and what fits somebody."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.centres.queries import work_centre
from mrc.core.text import clean
from mrc.directory import forms, queries
from mrc.directory.policy import may_keep
from mrc.directory.views.blueprint import blueprint
from mrc.vocab.queries import choices


@blueprint.get("")
@requires(Permission.DIRECTORY_VIEW)
def index() -> str:
    """The partners of the reader's countries, by name."""
    asked = request.args
    country = work_centre(current(), Permission.DIRECTORY_VIEW).country
    wanted = queries.PartnerFilter(
        text=clean(asked.get("q", "")).strip(),
        kind=asked.get("kind", ""),
        service=asked.get("service", ""),
        district=asked.get("district", ""),
        is_stale=asked.get("stale") == "1",
        is_closed=asked.get("closed") == "1",
    )
    return render_template(
        "directory/index.html",
        page=queries.list_partners(current(), wanted, asked.get("cursor")),
        wanted=wanted,
        kinds=[(choice.code, choice.label) for choice in choices("partner_types")],
        services=[(choice.code, choice.label) for choice in choices("partner_services")],
        districts=[(choice.code, choice.label) for choice in choices("districts", country)],
        stale=queries.count_stale(current()),
        may_keep=may_keep(current(), country),
    )


@blueprint.get("/<uuid:partner_id>")
@requires(Permission.DIRECTORY_VIEW)
def show(partner_id: UUID) -> str:
    """One partner: what it offers, whom to speak to, how it is safely told of somebody."""
    partner = queries.get_partner(partner_id, by=current())
    people = names_of({partner.verified_by_id}) if partner.verified_by_id else {}
    return render_template(
        "directory/show.html",
        partner=partner,
        people=people,
        may_keep=may_keep(current(), partner.country),
        form=forms.ActionForm(),
    )


@blueprint.get("/find")
@requires(Permission.DIRECTORY_VIEW)
def find() -> str:
    """Which offers meet a need of somebody of a profile, best first, with the reasons. Nothing is kept."""
    country = work_centre(current(), Permission.DIRECTORY_VIEW).country
    form = forms.ProfileForm(country, formdata=request.args, meta={"csrf": False})
    is_sound = form.validate()
    services = [form.service.data] if form.service.data else queries.services_of(form.need.data or "")
    found = queries.find_offers(services, form.profile, by=current()) if is_sound and services else ()
    return render_template("directory/find.html", form=form, found=found, is_asked=bool(services))
