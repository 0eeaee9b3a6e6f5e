"""Templates as content.twilio.com gives them: made, submitted, listed with what WhatsApp says of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from mrc.simulator.carrier import carrier
from mrc.simulator.contents import Content
from mrc.simulator.gate import CONTENT, Answer, account, blueprint, can_be_upset
from mrc.simulator.refusals import Refusal
from mrc.simulator.resources import Document, slice_of
from mrc.simulator.templates import delete_content, make_content, submit

HOST = "https://content.twilio.com"


@blueprint.post(CONTENT)
@can_be_upset("content")
def create_content() -> Answer:
    """Take `{"friendly_name", "language", "variables", "types": {"twilio/text": {"body": "…"}}}`."""
    return jsonify(content_document(make_content(carrier().world, _said()))), 201


@blueprint.get(CONTENT)
@can_be_upset("content")
def list_contents() -> Answer:
    return jsonify(_page(content_document))


@blueprint.get(f"{CONTENT}AndApprovals")
@can_be_upset("content")
def list_contents_and_approvals() -> Answer:
    """Newest first, each with its `approval_requests`."""
    return jsonify(
        _page(lambda content: content_document(content) | {"approval_requests": approval_document(content)})
    )


@blueprint.get(f"{CONTENT}/<sid>")
@can_be_upset("content")
def fetch_content(sid: str) -> Answer:
    return jsonify(content_document(_content(sid)))


@blueprint.delete(f"{CONTENT}/<sid>")
@can_be_upset("content")
def remove_content(sid: str) -> Answer:
    delete_content(carrier().world, _content(sid))
    return Response(status=204)


@blueprint.post(f"{CONTENT}/<sid>/ApprovalRequests/whatsapp")
@can_be_upset("content")
def request_approval(sid: str) -> Answer:
    """Take `{"name": "appointment_reminder", "category": "UTILITY"}`."""
    return jsonify(approval_document(submit(carrier(), _content(sid), _said()))), 201


@blueprint.get(f"{CONTENT}/<sid>/ApprovalRequests")
@can_be_upset("content")
def fetch_approval(sid: str) -> Answer:
    content = _content(sid)
    return jsonify(
        sid=content.sid,
        account_sid=account(),
        url=f"{HOST}{request.path}",
        whatsapp={"type": "whatsapp", **approval_document(content)},
    )


def content_document(content: Content) -> Document:
    """One template. Instants are in ISO 8601, as the newer half of the API writes them."""
    address = f"{HOST}{CONTENT}/{content.sid}"
    return {
        "sid": content.sid,
        "account_sid": account(),
        "friendly_name": content.friendly_name,
        "language": content.language,
        "variables": content.variables,
        "types": content.types,
        "date_created": f"{content.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "date_updated": f"{content.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        "url": address,
        "links": {
            "approval_fetch": f"{address}/ApprovalRequests",
            "approval_create": f"{address}/ApprovalRequests/whatsapp",
        },
    }


def approval_document(content: Content) -> Document:
    return {
        "name": content.name,
        "category": content.category,
        "content_type": content.kind,
        "status": content.status,
        "rejection_reason": content.rejection_reason,
        "allow_category_change": True,
    }


def _page(write: Any) -> Document:
    """One page, whose own addresses stand under `meta`."""
    listed = list(reversed(carrier().world.contents.values()))
    shown, has_more, number, size = slice_of(listed, request.args)
    base = f"{HOST}{request.path}"
    more = [("PageSize", size), ("Page", number + 1), ("PageToken", f"PA{shown[-1].sid}")] if has_more else []
    return {
        "contents": [write(content) for content in shown],
        "meta": {
            "key": "contents",
            "page": number,
            "page_size": size,
            "url": f"{base}?{urlencode([('PageSize', size), ('Page', number)])}",
            "first_page_url": f"{base}?{urlencode([('PageSize', size), ('Page', 0)])}",
            "previous_page_url": None,
            "next_page_url": f"{base}?{urlencode(more)}" if has_more else None,
        },
    }


def _content(sid: str) -> Content:
    content = carrier().world.contents.get(sid)
    if content is None or content.is_deleted:
        raise Refusal(20404, request.path)
    return content


def _said() -> dict[str, Any]:
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise Refusal(20001, "the body is a JSON object")
    return said
