"""Templates for tests: what the account has, and WhatsApp's part played by hand.

GET    /control/contents            gives contents, newest first, each with sid, friendly_name, language,
                                    name, category, status, rejection_reason, kind, wording, places,
                                    is_deleted
PATCH  /control/contents/<sid>      takes status (unsubmitted, pending, approved, rejected, paused or
                                    disabled), reason, category; nothing is judged by itself afterwards
DELETE /control/contents/<sid>      WhatsApp, or someone at Twilio's console, deleted it

A tap on a button beneath a message: POST /control/phones/<phone>/messages with
`{"tap": {"sid": "SM…", "button": 0}}`, the button by number or by its words.
"""

from __future__ import annotations

from flask import Response, jsonify

from mrc.simulator.carrier import carrier
from mrc.simulator.contents import Category, Content, Status
from mrc.simulator.control import Answer, Json, NotUnderstood, asked, blueprint
from mrc.simulator.templates import delete_content, overrule


@blueprint.get("/contents")
def contents() -> Answer:
    listed = list(reversed(carrier().world.contents.values()))
    return jsonify(contents=[content_document(content) for content in listed])


@blueprint.patch("/contents/<sid>")
def judge(sid: str) -> Answer:
    content, said = _content(sid), asked()
    status, category = said.get("status"), str(said.get("category", ""))
    if status is not None and status not in set(Status):
        raise NotUnderstood("status is one of: " + ", ".join(Status) + ".")
    if category and category not in set(Category):
        raise NotUnderstood("category is one of: " + ", ".join(Category) + ".")
    overrule(
        carrier().world,
        content,
        status=Status(status) if status else None,
        reason=str(said.get("reason", "")),
        category=category,
    )
    return jsonify(content_document(content))


@blueprint.delete("/contents/<sid>")
def remove(sid: str) -> Answer:
    delete_content(carrier().world, _content(sid))
    return Response(status=204)


def content_document(content: Content) -> Json:
    shown = ("sid", "friendly_name", "language", "name", "category", "status", "rejection_reason", "kind",
             "wording", "places", "is_deleted")  # fmt: skip
    return {name: getattr(content, name) for name in shown}


def _content(sid: str) -> Content:
    content = carrier().world.contents.get(sid)
    if content is None:
        raise NotUnderstood("There is no such template.", 404)
    return content
