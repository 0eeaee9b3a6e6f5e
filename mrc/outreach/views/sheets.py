"""The library's information sheets: the list, adding, reading, approving."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import public, requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.attachments.service import FileRefused, ReadyFile, prepare_file
from mrc.attachments.states import CONTENT_TYPES
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases.views.refusals import show_on
from mrc.core.errors import NotFound, Refused
from mrc.i18n.locales import LOCALES
from mrc.messaging.sheets import sheet_token
from mrc.outreach import forms, queries, service
from mrc.outreach.service import NewSheet
from mrc.outreach.views.blueprint import blueprint
from mrc.outreach.views.library import centre_choices, centre_of
from mrc.vocab.queries import choices
from mrc.web.commits import commits, let_go
from mrc.web.uploads import file_headers, takes_file


@blueprint.get("/library/sheets")
@requires(Permission.LIBRARY_VIEW)
def sheets() -> str:
    """The information sheets, by topic and language."""
    language, topic = request.args.get("language"), request.args.get("topic")
    page = queries.list_sheets(current(), language=language, topic=topic, cursor=request.args.get("cursor"))
    named = {user_id for row in page.items for user_id in (row.written_by_id, row.approved_by_id)}
    scope = current().centres(Permission.LIBRARY_APPROVE)
    return render_template(
        "outreach/sheets.html",
        page=page,
        languages=LOCALES,
        topics=[(choice.code, choice.label) for choice in choices("information_sheets")],
        people=names_of({user_id for user_id in named if user_id}),
        may_write=current().can(Permission.LIBRARY_WRITE),
        may_keep={
            row.id
            for row in page.items
            if (scope.everywhere if row.centre_id is None else row.centre_id in scope)
        },
        form=forms.ActionForm(),
    )


@blueprint.route("/library/sheets/new", methods=["GET", "POST"])
@requires(Permission.LIBRARY_WRITE)
@takes_file
def new_sheet() -> Any:
    """Add a sheet, or its next version. The file is looked through before anything is written."""
    form = forms.SheetForm(centre_choices(Permission.LIBRARY_WRITE))
    if not form.validate_on_submit():
        return _adding(form)
    data, name = form.file.data.stream.read(), form.file.data.filename or ""
    let_go()
    try:
        return _keep(form, prepare_file(data, name))
    except (FileRefused, Refused) as refusal:
        let_go()
        show_on(form, refusal)
    return _adding(form)


@commits
def _keep(form: forms.SheetForm, ready: ReadyFile) -> Any:
    new = NewSheet(form.topic.data, form.language.data, form.title.data or "")
    service.add_sheet(ready, new, centre_id=centre_of(form.centre.data), by=current())
    flash(_("The sheet was added. A colleague approves it before it is given to anybody."))
    return redirect(url_for("outreach.sheets"), 303)


@blueprint.get("/library/sheets/<uuid:sheet_id>/download")
@requires(Permission.LIBRARY_VIEW)
def download_sheet(sheet_id: UUID) -> Response:
    """The file, to be saved and never to be run."""
    sheet = queries.get_sheet(sheet_id, by=current())
    content = service.open_sheet(sheet)
    record_read(
        Event.SHEET_DOWNLOADED,
        by=current(),
        centre_id=sheet.centre_id,
        subject=("information_sheet", sheet.id),
    )
    return Response(
        content, content_type=CONTENT_TYPES[sheet.file_type], headers=file_headers(sheet.file_name)
    )


@blueprint.get("/twilio/sheets/<uuid:sheet_id>/<token>")
@public("the provider fetches the sheets that are sent; they hold nothing of a person, and the address is "
        "unguessable")  # fmt: skip
def sent_sheet(sheet_id: UUID, token: str) -> Response:
    """The file of a sheet as it goes to somebody's WhatsApp."""
    if not compare_digest(token.encode(), sheet_token(sheet_id).encode()):
        raise NotFound
    sheet = queries.get_given_sheet(sheet_id)
    return Response(
        service.open_sheet(sheet),
        content_type=CONTENT_TYPES[sheet.file_type],
        headers=file_headers(sheet.file_name),
    )


@blueprint.post("/library/sheets/<uuid:sheet_id>/<any(approve, retire):step>")
@requires(Permission.LIBRARY_APPROVE)
@commits
def step_sheet(sheet_id: UUID, step: str) -> Any:
    """Approve a colleague's sheet, or give it no more."""
    sheet = queries.get_sheet(sheet_id, by=current())
    if step == "approve":
        service.approve_sheet(sheet, by=current())
    else:
        service.retire_sheet(sheet, by=current())
    return redirect(url_for("outreach.sheets"), 303)


def _adding(form: forms.SheetForm) -> Any:
    page = render_template("outreach/new_sheet.html", form=form, accepted=forms.ACCEPTED)
    return page, 422 if form.errors else 200
