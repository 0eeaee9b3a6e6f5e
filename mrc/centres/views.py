"""Administration of the centres. Hours, holidays and lines are reached through their centre."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.centres import queries, service
from mrc.centres.forms import (
    ActionForm,
    CentreForm,
    HolidayForm,
    HoursForm,
    LineForm,
    shown_hours,
    weekday_names,
)
from mrc.centres.models import Centre
from mrc.core.errors import NotFound, Refused
from mrc.web.commits import commits

blueprint = Blueprint("centres", __name__, url_prefix="/admin/centres")


TARGETS = ("first_response", "next_response", "resolution")


@blueprint.get("")
@requires(Permission.CENTRE_MANAGE)
def index() -> str:
    """Every centre."""
    return render_template("centres/index.html", centres=queries.list_centres())


@blueprint.get("/<uuid:centre_id>")
@requires(Permission.CENTRE_MANAGE)
def show(centre_id: UUID) -> str:
    """One centre: what it is, when it is open, its lines and holidays."""
    centre = queries.get_centre(centre_id)
    hours = [(name, shown_hours(_hours_of(centre, number))) for number, name in enumerate(weekday_names())]
    return render_template(
        "centres/show.html", centre=centre, hours=hours, weekdays=weekday_names(), form=ActionForm()
    )


@blueprint.route("/<uuid:centre_id>/edit", methods=["GET", "POST"])
@requires(Permission.CENTRE_MANAGE)
@commits
def edit(centre_id: UUID) -> Any:
    """Change name, host, languages, time zone and days off."""
    centre = queries.get_centre(centre_id)
    form = CentreForm()
    key = f"centre:{centre.id}"
    values: dict[str, Any] = {
        name: getattr(centre, name)
        for name in ("name", "host", "languages", "time_zone", "closure_needs_approval")
    }
    values |= {name: str(getattr(centre, f"{name}_minutes")) for name in TARGETS}
    values["message_budget"] = str(centre.message_budget_cents // 100)
    values["weekend"] = [str(number) for number in centre.weekend]
    form.start_from(key, centre.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, centre.version, values)
        lists = {
            name: [code for code in merged[name].split(",") if code] for name in ("languages", "weekend")
        }
        changed: dict[str, object] = (
            merged | lists | {"weekend": [int(number) for number in lists["weekend"]]}
        )
        changed["closure_needs_approval"] = merged["closure_needs_approval"] == str(True)
        changed |= {f"{name}_minutes": int(str(changed.pop(name))) for name in TARGETS}
        changed["message_budget_cents"] = int(str(changed.pop("message_budget")) or 0) * 100
        service.change_centre(centre, changed, by=current())
        flash(_("The centre is changed."))
        return redirect(url_for("centres.show", centre_id=centre.id), 303)
    return _page(centre, form, _("Change the centre"))


@blueprint.route("/<uuid:centre_id>/hours", methods=["GET", "POST"])
@requires(Permission.CENTRE_MANAGE)
@commits
def hours(centre_id: UUID) -> Any:
    """Change the opening hours."""
    centre = queries.get_centre(centre_id)
    form = HoursForm()
    if not form.is_submitted():
        for number, field in enumerate(form.own_fields.values()):
            field.data = shown_hours(_hours_of(centre, number))
    if form.validate_on_submit():
        try:
            service.set_hours(centre, form.stretches(), by=current())
            return redirect(url_for("centres.show", centre_id=centre.id), 303)
        except Refused as refusal:
            form.monday.errors = list(refusal.fields.values())
    return _page(centre, form, _("Opening hours"))


@blueprint.route("/<uuid:centre_id>/holidays/new", methods=["GET", "POST"])
@requires(Permission.CENTRE_MANAGE)
@commits
def add_holiday(centre_id: UUID) -> Any:
    """Add a day on which the centre is closed."""
    centre = queries.get_centre(centre_id)
    form = HolidayForm()
    if form.validate_on_submit() and form.day.data is not None:
        service.add_holiday(centre, form.day.data.earliest, form.name.data or "", by=current())
        return redirect(url_for("centres.show", centre_id=centre.id), 303)
    return _page(centre, form, _("Add a holiday"))


@blueprint.post("/<uuid:centre_id>/holidays/<uuid:holiday_id>/remove")
@requires(Permission.CENTRE_MANAGE)
@commits
def remove_holiday(centre_id: UUID, holiday_id: UUID) -> Any:
    """Take a holiday away."""
    centre = queries.get_centre(centre_id)
    if holiday_id not in {holiday.id for holiday in centre.holidays}:
        raise NotFound
    service.remove_holiday(centre, holiday_id, by=current())
    return redirect(url_for("centres.show", centre_id=centre.id), 303)


@blueprint.route("/<uuid:centre_id>/lines/new", methods=["GET", "POST"])
@requires(Permission.CENTRE_MANAGE)
@commits
def add_line(centre_id: UUID) -> Any:
    """Add a phone line."""
    centre = queries.get_centre(centre_id)
    form = LineForm()
    form.number.region = centre.country
    if form.validate_on_submit() and form.number.phone is not None:
        try:
            service.add_line(
                centre, form.kind.data, form.number.phone.e164, form.label.data or "", by=current()
            )
            return redirect(url_for("centres.show", centre_id=centre.id), 303)
        except Refused as refusal:
            form.number.errors = list(refusal.fields.values())
    return _page(centre, form, _("Add a line"))


@blueprint.post("/<uuid:centre_id>/lines/<uuid:line_id>/automatic/<any(on, off):state>")
@requires(Permission.CENTRE_MANAGE)
@commits
def switch_automatic(centre_id: UUID, line_id: UUID, state: str) -> Any:
    """Have a line answer by itself, or not."""
    line = queries.get_line_of(queries.get_centre(centre_id), line_id)
    service.set_automatic(line, answers=state == "on", by=current())
    return redirect(url_for("centres.show", centre_id=centre_id), 303)


@blueprint.post("/<uuid:centre_id>/lines/<uuid:line_id>/<any(on, off):state>")
@requires(Permission.CENTRE_MANAGE)
@commits
def switch_line(centre_id: UUID, line_id: UUID, state: str) -> Any:
    """Take a line into use, or out of it."""
    line = queries.get_line_of(queries.get_centre(centre_id), line_id)
    service.switch_line(line, is_active=state == "on", by=current())
    return redirect(url_for("centres.show", centre_id=centre_id), 303)


def _page(centre: Centre, form: Any, title: str) -> Any:
    return render_template(
        "centres/edit.html", centre=centre, form=form, title=title
    ), 422 if form.errors else 200


def _hours_of(centre: Centre, weekday: int) -> list[tuple[int, int]]:
    return [(stretch.opens, stretch.closes) for stretch in centre.hours if stretch.weekday == weekday]
