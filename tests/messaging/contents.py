"""A provider of wordings that speaks the Content API over HTTP, as far as we use it, and can be upset."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server


class Contents:
    """What the provider keeps, by sid, and what it is told to do wrong."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.refuse_next: tuple[int, int] | None = None
        """Status and code of the next answer to a POST."""
        self.drop_next = False
        """Do what is asked, and answer with a fault."""
        self._app = Flask("contents")
        self._app.add_url_rule("/v1/Content", view_func=self._create, methods=["POST"])
        self._app.add_url_rule(
            "/v1/Content/<sid>/ApprovalRequests/whatsapp", view_func=self._submit, methods=["POST"]
        )
        self._app.add_url_rule("/v1/Content/<sid>", view_func=self._delete, methods=["DELETE"])
        self._app.add_url_rule("/v1/ContentAndApprovals", view_func=self._list)
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def named(self, name: str) -> dict[str, Any]:
        (found,) = [each for each in self.kept.values() if each["friendly_name"] == name]
        return found

    def decide(self, status: str, *, category: str = "UTILITY", reason: str = "") -> None:
        """WhatsApp's answer to everything that was submitted."""
        for each in self.kept.values():
            if each["approval_requests"]:
                each["approval_requests"] |= {
                    "status": status,
                    "category": category,
                    "rejection_reason": reason,
                }

    def _create(self) -> Any:
        self.asked.append("create")
        if refused := self._refused():
            return refused
        sid = f"HX{uuid4().hex}"
        self.kept[sid] = {**request.get_json(), "sid": sid, "approval_requests": {}}
        if self.drop_next:
            self.drop_next = False
            return Response("<html>bad gateway</html>", 502)
        return jsonify(self.kept[sid]), 201

    def _submit(self, sid: str) -> Any:
        self.asked.append("submit")
        if refused := self._refused():
            return refused
        if sid not in self.kept:
            return _error(404, 20404)
        asked = request.get_json()
        self.kept[sid]["approval_requests"] = {
            "name": asked["name"],
            "category": asked["category"],
            "status": "received",
            "rejection_reason": "",
        }
        return jsonify(self.kept[sid]["approval_requests"]), 201

    def _delete(self, sid: str) -> Any:
        self.asked.append("delete")
        return Response(status=204) if self.kept.pop(sid, None) else _error(404, 20404)

    def _list(self) -> Any:
        self.asked.append("list")
        meta = {
            "key": "contents",
            "page": 0,
            "page_size": 500,
            "first_page_url": request.url,
            "previous_page_url": None,
            "next_page_url": None,
            "url": request.url,
        }
        return jsonify(contents=list(self.kept.values()), meta=meta)

    def _refused(self) -> Any:
        if self.refuse_next is None:
            return None
        (status, code), self.refuse_next = self.refuse_next, None
        return _error(status, code)


def _error(status: int, code: int) -> Any:
    return jsonify(code=code, message="the name was used before", more_info="", status=status), status
