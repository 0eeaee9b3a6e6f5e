"""Files of a case: the list, one file, adding, showing, withdrawing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import Identity, current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.attachments.models import Attachment
from mrc.attachments.service import PREVIEW, FileRefused, NewFile, ReadyFile, open_file, prepare_file
from mrc.attachments.states import CONTENT_TYPES, FileType
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.models import Case
from mrc.cases.states import WORKED_ON
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import workable
from mrc.cases.views.content import single_form_page
from mrc.cases.views.refusals import show_on
from mrc.core.errors import NotFound, Refused
from mrc.persons.models import Person
from mrc.persons.views import Panel
from mrc.web.commits import commits, let_go
from mrc.web.uploads import file_headers, takes_file


@blueprint.get("/cases/<uuid:case_id>/files")
@requires(Permission.FILE_VIEW)
def files(case_id: UUID) -> str:
    """The files of a case."""
    case = workable(case_id, Permission.FILE_VIEW)
    page = queries.list_files(case, by=current(), cursor=request.args.get("cursor"))
    record_read(
        Event.FILES_LISTED,
        by=current(),
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"count": len(page.items)},
    )
    people = names_of({row.added_by_id for row in page.items if row.added_by_id})
    return render_template("cases/files.html", case=case, page=page, people=people, may_add=_may_add(case))


@blueprint.route("/cases/<uuid:case_id>/files/new", methods=["GET", "POST"])
@requires(Permission.FILE_ADD)
@takes_file
def add_file(case_id: UUID) -> Any:
    """Add a file. It is looked through before anything is written, and nobody waits for the database then."""
    case = workable(case_id, Permission.FILE_ADD)
    form = forms.FileForm()
    if not form.validate_on_submit():
        return _adding(case, form)
    data, name = form.file.data.stream.read(), form.file.data.filename or ""
    let_go()
    try:
        ready = prepare_file(data, name)
        return _keep(case_id, form, ready)
    except FileRefused as refusal:
        let_go()
        case = workable(case_id, Permission.FILE_ADD)
        service.note_refused_file(case, refusal, by=current())
        show_on(form, refusal)
    return _adding(case, form)


@commits
def _keep(case_id: UUID, form: forms.FileForm, ready: ReadyFile) -> Any:
    case = workable(case_id, Permission.FILE_ADD)
    new = NewFile(form.kind.data, int(form.level.data), form.description.data or "")
    row = service.add_file(case, ready, new, by=current())
    flash(_("The file was added."))
    if current().can(Permission.FILE_VIEW, case.centre_id):
        return redirect(url_for("cases.file", case_id=case.id, file_id=row.id), 303)
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.get("/cases/<uuid:case_id>/files/<uuid:file_id>")
@requires(Permission.FILE_VIEW)
def file(case_id: UUID, file_id: UUID) -> str:
    """One file: what it is, a small picture of it, what can be done with it."""
    case, row = _found(case_id, file_id)
    _record(Event.FILE_READ, case, row)
    return render_template(
        "cases/file.html",
        case=case,
        file=row,
        people=names_of({user_id for user_id in (row.added_by_id, row.withdrawn_by_id) if user_id}),
        may_change=row.withdrawn_at is None and _may_work(case),
        may_withdraw=service.may_withdraw(case, row, by=current()),
    )


@blueprint.get("/cases/<uuid:case_id>/files/<uuid:file_id>/preview")
@requires(Permission.FILE_VIEW)
def preview_file(case_id: UUID, file_id: UUID) -> Response:
    """The small picture of a picture, which we painted ourselves."""
    case, row = _found(case_id, file_id)
    content = open_file(row, PREVIEW)
    _record(Event.FILE_PREVIEWED, case, row)
    headers = file_headers("preview.jpg", is_shown=True)
    return Response(content, content_type=CONTENT_TYPES[FileType.JPEG], headers=headers)


@blueprint.get("/cases/<uuid:case_id>/files/<uuid:file_id>/download")
@requires(Permission.FILE_VIEW)
def download_file(case_id: UUID, file_id: UUID) -> Response:
    """The file itself, to be saved and never to be run."""
    case, row = _found(case_id, file_id)
    content = open_file(row)
    _record(Event.FILE_DOWNLOADED, case, row)
    return Response(
        content, content_type=CONTENT_TYPES[row.file_type], headers=file_headers(row.name or "file")
    )


@blueprint.route("/cases/<uuid:case_id>/files/<uuid:file_id>/edit", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@commits
def edit_file(case_id: UUID, file_id: UUID) -> Any:
    """Change what is said about a file; a colleague's change at the same time is merged or shown."""
    case, row = workable(case_id), queries.get_file(case_id, file_id, by=current())
    form = forms.FileFactsForm()
    key = f"attachment:{row.id}"
    values = {"kind": row.kind, "description": row.description, "level": str(row.confidentiality)}
    form.start_from(key, row.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, row.version, values)
        changed: dict[str, object] = {
            "kind": merged["kind"],
            "description": merged["description"] or None,
            "confidentiality": int(merged["level"]),
        }
        try:
            service.change_file(case, row, changed, by=current())
            return _shown(case, row)
        except Refused as refusal:
            show_on(form, refusal)
    return single_form_page(case, form, _("Change what is said about the file"), _("Save"), keeps_drafts=True)


@blueprint.route("/cases/<uuid:case_id>/files/<uuid:file_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.FILE_ADD, Permission.FILE_WITHDRAW)
@commits
def withdraw_file(case_id: UUID, file_id: UUID) -> Any:
    """Destroy the bytes of a file, with a reason."""
    case, row = _found(case_id, file_id)
    form = forms.WithdrawForm()
    if form.validate_on_submit():
        try:
            service.withdraw_file(case, row, form.reason.data or "", by=current())
            flash(_("The file was withdrawn. Its content is destroyed."))
            return _shown(case, row)
        except Refused as refusal:
            show_on(form, refusal)
    if not service.may_withdraw(case, row, by=current()):
        raise NotFound
    page = render_template("cases/withdraw_file.html", case=case, file=row, form=form)
    return page, 422 if form.errors else 200


def person_files(identity: Identity, person: Person) -> Panel:
    """What the files of their cases show on a person's page."""
    may_view = identity.can(Permission.FILE_VIEW, person.centre_id)
    rows = queries.list_files_of_person(person.id, by=identity) if may_view else ()
    return Panel("cases/_person_files.html", {"files": rows})


def _adding(case: Case, form: forms.FileForm) -> Any:
    page = render_template("cases/add_file.html", case=case, form=form, accepted=forms.ACCEPTED)
    return page, 422 if form.errors or form.form_errors else 200


def _found(case_id: UUID, file_id: UUID) -> tuple[Case, Attachment]:
    case = workable(case_id, Permission.FILE_VIEW)
    return case, queries.get_file(case.id, file_id, by=current())


def _shown(case: Case, row: Attachment) -> Any:
    return redirect(url_for("cases.file", case_id=case.id, file_id=row.id), 303)


def _may_add(case: Case) -> bool:
    return case.status in WORKED_ON and current().can(Permission.FILE_ADD, case.centre_id)


def _may_work(case: Case) -> bool:
    return case.status in WORKED_ON and current().can(Permission.CASE_WORK, case.centre_id)


def _record(event: Event, case: Case, row: Attachment) -> None:
    record_read(
        event,
        by=current(),
        centre_id=case.centre_id,
        subject=("attachment", row.id),
        details={"case": str(case.id)},
    )
