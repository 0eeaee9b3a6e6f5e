"""Giving many cases to one counsellor: a preview, the result of each, and taking it back."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_counsellors, names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.cases import forms, queries, service
from mrc.cases.states import HandoverStatus
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import case_filter, uuid_of
from mrc.centres.queries import work_centre
from mrc.web.commits import commits

PREVIEWED = 50
"""So many cases are shown before they are given; all of them are counted."""


@blueprint.route("/cases/give", methods=["GET", "POST"])
@requires(Permission.CASE_ASSIGN)
@commits
def give_many() -> Any:
    """Give the chosen cases, or all of a list, to one counsellor: first what will happen, then it is done."""
    centre = work_centre(current(), Permission.CASE_ASSIGN)
    form = forms.BulkForm(list_counsellors(centre.id))
    chosen = [uuid_of(text) for text in request.values.getlist("case")]
    cases = queries.cases_to_give(current(), None if chosen else case_filter(), chosen, centre.id)
    applies = request.form.get("stage") == "apply"
    to_user_id = uuid_of(form.counsellor.data) if form.validate_on_submit() else None
    found = [(case, service.obstacle_of(case, to_user_id) if to_user_id else None) for case in cases]
    if applies and to_user_id is not None:
        batch = service.start_batch(
            [case for case, obstacle in found if obstacle is None], to_user_id, centre.id, by=current()
        )
        return redirect(url_for("cases.batch", batch_id=batch.id), 303)
    form.renew()
    record_read(Event.CASES_LISTED, by=current(), centre_id=centre.id, details={"count": len(cases)})
    named = {case.counsellor_id for case in cases if case.counsellor_id} | {to_user_id}
    return render_template(
        "cases/give_many.html",
        form=form,
        chosen=chosen,
        found=found[:PREVIEWED],
        total=len(found),
        given=sum(1 for _case, obstacle in found if obstacle is None),
        before=Counter(case.counsellor_id for case in cases).most_common(),
        people=names_of({key for key in named if key}),
        to_user_id=to_user_id,
        most=queries.MOST_IN_BATCH,
    ), 422 if form.errors else 200


@blueprint.get("/hand-overs/batches/<uuid:batch_id>")
@requires(Permission.CASE_ASSIGN)
def batch(batch_id: UUID) -> str:
    """How far a batch is, and what became of each case."""
    row = queries.get_batch(batch_id, by=current())
    status = request.args.get("status", "")
    wanted = HandoverStatus(status) if status in set(HandoverStatus) else None
    page = queries.list_batch_rows(row, by=current(), status=wanted, cursor=request.args.get("cursor"))
    record_read(
        Event.HANDOVERS_LISTED, by=current(), centre_id=row.centre_id, details={"count": len(page.items)}
    )
    named = {row.to_user_id, row.made_by_id, *(one.from_user_id for one in page.items)}
    return render_template(
        "cases/batch.html",
        batch=row,
        page=page,
        counts=queries.count_batch(row),
        people=names_of({key for key in named if key}),
        form=forms.ActionForm(),
    )


@blueprint.post("/hand-overs/batches/<uuid:batch_id>/undo")
@requires(Permission.CASE_ASSIGN)
@commits
def undo_batch(batch_id: UUID) -> Any:
    """Give every case of a batch back to whoever carried it."""
    row = queries.get_batch(batch_id, by=current())
    service.undo_batch(row, by=current())
    return redirect(url_for("cases.batch", batch_id=row.id), 303)
