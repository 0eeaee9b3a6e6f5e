"""The addresses of a person, and the plan of how each may be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, Refused
from mrc.core.phones import is_user_id
from mrc.core.sealed import blind_index, context_of, seal
from mrc.core.text import clean
from mrc.persons.hours import clock_text, minutes_of
from mrc.persons.models import Address, Person, PersonAddress
from mrc.persons.queries import exists_link, find_address, find_address_by_user_id
from mrc.persons.states import AddressKind, AddressRelation

ADDRESSES = cast(Table, Address.__table__)


@dataclass(frozen=True)
class NewAddress:
    """An address as given at registration: E.164, user id or e-mail, and whether it is safe to use."""

    kind: AddressKind
    value: str
    relation: AddressRelation = AddressRelation.SELF
    may_call: bool = True
    may_message: bool = True
    instruction: str = ""


def know_address(centre_id: UUID, kind: AddressKind, value: str) -> Address:
    """The centre's address with this value, made when it is new; two at once make one."""
    if (address := find_address(centre_id, kind, value)) is not None:
        return address
    address_id = uuid7()
    values = {
        "id": address_id,
        "centre_id": centre_id,
        "kind": kind,
        "value": seal(value, context_of("address", "value", address_id)),
        "value_index": blind_index("address", value, centre_id),
        "version": 1,
    }
    insert_if_absent(db.session(), ADDRESSES, values, key=["centre_id", "kind", "value_index"])
    known = find_address(centre_id, kind, value)
    assert known is not None
    return known


def know_whatsapp(centre_id: UUID, sender: str, user_id: str = "") -> Address:
    """The centre's address of a WhatsApp account that shows a number, a user id (`PK.1349…`), or both.

    An account that showed only its user id and now shows its number stays one address; so does the reverse. A
    user id that comes with another number than before is another address: a person must judge that.
    """
    if is_user_id(sender):
        known = find_address_by_user_id(centre_id, sender)
        return known or know_address(centre_id, AddressKind.WHATSAPP, sender)
    known = find_address(centre_id, AddressKind.WHATSAPP, sender)
    if known is None and user_id:
        known = find_address(centre_id, AddressKind.WHATSAPP, user_id)
    address = known or know_address(centre_id, AddressKind.WHATSAPP, sender)
    if address.value != sender:
        address.value, address.value_index = sender, blind_index("address", sender, centre_id)
    note_user_id(address, user_id)
    return address


def note_user_id(address: Address, user_id: str) -> None:
    """Remember the user id that came with a number, so that the account is known by either."""
    if user_id and address.value != user_id:
        index = blind_index("address", user_id, address.centre_id)
        if address.user_id_index != index:
            address.user_id_index = index


def is_other_account(address: Address, user_id: str) -> bool:
    """True when another user id came with this number before: it may be a new owner of the number."""
    known = address.user_id_index
    return (
        known is not None
        and bool(user_id)
        and address.value != user_id
        and (known != blind_index("address", user_id, address.centre_id))
    )


def add_address(person: Person, new: NewAddress, *, by: Identity) -> PersonAddress:
    """Link a person to an address, with the plan of how it is safe to use; audited.

    Raises Refused when the person has this address already.
    """
    address = know_address(person.centre_id, new.kind, new.value)
    if exists_link(person.id, address.id):
        raise Refused(fields={"phone": _("The person has this address already. Change its plan instead.")})
    link = PersonAddress(
        person_id=person.id,
        address_id=address.id,
        relation=new.relation,
        may_call=new.may_call,
        may_message=new.may_message,
    )
    link.instruction = clean(new.instruction) or None
    db.session.add(link)
    record(
        Event.ADDRESS_ADDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"kind": new.kind.value, "relation": new.relation.value, "address": str(address.id)},
    )
    return link


def link_address(person: Person, address: Address, *, by: Identity) -> PersonAddress:
    """Say that a person is reached by an address that the centre knows already; audited. Idempotent."""
    for link in person.addresses:
        if link.address_id == address.id:
            return link
    link = PersonAddress(person_id=person.id, address_id=address.id, relation=AddressRelation.SELF)
    db.session.add(link)
    record(
        Event.ADDRESS_ADDED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={"kind": address.kind.value, "relation": link.relation.value, "address": str(address.id)},
    )
    return link


def change_plan(link: PersonAddress, plan: Mapping[str, object], *, by: Identity) -> None:
    """Change how and when an address may be used for a person; audited with both values.

    `plan` holds columns of the plan by name. Whoever changes it has gone through it with the person, so it
    counts as reviewed. Raises Forbidden without the right.
    """
    if not by.can(Permission.PERSON_EDIT, link.person.centre_id):
        raise Forbidden
    before = {name: getattr(link, name) for name in plan}
    for name, value in plan.items():
        if before[name] != value:
            setattr(link, name, value)
    link.reviewed_at = clock.now()
    changes = changes_between(before, plan)
    if changes:
        record(
            Event.ADDRESS_CHANGED,
            by=by,
            centre_id=link.person.centre_id,
            subject=("person", link.person_id),
            details={"address": str(link.address_id), "fields": [change.field for change in changes]},
            changes=changes,
        )


