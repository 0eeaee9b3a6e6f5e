"""The page of the hotline: who calls now, whom we must call back, and every call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import names_of
from mrc.audit.service import record_read
from mrc.audit.tags import Event
from mrc.centres.queries import get_line
from mrc.core import clock
from mrc.core.errors import NotFound
from mrc.hotline import queries, service
from mrc.hotline.forms import ActionForm, CloseForm
from mrc.hotline.models import Call, Callback
from mrc.hotline.states import AUDIO_CONTENT_TYPES, CallbackOutcome
from mrc.hotline.views.blueprint import blueprint
from mrc.hotline.words import OUTCOME_WORDS, STATE_TONES, STATE_WORDS
from mrc.persons.queries import find_person, list_persons_at
from mrc.web.commits import commits
from mrc.web.uploads import file_headers, file_response

TABS = ("callbacks", "calls", "closed")


@blueprint.record
def _offer_words(state: BlueprintSetupState) -> None:
    """The words of states, for imported macros too, which see no context."""
    words = {"call_words": STATE_WORDS, "call_tones": STATE_TONES, "callback_words": OUTCOME_WORDS}
    state.app.jinja_env.globals.update(words)


@blueprint.get("/hotline")
@requires(Permission.CALL_VIEW)
def index() -> str:
    """Who calls now, and below it the callbacks, the earliest due first, or the calls, the newest first."""
    identity, cursor = current(), request.args.get("cursor")
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    if tab == "calls":
        page: Any = queries.list_calls(identity, cursor=cursor)
    else:
        page = queries.list_callbacks(identity, cursor=cursor, done=tab == "closed")
    details = {"tab": tab, "count": len(page.items)}
    record_read(Event.CALLS_LISTED, by=identity, centre_id=None, details=details)
    named = {getattr(each.row, "served_by_id", None) for each in page.items}
    named |= {getattr(each.row, "done_by_id", None) for each in page.items}
    return render_template(
        "hotline/index.html",
        page=page,
        tab=tab,
        all_tabs=TABS,
        live=queries.list_live(identity),
        duties=[(duty, get_line(duty.line_id)) for duty in queries.list_own_duties(identity)],
        people=names_of({user_id for user_id in named if user_id}),
        now=clock.now(),
        form=ActionForm(),
    )


@blueprint.get("/hotline/live")
@requires(Permission.CALL_VIEW)
def live() -> str:
    """The calls that are going on, for the panel that asks again and again."""
    rows = queries.list_live(current())
    if rows:
        details = {"tab": "live", "count": len(rows)}
        record_read(Event.CALLS_LISTED, by=current(), centre_id=None, details=details)
    return render_template("hotline/_live.html", live=rows)


@blueprint.get("/hotline/calls/<uuid:call_id>")
@requires(Permission.CALL_VIEW)
def call(call_id: UUID) -> str:
    """One call: who it may be, what they called for before, what they left."""
    return _page(queries.get_call(call_id, by=current()))


@blueprint.get("/hotline/calls/<uuid:call_id>/voicemail")
@requires(Permission.CALL_VIEW)
def voicemail(call_id: UUID) -> Response:
    """What a caller left, to be listened to; each time is logged."""
    row = queries.get_call(call_id, by=current())
    kept, content = service.open_voicemail(row)
    subject = ("call", row.id)
    record_read(Event.VOICEMAIL_HEARD, by=current(), centre_id=row.centre_id, subject=subject)
    headers = file_headers(f"voicemail.{kept.audio_type}", is_shown=True)
    assert kept.audio_type is not None
    return file_response(content, AUDIO_CONTENT_TYPES[kept.audio_type], headers)


@blueprint.post("/hotline/calls/<uuid:call_id>/voicemail/destroy")
@requires(Permission.CALL_HANDLE)
@commits
def destroy_voicemail(call_id: UUID) -> Any:
    """Destroy what a caller left, here and at the provider."""
    row = _workable(queries.get_call(call_id, by=current()))
    service.destroy_voicemail(row, by=current())
    flash(_("The message was destroyed."))
    return redirect(url_for("hotline.call", call_id=row.id), 303)


@blueprint.post("/hotline/calls/<uuid:call_id>/call")
@requires(Permission.CALL_HANDLE)
@commits
def call_again(call_id: UUID) -> Any:
    """Ring the reader's phone, then the caller's."""
    row = _workable(queries.get_call(call_id, by=current()))
    return _calling(service.call_again(row, by=current()))


@blueprint.get("/hotline/callbacks/<uuid:callback_id>")
@requires(Permission.CALL_VIEW)
def callback(callback_id: UUID) -> str:
    """What we owe a caller: their calls, and how it can be closed."""
    row = queries.get_callback(callback_id, by=current())
    return _callback_page(row, CloseForm())


@blueprint.post("/hotline/callbacks/<uuid:callback_id>/call")
@requires(Permission.CALL_HANDLE)
@commits
def call_back(callback_id: UUID) -> Any:
    """Ring the reader's phone, then that of the one we owe a call."""
    row = _workable(queries.get_callback(callback_id, by=current()))
    return _calling(service.call_back(row, by=current()))


