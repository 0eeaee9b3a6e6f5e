"""The account and its lines for tests: what an installation finds when it asks how it is set up.

POST /control/account   takes status (active or suspended), protects_media; gives both
POST /control/lines     takes address, and of it status, quality, limit, webhook; gives the line
"""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify

from mrc.simulator.carrier import carrier
from mrc.simulator.control import Answer, NotUnderstood, asked, blueprint
from mrc.simulator.rest_account import told_of

CHANGEABLE = ("status", "quality", "limit", "webhook")


@blueprint.post("/account")
def change_account() -> Answer:
    said, world = asked(), carrier().world
    with world.changing():
        world.standing.status = str(said.get("status", world.standing.status))
        world.standing.protects_media = bool(said.get("protects_media", world.standing.protects_media))
    return jsonify(status=world.standing.status, protects_media=world.standing.protects_media)


@blueprint.post("/lines")
def change_line() -> Answer:
    said, world = asked(), carrier().world
    address = str(said.get("address", ""))
    line = world.lines.get(address) or world.hotlines.get(address)
    if line is None:
        raise NotUnderstood("No such line.", 404)
    told = told_of(line)
    with world.changing():
        for name in CHANGEABLE:
            if name in said:
                setattr(told, name, str(said[name]))
    return jsonify(asdict(told) | {"address": address})
