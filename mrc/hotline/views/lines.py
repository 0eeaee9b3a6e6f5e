"""What a manager sets up: the menu of a line, its prompts, who is on duty."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.accounts.queries import list_staff, names_of
from mrc.centres.models import PhoneLine
from mrc.centres.queries import get_centre
from mrc.core.errors import NotFound, Refused
from mrc.hotline import queries, service
from mrc.hotline.forms import ActionForm, DutyForm, MenuForm, PromptForm
from mrc.hotline.queries.lines import IN_EVERY_LANGUAGE
from mrc.hotline.states import AUDIO_CONTENT_TYPES, PromptKey
from mrc.hotline.views.blueprint import blueprint
from mrc.hotline.words import PROMPT_WORDS
from mrc.vocab.queries import label
from mrc.web.commits import commits, let_go
from mrc.web.uploads import file_headers, takes_file

WITH_MICROPHONE = "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"
URL = "/admin/hotline/<uuid:voice_line_id>"


@blueprint.get("/admin/hotline")
@requires(Permission.HOTLINE_MANAGE)
def lines() -> str:
    """The voice lines that the reader manages, and what is missing of each."""
    rows = [
        (line, get_centre(line.centre_id), menu, len(queries.list_missing(menu)) if menu else 0)
        for line in queries.list_voice_lines(current().centres(Permission.HOTLINE_MANAGE))
        for menu in [queries.find_menu(line)]
    ]
    return render_template("hotline/lines.html", rows=rows)


@blueprint.get(URL)
@requires(Permission.HOTLINE_MANAGE)
def line(voice_line_id: UUID) -> str:
    """One line: its menu, the set of prompts, and who is rung."""
    row = queries.get_voice_line(voice_line_id, by=current())
    menu = queries.find_menu(row)
    duties = queries.list_duties(row)
    return render_template(
        "hotline/line.html",
        line=row,
        voice_menu=menu,
        languages=menu.languages if menu else (),
        prompts=queries.list_prompts(row.centre_id),
        missing=queries.list_missing(menu) if menu else (),
        keys=[(key, *PROMPT_WORDS[key]) for key in PromptKey],
        in_every_language=IN_EVERY_LANGUAGE,
        duties=duties,
        people=names_of({duty.user_id for duty in duties}),
        form=ActionForm(),
    )


@blueprint.route(f"{URL}/menu", methods=["GET", "POST"])
@requires(Permission.HOTLINE_MANAGE)
@commits
def edit_menu(voice_line_id: UUID) -> Any:
    """Choose the languages of a line and what else callers hear."""
    row = queries.get_voice_line(voice_line_id, by=current())
    menu, form = queries.find_menu(row), MenuForm(get_centre(row.centre_id).country)
    key = f"hotline_menu:{row.id}"
    values: dict[str, Any] = {
        name: (menu.languages[place : place + 1] or [""])[0] if menu else ""
        for place, name in enumerate(field.name for field in form.keys)
    }
    ticks = ("has_consent_notice", "has_voicemail", "is_callback_only")
    values |= {name: getattr(menu, name) if menu else name != "is_callback_only" for name in ticks}
    version = menu.version if menu else 0
    form.start_from(key, version, values)
    if form.validate_on_submit():
        merged = form.merged(key, version, values)
        details = service.MenuDetails(
            [code for name, code in merged.items() if name not in ticks and code],
            *(merged[name] == str(True) for name in ticks),
        )
        try:
            service.set_menu(row, details, by=current())
            flash(_("The menu is changed."))
            return redirect(url_for("hotline.line", voice_line_id=row.id), 303)
        except Refused as refusal:
            form.first.errors = list(refusal.fields.values())
    return render_template("hotline/menu.html", line=row, form=form), 422 if form.errors else 200


@blueprint.post(f"{URL}/<any(on, off):state>")
@requires(Permission.HOTLINE_MANAGE)
@commits
def switch(voice_line_id: UUID, state: str) -> Any:
    """Switch the menu on once the set is whole, or off."""
    row = queries.get_voice_line(voice_line_id, by=current())
    service.switch_line(row, is_on=state == "on", by=current())
    return redirect(url_for("hotline.line", voice_line_id=row.id), 303)


@blueprint.route(f"{URL}/prompts/new", methods=["GET", "POST"])
@requires(Permission.HOTLINE_MANAGE)
@takes_file
def record_prompt(voice_line_id: UUID) -> Any:
    """Record a prompt in the browser, or bring a file. It is looked through before anything is written."""
    row = queries.get_voice_line(voice_line_id, by=current())
    key, language = _named()
    form = PromptForm()
    if not form.validate_on_submit():
        return _recording(row, form, key, language)
    data = form.file.data.stream.read()
    let_go()
    try:
        sound = service.read_prompt(data)
        return _keep(voice_line_id, form, key, language, sound)
    except Refused as refusal:
        form.file.errors = list(refusal.fields.values()) or [str(refusal)]
    return _recording(queries.get_voice_line(voice_line_id, by=current()), form, key, language)


@commits
def _keep(voice_line_id: UUID, form: PromptForm, key: PromptKey, language: str, sound: Any) -> Any:
    row = queries.get_voice_line(voice_line_id, by=current())
    service.add_prompt(row, key, language, sound, is_upload=not form.is_recorded, by=current())
    flash(_("The prompt is kept. Listen to it once before the line is switched on."))
    return redirect(url_for("hotline.line", voice_line_id=row.id), 303)


@blueprint.get(f"{URL}/prompts/<uuid:prompt_id>")
@requires(Permission.HOTLINE_MANAGE)
def hear_prompt(voice_line_id: UUID, prompt_id: UUID) -> Response:
    """The sound of a prompt, to be checked."""
    row = queries.get_voice_line(voice_line_id, by=current())
    prompt = queries.get_prompt_of(row, prompt_id)
    headers = file_headers(f"{prompt.key}-{prompt.language}.{prompt.audio_type}", is_shown=True)
    return Response(
        service.open_prompt(prompt), content_type=AUDIO_CONTENT_TYPES[prompt.audio_type], headers=headers
    )


@blueprint.route(f"{URL}/duty/new", methods=["GET", "POST"])
@requires(Permission.HOTLINE_MANAGE)
@commits
def add_duty(voice_line_id: UUID) -> Any:
    """Put somebody on the list of those who are rung, or change their number."""
    row = queries.get_voice_line(voice_line_id, by=current())
    menu, centre = queries.find_menu(row), get_centre(row.centre_id)
    spoken = [(code, label("languages", code)) for code in (menu.languages if menu else centre.languages)]
    form = DutyForm(list_staff(centre.id, Permission.CALL_HANDLE), spoken, centre.country)
    if form.validate_on_submit() and form.phone.phone is not None:
        user_id, phone = UUID(form.user.data), form.phone.phone.e164
        service.set_duty(row, user_id, phone, form.languages.data or [], by=current())
        return redirect(url_for("hotline.line", voice_line_id=row.id), 303)
    return render_template("hotline/duty.html", line=row, form=form), 422 if form.errors else 200


@blueprint.post(f"{URL}/duty/<uuid:duty_id>/<any(on, off, end):step>")
@requires(Permission.HOTLINE_MANAGE)
@commits
def change_duty(voice_line_id: UUID, duty_id: UUID, step: str) -> Any:
    """Put somebody on duty, off it, or off the list."""
    row = queries.get_voice_line(voice_line_id, by=current())
    duty = queries.get_duty(row, duty_id)
    if step == "end":
        service.end_duty(duty, by=current())
    else:
        service.switch_duty(duty, is_on=step == "on", by=current())
    return redirect(url_for("hotline.line", voice_line_id=row.id), 303)


def _named() -> tuple[PromptKey, str]:
    """The prompt that the address names. Raises NotFound."""
    language = request.args.get("language", "")
    try:
        key = PromptKey(request.args.get("key", ""))
    except ValueError:
        raise NotFound from None
    if not language or label("languages", language) == language:
        raise NotFound
    return key, language


def _recording(row: PhoneLine, form: PromptForm, key: PromptKey, language: str) -> Any:
    name, says = PROMPT_WORDS[key]
    page = render_template(
        "hotline/record.html", line=row, form=form, key=key, language=language, name=name, says=says
    )
    response = make_response(page, 422 if form.errors else 200)
    # Only here may the page ask for the microphone.
    response.headers["Permissions-Policy"] = WITH_MICROPHONE
    return response