def doubt_address(link: PersonAddress, *, by: Identity) -> None:
    """Say that a number may not be the person's, because somebody else answered to it; audited, idempotent.

    Whoever may try to reach people may say so. Raises Forbidden.
    """
    if not by.can(Permission.CONSULTATION_RECORD, link.person.centre_id):
        raise Forbidden
    if link.doubtful_since is None:
        _set_doubt(link, clock.now(), by)


def trust_address(link: PersonAddress, *, by: Identity) -> None:
    """Say that a doubtful number is the person's after all; audited, idempotent. Raises Forbidden."""
    if not by.can(Permission.CONSULTATION_RECORD, link.person.centre_id):
        raise Forbidden
    if link.doubtful_since is not None:
        _set_doubt(link, None, by)


def _set_doubt(link: PersonAddress, since: datetime | None, by: Identity) -> None:
    changes = changes_between({"doubtful_since": link.doubtful_since}, {"doubtful_since": since})
    link.doubtful_since = since
    record(
        Event.ADDRESS_CHANGED,
        by=by,
        centre_id=link.person.centre_id,
        subject=("person", link.person_id),
        details={"address": str(link.address_id), "fields": ["doubtful_since"]},
        changes=changes,
    )


PLAN_SWITCHES = ("may_call", "may_message", "may_leave_voicemail", "never_contact", "needs_voice")
PLAN_TEXTS = ("instruction", "sender_name", "interruption_phrase")
PLAN_CODES = ("language", "counsellor_sex", "dropped_call")
MOST_WINDOWS = 3
EVERY_DAY = list(range(7))


def plan_of(link: PersonAddress) -> dict[str, object]:
    """The contact plan of one address, by field name. The code word is not in it: it has its own page."""
    switches: dict[str, object] = {name: getattr(link, name) for name in PLAN_SWITCHES}
    texts = {name: getattr(link, name) or "" for name in (*PLAN_TEXTS, *PLAN_CODES)}
    known = {"relation": link.relation.value, "read_by": list(link.read_by or [])}
    return switches | texts | known | _window_values(link.safe_windows or [])


def plan_from(texts: Mapping[str, str]) -> dict[str, object]:
    """The contact plan from a form's merged texts. Raises Refused for a window that makes no sense."""
    switches: dict[str, object] = {name: texts[name] == "True" for name in PLAN_SWITCHES}
    sealed = {name: clean(texts[name]).strip() or None for name in PLAN_TEXTS}
    codes = {name: texts[name] or None for name in PLAN_CODES}
    readers = [code for code in texts["read_by"].split(",") if code]
    windows = [window for number in range(1, MOST_WINDOWS + 1) if (window := _window_from(texts, number))]
    known = {"relation": AddressRelation(texts["relation"]), "read_by": readers or None}
    return switches | sealed | codes | known | {"safe_windows": windows or None}


def review_plan(link: PersonAddress, *, by: Identity) -> None:
    """Say that the plan was gone through with the person and still stands; audited."""
    if not by.can(Permission.PERSON_EDIT, link.person.centre_id):
        raise Forbidden
    link.reviewed_at = clock.now()
    record(
        Event.PLAN_REVIEWED,
        by=by,
        centre_id=link.person.centre_id,
        subject=("person", link.person_id),
        details={"address": str(link.address_id)},
    )


def set_code_word(link: PersonAddress, words: str, *, by: Identity) -> None:
    """Agree on a code word, or drop it; audited, both words sealed."""
    if not by.can(Permission.IDENTIFIER_REVEAL, link.person.centre_id):
        raise Forbidden
    change_plan(link, {"code_word": clean(words).strip() or None}, by=by)


def _window_values(windows: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for number in range(1, MOST_WINDOWS + 1):
        window = windows[number - 1] if number <= len(windows) else None
        days = [str(day) for day in window["days"]] if window else []
        values[f"days_{number}"] = days if len(days) < len(EVERY_DAY) else []
        values[f"from_{number}"] = clock_text(window["from"]) if window else ""
        values[f"until_{number}"] = clock_text(window["until"]) if window else ""
    return values


def _window_from(texts: Mapping[str, str], number: int) -> dict[str, Any] | None:
    first, last = f"from_{number}", f"until_{number}"
    if not texts[first] and not texts[last]:
        if texts[f"days_{number}"]:
            raise Refused(fields={first: _("Write from when and until when on these days.")})
        return None
    start, end = minutes_of(texts[first]), minutes_of(texts[last])
    if start is None or end is None:
        wrong = first if start is None else last
        raise Refused(fields={wrong: _("Write a time such as 18:30.")})
    if start == end:
        raise Refused(fields={last: _("The end is the same as the beginning.")})
    days = sorted(int(day) for day in texts[f"days_{number}"].split(",") if day)
    return {"days": days or EVERY_DAY, "from": start, "until": end}
