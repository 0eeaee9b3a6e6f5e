"""Wordings: written by one, reviewed by another, submitted, and watched ever after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.core.clock import now
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused, TransitionRefused
from mrc.jobs.models import Job, JobState
from mrc.messaging.approvals import FOR_PEOPLE, TEMPLATE, Trouble
from mrc.messaging.lexicon import is_safe_for_shared
from mrc.messaging.models import MessageTemplate, TemplateVersion
from mrc.messaging.queries.templates import (
    count_troubled,
    find_template,
    get_version,
    is_usable,
    list_templates,
    list_troubled,
    list_usable,
    usable_version,
)
from mrc.messaging.service import send_template
from mrc.messaging.service import templates as service
from mrc.messaging.service.outbox import When
from mrc.messaging.service.shipped import load_shipped_templates
from mrc.messaging.service.templates import NewTemplate, NewWording
from mrc.messaging.states import Category, MessageStatus, Purpose, Reason, TemplateStatus
from mrc.tasks.models import Task
from tests.messaging.contents import Contents
from tests.messaging.house import House
from tests.simulator.controls import Control

People = Callable[[str], Identity]
S = TemplateStatus
SYSTEM = Identity.system("tests")
CALL = NewWording("en", "Please call us when you can talk.")


@pytest.fixture
def contents(house: House) -> Iterator[Contents]:
    made = Contents()
    house.change_carrier(base_url=made.url)
    yield made
    made.close()


def written(by: Identity, wording: NewWording = CALL, key: str = "call_soon") -> TemplateVersion:
    new = NewTemplate(key, "Call soon", Purpose.NOTICE)
    return service.draft_template(new, wording, by=by)


def reviewed(identity: People) -> TemplateVersion:
    version = written(identity("manager-lahore"))
    service.review_version(version, by=identity("manager-erbil"))
    return version


def submitted(house: House) -> UUID:
    """A wording that the provider has, and that waits for WhatsApp."""
    version = reviewed(house.identity)
    service.submit_version(version, by=house.identity("manager-lahore"))
    key = version.id
    db.session.commit()
    house.work()
    return key


def synced(house: House, key: UUID) -> TemplateVersion:
    service.sync_now(by=SYSTEM)
    db.session.commit()
    house.work()
    db.session.rollback()
    return get_version(key)


def test_somebody_else_reviews_what_one_wrote(context: Flask, identity: People) -> None:
    version = written(identity("manager-lahore"))
    with pytest.raises(Refused, match="yourself"):
        service.review_version(version, by=identity("manager-lahore"))
    assert version.status is S.DRAFT
    service.review_version(version, by=identity("manager-erbil"))
    assert version.status is S.REVIEWED
    assert is_safe_for_shared(version)


def test_whoever_changed_a_draft_has_written_it(context: Flask, identity: People) -> None:
    version = written(identity("manager-lahore"))
    changed = NewWording("en", "Please call us today when you can talk.")
    service.change_draft(version, changed, by=identity("manager-erbil"))
    with pytest.raises(Refused, match="yourself"):
        service.review_version(version, by=identity("manager-erbil"))
    service.review_version(version, by=identity("manager-lahore"))


@pytest.mark.parametrize("username", ["counsellor-lahore", "frontdesk-lahore", "analyst", "auditor"])
def test_only_those_who_keep_templates_touch_them(context: Flask, identity: People, username: str) -> None:
    version, who = written(identity("admin")), identity(username)
    with pytest.raises(Forbidden):
        written(who, key="another")
    with pytest.raises(Forbidden):
        service.change_draft(version, CALL, by=who)
    with pytest.raises(Forbidden):
        service.review_version(version, by=who)
    with pytest.raises(Forbidden):
        service.retire_version(version, by=who)
    with pytest.raises(Forbidden):
        service.retire_template(version.template, by=who)
    with pytest.raises(Forbidden):
        service.sync_now(by=who)
    with pytest.raises(Forbidden):
        service.accept_category(version, by=who)
    with pytest.raises(Forbidden):
        service.draft_version(version.template, CALL, by=who)


def test_a_wording_that_tells_a_shared_phone_too_much_is_not_let_through(
    context: Flask, identity: People
) -> None:
    told = NewWording("en", "Please call the embassy about your visa.")
    version = written(identity("manager-lahore"), told)
    with pytest.raises(Refused, match="visa"):
        service.review_version(version, by=identity("manager-erbil"))
    assert version.status is S.DRAFT
    service.review_version(version, by=identity("manager-erbil"), is_for_shared=False)
    assert version.status is S.REVIEWED
    assert not is_safe_for_shared(version)


def test_a_wording_marked_as_not_for_shared_phones_stays_so(context: Flask, identity: People) -> None:
    version = written(identity("manager-lahore"))
    service.review_version(version, by=identity("manager-erbil"), is_for_shared=False)
    assert not is_safe_for_shared(version)


def test_what_fills_a_place_is_looked_at_too(context: Flask, identity: People) -> None:
    wording = NewWording("en", "We can meet on {{1}} if you like.", [{"name": "date", "sample": "3 March"}])
    version = written(identity("manager-lahore"), wording)
    service.review_version(version, by=identity("manager-erbil"))
    assert is_safe_for_shared(version, {"date": "4 March"})
    assert not is_safe_for_shared(version, {"date": "your asylum interview"})


@pytest.mark.parametrize(
    ("field", "wording"),
    [
        ("body", NewWording("en", "")),
        ("body", NewWording("en", "x" * 10_000)),
        ("body", NewWording("en", "Call <b>us</b> today")),
        ("body", NewWording("en", "Call us\u202e today")),
        ("body", NewWording("en", "Call us on {{2}} if you can", [{"name": "date", "sample": "Monday"}])),
        ("body", NewWording("en", "{{1}} is when we call you", [{"name": "date", "sample": "Monday"}])),
        ("body", NewWording("en", "We will call you on {{1}}", [{"name": "date", "sample": "Monday"}])),
        ("body", NewWording("en", "Call {{1}} now", [{"name": "date", "sample": "Monday"}])),
        ("body", NewWording("en", "Call us on {date} if you can talk")),
        ("variables", NewWording("en", "Call us on {{1}} if you can talk")),
        ("variables", NewWording("en", "Call us today", [{"name": "date", "sample": "Monday"}])),
        ("variables", NewWording("en", "Call us on {{1}} if you can", [{"name": "Date!", "sample": "x"}])),
        ("variables", NewWording("en", "Call us on {{1}} if you can", [{"name": "date", "sample": ""}])),
        ("buttons", NewWording("en", "Call us today", (), [{"id": "yes", "title": "x" * 21}])),
        ("buttons", NewWording("en", "Call us today", (), [{"id": "yes", "title": "<i>Yes</i>"}])),
        ("buttons", NewWording("en", "Call us today", (), [{"id": "a", "title": "A"}] * 2)),
        (
            "buttons",
            NewWording("en", "Call us today", (), [{"id": name, "title": name} for name in "abcd"]),
        ),
        ("language", NewWording("xx", "Call us today")),
    ],
)
def test_a_hostile_or_impossible_wording_is_refused_at_its_field(
    context: Flask, identity: People, field: str, wording: NewWording
) -> None:
    with pytest.raises(Refused) as refusal:
        written(identity("manager-lahore"), wording)
    assert field in refusal.value.fields
    assert find_template("call_soon") is None


@pytest.mark.parametrize("key", ["", "Call", "call soon", "x" * 61, "<b>"])
def test_a_key_is_a_small_latin_word(context: Flask, identity: People, key: str) -> None:
    with pytest.raises(Refused) as refusal:
        written(identity("manager-lahore"), key=key)
    assert "key" in refusal.value.fields


def test_no_two_templates_have_one_name(context: Flask, identity: People) -> None:
    written(identity("manager-lahore"))
    with pytest.raises(Refused) as refusal:
        written(identity("manager-lahore"))
    assert "key" in refusal.value.fields


def test_every_step_from_every_state(context: Flask, identity: People) -> None:
    """Each step leads where the table says, and every other pair is refused."""
    template = find_template("please_call")
    assert template is not None
    number = 100
    for state in S:
        for action in (*FOR_PEOPLE, "accept", "reject", "pause", "disable"):
            number += 1
            version = TemplateVersion(
                template=template, language="en", number=number, body="Call us today", status=state,
                content_sid="HX1", reviewed_by_id=identity("admin").user_id,
            )  # fmt: skip
            db.session.add(version)
            db.session.flush()
            if (step := next((s for s in TEMPLATE.allowed(state) if s.name == action), None)) is not None:
                service.step_version(version, action, by=SYSTEM)
                assert version.status is step.target
            else:
                with pytest.raises(TransitionRefused):
                    service.step_version(version, action, by=SYSTEM)
                assert version.status is state


def test_what_is_submitted_stays_as_it_is(context: Flask, identity: People) -> None:
    version = reviewed(identity)
    with pytest.raises(Refused, match="new version"):
        service.change_draft(version, CALL, by=identity("manager-lahore"))
    service.take_back_version(version, by=identity("manager-lahore"))
    service.change_draft(version, NewWording("en", "Call us, please."), by=identity("manager-lahore"))


def test_nothing_is_usable_that_is_not_approved(context: Flask, identity: People) -> None:
    version = reviewed(identity)
    for status in S:
        version.status, version.content_sid = status, "HX1"
        db.session.flush()
        found = usable_version("call_soon", "en")
        assert (found is version) == (status is S.APPROVED) == is_usable(version)
        assert (version in list_usable()) == (status is S.APPROVED)


def test_the_newest_approved_one_is_used_and_another_language_only_when_asked_for(
    context: Flask, identity: People
) -> None:
    version = reviewed(identity)
    version.status, version.content_sid = S.APPROVED, "HX1"
    newer = service.draft_version(
        version.template, NewWording("en", "Call us today, please."), by=identity("manager-lahore")
    )
    assert (newer.number, usable_version("call_soon", "en")) == (2, version)
    newer.status, newer.content_sid = S.APPROVED, "HX2"
    db.session.flush()
    assert usable_version("call_soon", "en") is newer
    assert [each for each in list_usable(Purpose.NOTICE) if each.template_id == version.template_id] == [
        newer
    ]
    assert list_usable(Purpose.BROADCAST) == []
    assert usable_version("call_soon", "ur") is None
    assert usable_version("call_soon", "ur", fallback=("ps", "en")) is newer
    assert usable_version("call_soon", None, fallback=("en",)) is newer
    service.retire_template(version.template, by=identity("manager-lahore"))
    db.session.flush()
    assert usable_version("call_soon", "en") is None
    with pytest.raises(Refused, match="retired"):
        service.draft_version(version.template, CALL, by=identity("manager-lahore"))


def test_the_shipped_wordings_are_there_as_drafts_of_nobody(context: Flask) -> None:
    versions = db.session.scalars(select(TemplateVersion)).all()
    keys = {template.key for template in list_templates()}
    assert keys == {
        "answer_waiting", "appointment_reminder", "please_call", "we_tried_to_call", "document_ready",
        "how_was_it", "notice",
    }  # fmt: skip
    assert len(versions) == 6 * len(keys)
    assert {(each.status, each.written_by_id, each.reviewed_by_id) for each in versions} == {
        (S.DRAFT, None, None)
    }
    assert load_shipped_templates() == 0


def test_a_release_leaves_alone_what_was_worked_on_here(context: Flask, identity: People) -> None:
    template = find_template("please_call")
    assert template is not None
    mine = next(each for each in template.versions if each.language == "en")
    house = next(each for each in template.versions if each.language == "ur")
    service.change_draft(mine, CALL, by=identity("manager-lahore"))
    house.body = "an older text of the house"
    db.session.flush()
    assert load_shipped_templates() == 2
    db.session.flush()
    assert mine.body == CALL.body
    assert house.body != "an older text of the house"
    assert load_shipped_templates() == 0


def test_a_submitted_wording_reaches_the_provider_and_is_used_once_whatsapp_says_so(
    house: House, contents: Contents
) -> None:
    key = submitted(house)
    kept = contents.named("call_soon_en_1")
    assert kept["types"] == {"twilio/text": {"body": CALL.body}}
    assert (kept["language"], kept["approval_requests"]["category"]) == ("en", "UTILITY")
    assert get_version(key).status is S.PENDING
    assert usable_version("call_soon", "en") is None
    contents.decide("approved")
    version = synced(house, key)
    assert (version.status, version.approved_category) == (S.APPROVED, Category.UTILITY)
    assert usable_version("call_soon", "en") == version
    tags = [event.tag for event in db.session.scalars(select(AuditEvent))]
    assert tags.count("messaging:template:moved") == 3


def test_buttons_and_examples_go_with_it(house: House, contents: Contents) -> None:
    template = find_template("appointment_reminder")
    assert template is not None
    version = next(each for each in template.versions if each.language == "ckb")
    service.review_version(version, by=house.identity("admin"))
    service.submit_version(version, by=house.identity("admin"))
    db.session.commit()
    house.work()
    kept = contents.named("appointment_reminder_ckb_1")
    assert kept["variables"] == {"1": "٣ی ئازار", "2": "10:30"}
    (kind,) = kept["types"].values()
    assert [action["id"] for action in kind["actions"]] == ["confirm", "another_time", "cannot_come"]


def test_a_lost_answer_makes_no_second_one(house: House, contents: Contents) -> None:
    contents.drop_next = True
    key = submitted(house)
    assert get_version(key).content_sid is None
    db.session.rollback()
    job = db.session.scalars(select(Job).where(Job.kind == "messaging.submit_template")).one()
    assert job.state is JobState.QUEUED
    job.run_at = job.created_at
    db.session.commit()
    house.work()
    assert contents.asked.count("create") == 1
    assert contents.named("call_soon_en_1")["approval_requests"]["status"] == "received"
    assert get_version(key).content_sid == contents.named("call_soon_en_1")["sid"]


@pytest.mark.parametrize("status", [429, 401, 500])
def test_a_provider_that_cannot_now_is_asked_again(house: House, contents: Contents, status: int) -> None:
    contents.refuse_next = (status, status)
    key = submitted(house)
    assert get_version(key).status is S.PENDING


def test_what_the_provider_refuses_outright_is_told(house: House, contents: Contents) -> None:
    contents.refuse_next = (400, 60234)
    key = submitted(house)
    version = get_version(key)
    assert (version.status, version.rejection) == (S.REJECTED, "the name was used before")
    assert [each.id for each in list_troubled()] == [key]
    tasks = db.session.scalars(select(Task)).all()
    assert [task.assignee_id for task in tasks] == [house.identity("manager-lahore").user_id]


@pytest.mark.parametrize(
    ("said", "status"), [("rejected", S.REJECTED), ("paused", S.PAUSED), ("disabled", S.DISABLED)]
)
def test_what_whatsapp_takes_away_is_not_sent_and_is_told(
    house: House, contents: Contents, said: str, status: TemplateStatus
) -> None:
    key = submitted(house)
    contents.decide("approved")
    synced(house, key)
    contents.decide(said, reason="INVALID_FORMAT")
    version = synced(house, key)
    assert (version.status, version.rejection) == (status, "INVALID_FORMAT")
    assert usable_version("call_soon", "en") is None
    assert count_troubled(house.identity("admin")) == 1
    assert count_troubled(house.identity("counsellor-lahore")) == 0
    synced(house, key)
    assert len(db.session.scalars(select(Task)).all()) == 1


def test_a_pause_that_is_over_makes_it_usable_again(house: House, contents: Contents) -> None:
    key = submitted(house)
    for said in ("approved", "paused", "approved"):
        contents.decide(said)
        version = synced(house, key)
    assert version.status is S.APPROVED
    assert count_troubled(house.identity("admin")) == 0


def test_another_category_is_told_and_can_be_accepted(house: House, contents: Contents) -> None:
    key = submitted(house)
    contents.decide("approved")
    synced(house, key)
    contents.decide("approved", category="MARKETING")
    version = synced(house, key)
    assert (version.status, version.trouble) == (S.APPROVED, Trouble.CATEGORY)
    assert count_troubled(house.identity("admin")) == 1
    service.accept_category(version, by=house.identity("admin"))
    db.session.commit()
    assert synced(house, key).trouble is None
    assert get_version(key).template.category is Category.MARKETING


def test_what_was_deleted_at_the_provider_is_never_sent(house: House, contents: Contents) -> None:
    key = submitted(house)
    contents.decide("approved")
    synced(house, key)
    contents.kept.clear()
    version = synced(house, key)
    assert (version.status, version.trouble) == (S.DISABLED, Trouble.DELETED)


def test_a_list_of_another_account_changes_nothing(house: House, contents: Contents) -> None:
    templates = list_templates()
    for version in [version for each in templates[:2] for version in each.versions][:5]:
        service.review_version(version, by=house.identity("admin"))
        service.submit_version(version, by=house.identity("admin"))
    db.session.commit()
    house.work()
    contents.decide("approved")
    service.sync_now(by=SYSTEM)
    db.session.commit()
    house.work()
    assert len(list_usable()) == 5
    contents.kept.clear()
    service.sync_now(by=SYSTEM)
    db.session.commit()
    house.work()
    assert len(list_usable()) == 5


def test_what_was_changed_at_the_provider_is_never_sent(house: House, contents: Contents) -> None:
    key = submitted(house)
    contents.decide("approved")
    synced(house, key)
    contents.named("call_soon_en_1")["types"] = {"twilio/text": {"body": "Your visa is ready."}}
    version = synced(house, key)
    assert (version.status, version.trouble) == (S.DISABLED, Trouble.CHANGED)
    assert usable_version("call_soon", "en") is None


@pytest.mark.parametrize("what", ["paused", "rejected", "deleted", "changed", "retired"])
def test_what_was_taken_away_after_it_was_scheduled_is_held_and_told(
    house: House, contents: Contents, clock: time_machine.Traveller, what: str
) -> None:
    key = submitted(house)
    contents.decide("approved")
    synced(house, key)
    db.session.rollback()
    thread = house.written_to()
    when = When(send_at=now() + timedelta(hours=2))
    send_template(
        thread, get_version(key), {}, compose_id=uuid4(), by=house.identity("counsellor-lahore"), when=when
    )
    db.session.commit()
    if what == "deleted":
        contents.kept.clear()
    elif what == "changed":
        contents.named("call_soon_en_1")["types"] = {"twilio/text": {"body": "Another text."}}
    elif what == "retired":
        service.retire_template(get_version(key).template, by=house.identity("admin"))
    else:
        contents.decide(what)
    synced(house, key)
    db.session.rollback()
    clock.shift(timedelta(hours=2, minutes=1))
    house.work()
    message = house.message()
    assert (message.status, message.reason) == (MessageStatus.HELD, Reason.TEMPLATE_NOT_APPROVED)
    assert what == "retired" or len(house.rows(Task)) == 1


def test_a_list_that_cannot_be_read_changes_nothing(house: House, contents: Contents) -> None:
    key = submitted(house)
    contents.decide("approved")
    synced(house, key)
    house.change_carrier(base_url="http://127.0.0.1:9")
    assert synced(house, key).status is S.APPROVED


def test_a_retired_wording_is_taken_away_at_the_provider(house: House, contents: Contents) -> None:
    key = submitted(house)
    service.retire_version(get_version(key), by=house.identity("manager-lahore"))
    db.session.commit()
    house.work()
    assert contents.kept == {}
    assert get_version(key).status is S.RETIRED
    assert count_troubled(house.identity("admin")) == 0


def test_a_newer_wording_ends_the_trouble_of_the_older(house: House, contents: Contents) -> None:
    contents.refuse_next = (400, 60234)
    key = submitted(house)
    version = get_version(key)
    service.draft_version(version.template, CALL, by=house.identity("manager-lahore"))
    db.session.commit()
    assert count_troubled(house.identity("admin")) == 0


def test_a_wording_that_is_not_there_is_not_found(context: Flask) -> None:
    with pytest.raises(NotFound):
        get_version(UUID(int=0))
    assert db.session.get(MessageTemplate, UUID(int=0)) is None


def test_the_simulator_approves_it_and_a_phone_gets_it_after_the_window(
    house: House, control: Control, clock: time_machine.Traveller
) -> None:
    template = find_template("appointment_reminder")
    assert template is not None
    version = next(each for each in template.versions if each.language == "ur")
    service.review_version(version, by=house.identity("admin"))
    service.submit_version(version, by=house.identity("admin"))
    key = version.id
    db.session.commit()
    house.work()
    assert synced(house, key).status is S.APPROVED
    db.session.rollback()
    thread = house.written_to()
    control.close_window()
    clock.shift(timedelta(hours=26))
    values = {"date": '3 "مارچ"', "time": "10:30"}
    send_template(
        thread, get_version(key), values, compose_id=uuid4(), by=house.identity("counsellor-lahore")
    )
    db.session.commit()
    house.work()
    (shown,) = house.on_screen()
    assert '3 "مارچ" کو 10:30 بجے' in shown