@blueprint.post("/hotline/callbacks/<uuid:callback_id>/close")
@requires(Permission.CALL_HANDLE)
@commits
def close_callback(callback_id: UUID) -> Any:
    """Close a callback by hand."""
    row = _workable(queries.get_callback(callback_id, by=current()))
    form = CloseForm()
    if not form.validate_on_submit():
        return _callback_page(row, form), 422
    service.close_callback(row, CallbackOutcome(form.outcome.data), by=current())
    flash(_("The callback is closed."))
    return redirect(url_for("hotline.index"), 303)


@blueprint.post("/hotline/duty/<uuid:duty_id>/<any(on, off):state>")
@requires(Permission.CALL_HANDLE)
@commits
def own_duty(duty_id: UUID, state: str) -> Any:
    """Go on duty, or off it."""
    duty = next((duty for duty in queries.list_own_duties(current()) if duty.id == duty_id), None)
    if duty is None:
        raise NotFound
    service.switch_duty(duty, is_on=state == "on", by=current())
    return redirect(url_for("hotline.index"), 303)


def _page(row: Call) -> str:
    identity = current()
    record_read(Event.CALL_READ, by=identity, centre_id=row.centre_id, subject=("call", row.id))
    person = find_person(row.person_id, by=identity) if row.person_id else None
    earlier = queries.list_earlier(row, by=identity)
    may_handle = identity.can(Permission.CALL_HANDLE, row.centre_id)
    return render_template(
        "hotline/call.html",
        call=row,
        title=queries.title_of(row.address, person),
        person=person,
        at_address=list_persons_at(row.address_id, by=identity) if row.address_id else (),
        earlier=earlier,
        line=get_line(row.line_id),
        people=names_of({each.served_by_id for each in (row, *earlier) if each.served_by_id}),
        may_handle=may_handle,
        may_log=identity.can(Permission.CONSULTATION_RECORD, row.centre_id),
        obstacle=service.obstacle_to_ring(row, by=identity) if may_handle else None,
        form=ActionForm(),
    )


def _callback_page(row: Callback, form: CloseForm) -> str:
    identity = current()
    record_read(Event.CALL_READ, by=identity, centre_id=row.centre_id, subject=("callback", row.id))
    person = find_person(row.person_id, by=identity) if row.person_id else None
    may_handle = identity.can(Permission.CALL_HANDLE, row.centre_id)
    return render_template(
        "hotline/callback.html",
        callback=row,
        title=queries.title_of(row.address, person),
        person=person,
        calls=queries.list_calls_of(row, by=identity),
        line=get_line(row.line_id),
        people=names_of({row.done_by_id} if row.done_by_id else set()),
        may_handle=may_handle,
        obstacle=service.obstacle_to_ring(row, by=identity) if may_handle else None,
        now=clock.now(),
        form=form,
        action_form=ActionForm(),
    )


def _workable(row: Any) -> Any:
    if not current().can(Permission.CALL_HANDLE, row.centre_id):
        raise NotFound
    return row


def _calling(made: Call) -> Any:
    flash(_("Your phone rings in a moment. Press a key when you have picked up."))
    return redirect(url_for("hotline.call", call_id=made.id), 303)
