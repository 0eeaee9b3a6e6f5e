"""Files of a conversation: shown, saved, fetched again, copied into a case; and who writes confirmed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.attachments.service import CONTENT, PREVIEW, FileRefused, NewFile, prepare_file
from mrc.attachments.states import CONTENT_TYPES, PLAYED, FileType
from mrc.audit.service import record, record_read
from mrc.audit.tags import Event
from mrc.cases import queries as cases
from mrc.cases import service as case_service
from mrc.cases.states import WORKED_ON
from mrc.core.errors import NotFound
from mrc.desk.forms import ActionForm
from mrc.desk.views.blueprint import blueprint
from mrc.messaging import queries, service
from mrc.web.commits import commits, let_go
from mrc.web.uploads import file_headers, file_response

KIND = "other"


@blueprint.get("/inbox/<uuid:thread_id>/files/<uuid:media_id>/<any(preview, play, download):part>")
@requires(Permission.THREAD_VIEW)
def message_file(thread_id: UUID, media_id: UUID, part: str) -> Response:
    """A file of a message: its small picture, its sound, or the file itself to be saved."""
    row = queries.get_media(thread_id, media_id, by=current())
    if row.file_type is None or (part == "play" and row.file_type not in PLAYED):
        raise NotFound
    content = service.open_media(row, PREVIEW if part == "preview" else CONTENT)
    record_read(
        Event.MEDIA_PREVIEWED if part == "preview" else Event.MEDIA_READ,
        by=current(),
        centre_id=row.message.thread.centre_id,
        subject=("message_media", row.id),
        details={"thread": str(thread_id)},
    )
    kind = FileType.JPEG if part == "preview" else row.file_type
    headers = file_headers(queries.name_of(row), is_shown=part != "download")
    return file_response(content, CONTENT_TYPES[kind], headers)


@blueprint.post("/inbox/<uuid:thread_id>/files/<uuid:media_id>/fetch")
@requires(Permission.MESSAGE_SEND)
@commits
def fetch_file(thread_id: UUID, media_id: UUID) -> Any:
    """Fetch a file once more that could not be fetched."""
    row = queries.get_media(thread_id, media_id, by=current())
    if not current().can(Permission.MESSAGE_SEND, row.message.thread.centre_id):
        raise NotFound
    service.try_media_again(row, by=current())
    flash(_("The file is being fetched again."))
    return redirect(url_for("desk.thread", thread_id=thread_id), 303)


@blueprint.route("/inbox/<uuid:thread_id>/files/<uuid:media_id>/copy", methods=["GET", "POST"])
@requires(Permission.FILE_ADD)
def copy_file(thread_id: UUID, media_id: UUID) -> Any:
    """Copy a file of a message into one of the person's cases."""
    row = queries.get_media(thread_id, media_id, by=current())
    thread = row.message.thread
    if (
        row.key is None
        or thread.person_id is None
        or not current().can(Permission.FILE_ADD, thread.centre_id)
    ):
        raise NotFound
    found = cases.list_cases_of_person(thread.person_id, by=current())
    offered = [case for case in found if case.status in WORKED_ON]
    if request.method == "GET":
        return render_template("desk/copy_file.html", thread=thread, cases=offered, form=ActionForm())
    chosen = next((case.id for case in offered if str(case.id) == request.form.get("case")), None)
    if chosen is None:
        raise NotFound
    content, name = service.open_media(row), queries.name_of(row)
    let_go()
    try:
        return _copy(thread_id, media_id, chosen, prepare_file(content, name, may_play=True))
    except FileRefused as refusal:
        flash(str(refusal.fields["file"]), "error")
        return redirect(url_for("desk.thread", thread_id=thread_id), 303)


@commits
def _copy(thread_id: UUID, media_id: UUID, case_id: UUID, ready: Any) -> Any:
    row = queries.get_media(thread_id, media_id, by=current())
    case = cases.get_case(case_id, by=current())
    # As narrow as the conversation: the case may be read by more people than wrote here.
    new = NewFile(KIND, max(1, row.message.thread.confidentiality))
    added = case_service.add_file(case, ready, new, by=current())
    record(
        Event.MEDIA_COPIED,
        by=current(),
        centre_id=case.centre_id,
        subject=("message_media", row.id),
        details={"case": str(case.id), "attachment": str(added.id)},
    )
    flash(_("The file was copied into the case."))
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.post("/inbox/<uuid:thread_id>/confirm-writer")
@requires(Permission.THREAD_ASSIGN)
@commits
def confirm_writer(thread_id: UUID) -> Any:
    """Say that it is still the person named who writes here."""
    row = queries.get_thread(thread_id, by=current())
    if not current().can(Permission.THREAD_ASSIGN, row.centre_id):
        raise NotFound
    service.confirm_writer(row, by=current())
    return redirect(url_for("desk.thread", thread_id=row.id), 303)
