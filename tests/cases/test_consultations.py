"""What a consultation says: first or follow-up, interpreter, minutes per topic; corrections and voids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from mrc.audit.models import AuditEvent
from mrc.cases.models import Consultation, ConsultationAmendment
from mrc.cases.policy import CONSULTATIONS
from mrc.cases.queries import (
    ConsultationFilter,
    count_consultations,
    list_amendments,
    list_consultations,
    list_consultations_of_person,
    list_split,
)
from mrc.cases.service import (
    amend_consultation,
    name_enquirer,
    record_consultation,
    split_minutes,
    void_consultation,
)
from mrc.cases.states import ConsultationKind
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from tests.cases.conftest import SYSTEM, Lahore, details
from tests.contracts.test_query_counts import counted
from tests.support.pages import PageClient

Clients = Callable[..., PageClient]
LATER = timedelta(days=1)


def test_the_first_consultation_of_a_person_is_initial_and_the_next_a_follow_up(lahore: Lahore) -> None:
    person = lahore.person()
    first = lahore.log(person=person, started_at=clock.minutes_ago(90))
    second = lahore.log(person=person)
    assert (first.kind, second.kind) == (ConsultationKind.INITIAL, ConsultationKind.FOLLOW_UP)


def test_the_first_consultation_in_a_case_is_initial_whatever_was_before_it(lahore: Lahore) -> None:
    person = lahore.person()
    lahore.log(person=person, started_at=clock.minutes_ago(90))
    case = lahore.case(person)
    kinds = [
        lahore.log(case=case, started_at=clock.minutes_ago(60)).kind,
        lahore.log(case=case).kind,
    ]
    assert kinds == [ConsultationKind.INITIAL, ConsultationKind.FOLLOW_UP]


def test_a_void_consultation_does_not_make_the_next_one_a_follow_up(lahore: Lahore) -> None:
    person = lahore.person()
    void_consultation(
        lahore.log(person=person, started_at=clock.minutes_ago(90)), reason="twice", by=lahore.by()
    )
    assert lahore.log(person=person).kind is ConsultationKind.INITIAL


def test_an_anonymous_consultation_becomes_a_follow_up_when_its_person_was_known(lahore: Lahore) -> None:
    person = lahore.person()
    lahore.log(person=person, started_at=clock.minutes_ago(90))
    nameless = lahore.log()
    assert nameless.kind is ConsultationKind.INITIAL
    name_enquirer(nameless, person, by=lahore.by())
    assert nameless.kind is ConsultationKind.FOLLOW_UP


def test_whoever_records_may_say_which_it_is(lahore: Lahore) -> None:
    assert lahore.log(kind=ConsultationKind.FOLLOW_UP).kind is ConsultationKind.FOLLOW_UP


def test_the_kind_costs_the_recording_no_query(app: Flask, lahore: Lahore) -> None:
    person, by = lahore.person(), lahore.by()
    centre_id = lahore.id
    db.session.commit()
    db.session.refresh(person)
    with counted(app) as statements:
        record_consultation(details(), centre_id=centre_id, by=by, person=person)
        db.session.flush()
    assert len([line for line in statements if "consultation" in line]) == 1


def test_the_interpreter_is_kept_with_the_name_sealed(lahore: Lahore) -> None:
    row = lahore.log(
        has_interpreter=True,
        interpreter_kind="family",
        interpreter_language="ps",
        interpreter_name="Zarghuna",
        information=("safe_migration",),
        information_language="ps",
    )
    assert (row.interpreter_kind, row.interpreter_name) == ("family", "Zarghuna")
    assert b"Zarghuna" not in (row.interpreter_name_sealed or b"")
    assert row.information_language == "ps"


def test_without_an_interpreter_nothing_is_kept_of_one(lahore: Lahore) -> None:
    row = lahore.log(interpreter_kind="family", interpreter_name="Zarghuna")
    assert (row.interpreter_kind, row.interpreter_name) == (None, None)


def test_minutes_are_split_by_topic_when_they_add_up(lahore: Lahore) -> None:
    row = lahore.log(split={"overseas_employment": 15, "pre_departure": 5})
    assert list_split(row) == {"overseas_employment": 15, "pre_departure": 5}


@pytest.mark.parametrize("split", [{"overseas_employment": 5}, {"overseas_employment": 15, "trafficking": 5}])
def test_minutes_that_do_not_add_up_or_have_no_topic_are_refused(
    lahore: Lahore, split: dict[str, int]
) -> None:
    with pytest.raises(Refused) as refused:
        lahore.log(split=split)
    assert "split" in refused.value.fields


def test_a_correction_keeps_what_was_said_before(lahore: Lahore) -> None:
    row = lahore.log()
    amend_consultation(row, {"note": "Something else", "minutes": 25}, reason="", by=lahore.by())
    db.session.commit()
    (amendment,) = list_amendments(row, by=lahore.by())
    assert row.note == "Something else"
    assert amendment.before == {"note": "What was said", "minutes": 20}
    assert amendment.by_id == lahore.by().user_id
    assert b"What was said" not in (amendment.before_sealed or b"")
    tags = db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == row.id)).all()
    assert "cases:consultation:amended" in tags


def test_a_correction_that_changes_nothing_leaves_no_trace(lahore: Lahore) -> None:
    row = lahore.log()
    amend_consultation(row, {"minutes": 20}, reason="", by=lahore.by())
    assert list_amendments(row, by=lahore.by()) == []


def test_a_split_that_no_longer_fits_is_kept_with_the_earlier_values(lahore: Lahore) -> None:
    row = lahore.log(split={"overseas_employment": 20})
    amend_consultation(row, {"minutes": 30}, reason="", by=lahore.by())
    assert list_split(row) == {}
    assert list_amendments(row, by=lahore.by())[0].before["split"] == {"overseas_employment": 20}


def test_without_an_interpreter_a_correction_takes_the_facts_about_one_away(lahore: Lahore) -> None:
    row = lahore.log(has_interpreter=True, interpreter_kind="hired", interpreter_name="Zarghuna")
    amend_consultation(row, {"has_interpreter": False}, reason="", by=lahore.by())
    assert (row.interpreter_kind, row.interpreter_name) == (None, None)


def test_on_later_days_a_correction_needs_a_reason(lahore: Lahore, clock: time_machine.Traveller) -> None:
    row = lahore.log()
    clock.shift(LATER)
    with pytest.raises(Refused) as refused:
        amend_consultation(row, {"minutes": 25}, reason=" ", by=lahore.by())
    assert "reason" in refused.value.fields
    amend_consultation(row, {"minutes": 25}, reason="misread", by=lahore.by())
    assert list_amendments(row, by=lahore.by())[0].reason == "misread"


def test_the_day_ends_at_midnight_of_the_centre(lahore: Lahore, clock: time_machine.Traveller) -> None:
    row = lahore.log()
    clock.shift(timedelta(hours=9, minutes=59))  # 23:59 in Lahore
    amend_consultation(row, {"minutes": 25}, reason="", by=lahore.by())
    clock.shift(timedelta(minutes=1))
    with pytest.raises(Refused):
        amend_consultation(row, {"minutes": 26}, reason="", by=lahore.by())


def test_colleagues_do_not_correct_but_managers_of_the_centre_do(lahore: Lahore) -> None:
    row = lahore.log()
    for username in ("protection-lahore", "manager-erbil", "coordinator-pakistan"):
        with pytest.raises(Forbidden):
            amend_consultation(row, {"minutes": 25}, reason="why", by=lahore.by(username))
        with pytest.raises(Forbidden):
            void_consultation(row, reason="why", by=lahore.by(username))
        with pytest.raises(Forbidden):
            split_minutes(row, {"pre_departure": 20}, reason="why", by=lahore.by(username))
    amend_consultation(row, {"minutes": 25}, reason="", by=lahore.by("manager-lahore"))
    assert row.minutes == 25


def test_to_split_later_is_no_correction_but_to_split_anew_is(
    lahore: Lahore, clock: time_machine.Traveller
) -> None:
    row = lahore.log()
    clock.shift(LATER)
    split_minutes(row, {"pre_departure": 20}, reason="", by=lahore.by())
    assert list_amendments(row, by=lahore.by()) == []
    with pytest.raises(Refused):
        split_minutes(row, {"overseas_employment": 20}, reason="", by=lahore.by())
    split_minutes(row, {"overseas_employment": 20}, reason="mixed up", by=lahore.by())
    assert list_split(row) == {"overseas_employment": 20}
    assert list_amendments(row, by=lahore.by())[0].before == {"split": {"pre_departure": 20}}


def test_a_void_consultation_is_kept_but_neither_counted_nor_changed(lahore: Lahore) -> None:
    person = lahore.person()
    row = lahore.log(person=person)
    before = count_consultations(lahore.by(), ConsultationFilter())
    void_consultation(row, reason="The wrong person", by=lahore.by())
    db.session.commit()
    assert count_consultations(lahore.by(), ConsultationFilter()) == before - 1
    assert count_consultations(lahore.by(), ConsultationFilter(with_void=True)) == before
    assert list_consultations_of_person(person.id, by=lahore.by()) == [row]
    for act in (
        lambda: amend_consultation(row, {"minutes": 1}, reason="x", by=lahore.by()),
        lambda: void_consultation(row, reason="x", by=lahore.by()),
        lambda: split_minutes(row, {}, reason="x", by=lahore.by()),
    ):
        with pytest.raises(Refused):
            act()
    assert row.void_reason == "The wrong person"
    tags = db.session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id == row.id)).all()
    assert "cases:consultation:voided" in tags


def test_voiding_needs_a_reason(lahore: Lahore) -> None:
    with pytest.raises(Refused) as refused:
        void_consultation(lahore.log(), reason="  ", by=lahore.by())
    assert "reason" in refused.value.fields


def test_a_void_nameless_consultation_gets_no_name_any_more(lahore: Lahore) -> None:
    row = lahore.log()
    void_consultation(row, reason="spam", by=lahore.by())
    with pytest.raises(Refused):
        name_enquirer(row, lahore.person(), by=lahore.by())


@pytest.mark.parametrize(
    "broken",
    ["voided_at = '2026-03-02'", "minutes = -1", 'case_id = (SELECT id FROM "case"), person_id = NULL'],
)
def test_the_database_itself_keeps_the_rules_of_the_table(lahore: Lahore, broken: str) -> None:
    lahore.case(lahore.person())
    lahore.log()
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE consultation SET {broken}"))
    db.session.rollback()


def test_the_list_is_narrowed_by_each_filter(lahore: Lahore) -> None:
    by = lahore.by()
    seen = {row.id for row in list_consultations(by, ConsultationFilter(), cursor=None, size=200).items}
    ours = {
        "email": lahore.log(channel="email"),
        "spam": lahore.log(outcome="spam"),
        "follow_up": lahore.log(kind=ConsultationKind.FOLLOW_UP),
        "desk": lahore.log(by="frontdesk-lahore"),
        "old": lahore.log(started_at=clock.now() - timedelta(days=400)),
    }
    now, desk = clock.now(), lahore.by("frontdesk-lahore").user_id
    for wanted, name in (
        (ConsultationFilter(channel="email"), "email"),
        (ConsultationFilter(outcome="spam"), "spam"),
        (ConsultationFilter(kind=ConsultationKind.FOLLOW_UP), "follow_up"),
        (ConsultationFilter(counsellor_id=desk), "desk"),
        (ConsultationFilter(until=now - timedelta(days=399)), "old"),
    ):
        found = {row.id for row in list_consultations(by, wanted, cursor=None, size=200).items} - seen
        assert found == {ours[name].id}, name
    mine = {row.id for row in list_consultations(by, ConsultationFilter(mine=True), cursor=None).items}
    assert mine >= {ours["email"].id}
    assert ours["desk"].id not in mine
    assert ours["old"].id not in {
        row.id
        for row in list_consultations(by, ConsultationFilter(since=now - LATER), cursor=None, size=200).items
    }


def test_the_quick_log_takes_interpreter_and_minutes_per_topic(client: Clients, context: Flask) -> None:
    page = client("counsellor-lahore").post(
        "/consultations/new",
        {
            "channel": "walk_in",
            "topics": ["overseas_employment", "pre_departure"],
            "outcome": "information_given",
            "minutes": "۲۰",
            "split-overseas_employment": "۱۵",
            "split-pre_departure": "5",
            "interpreter_kind": "remote",
            "interpreter_name": "Zarghuna",
        },
        form="quick-log",
    )
    assert "15 minutes" in page.text
    assert "5 minutes" in page.text
    assert "Zarghuna" in page.text
    assert "First consultation" in page.text


def test_minutes_that_do_not_add_up_keep_what_was_typed(client: Clients) -> None:
    page = client("counsellor-lahore").post(
        "/consultations/new",
        {
            "channel": "walk_in",
            "topics": ["pre_departure"],
            "outcome": "information_given",
            "minutes": "20",
            "split-pre_departure": "15",
            "note": "Typed with care",
        },
        form="quick-log",
        status=422,
    )
    assert "Typed with care" in page.text
    assert page.find("input", name="split-pre_departure")[0].get("value") == "15"


def test_a_correction_through_the_page_shows_what_stood_there(client: Clients, lahore: Lahore) -> None:
    url = f"/consultations/{lahore.log(sex='female').id}"
    db.session.commit()
    counsellor = client("counsellor-lahore")
    page = counsellor.post(f"{url}/amend", {"note": "Something else", "sex": "male", "minutes": "25"})
    assert page.url == url
    assert "Something else" in page.text
    assert "What was said" in page.text
    assert "Corrected 1 time" in page.text


def test_two_corrections_at_the_same_time_are_merged_or_shown(client: Clients, lahore: Lahore) -> None:
    url = f"/consultations/{lahore.log().id}"
    db.session.commit()
    counsellor, manager = client("counsellor-lahore"), client("manager-lahore")
    opened = counsellor.get(f"{url}/amend")
    manager.post(f"{url}/amend", {"minutes": "25"})
    page = counsellor.submit(opened, {"note": "Mine"})
    assert "Mine" in page.text
    assert "25" in page.text
    stale = counsellor.get(f"{url}/amend")
    manager.post(f"{url}/amend", {"note": "Theirs"})
    conflict = counsellor.submit(stale, {"note": "Mine again"}, status=409)
    assert "Theirs" in conflict.text
    assert "Mine again" in conflict.text


def test_the_reason_is_asked_for_on_the_page_after_the_day(
    client: Clients, lahore: Lahore, clock: time_machine.Traveller
) -> None:
    url = f"/consultations/{lahore.log().id}"
    db.session.commit()
    clock.shift(LATER)
    counsellor = client("counsellor-lahore")
    assert "Write the reason" in counsellor.post(f"{url}/amend", {"minutes": "25"}, status=422).text
    assert "misread" in counsellor.post(f"{url}/amend", {"minutes": "25", "reason": "misread"}).text


def test_the_pages_of_correction_are_not_there_for_colleagues_and_after_voiding(
    client: Clients, lahore: Lahore
) -> None:
    url = f"/consultations/{lahore.log().id}"
    db.session.commit()
    colleague, counsellor = client("protection-lahore"), client("counsellor-lahore")
    for step in ("amend", "void", "minutes"):
        assert colleague.http.get(f"{url}/{step}").status_code == 404
        counsellor.get(f"{url}/{step}")
    counsellor.post(f"{url}/minutes", {"split-pre_departure": "20"})
    page = counsellor.post(f"{url}/void", {"reason": "It was logged twice"})
    assert "It was logged twice" in page.text
    assert "Correct" not in page.links
    for step in ("amend", "void", "minutes"):
        assert counsellor.http.get(f"{url}/{step}").status_code == 422


def test_the_list_shows_its_count_and_keeps_its_filters_in_the_url(client: Clients, lahore: Lahore) -> None:
    lahore.log(channel="email", outcome="spam", started_at=clock.now() - timedelta(days=2))
    void_consultation(lahore.log(channel="email"), reason="twice", by=lahore.by())
    db.session.commit()
    counsellor = client("counsellor-lahore")
    url = "/consultations?channel=email&outcome=spam&from=2026-02-28&to=2026-02-28"
    page = counsellor.get(url)
    assert len(page.find("a", class_="row-open")) == 1
    assert len(counsellor.get(url.replace("28&", "27&")).find("a", class_="row-open")) == 1
    assert not counsellor.get(url + "&kind=follow_up").find("a", class_="row-open")
    assert counsellor.get("/consultations?channel=email&void=1").find("tr", class_="void-row")
    for nonsense in ("from=yesterday", "to=9999-12-31", "counsellor=me", "kind=x", "outcome=x"):
        counsellor.get(f"/consultations?{nonsense}")


def test_an_amendment_is_read_by_those_who_read_the_consultation(lahore: Lahore) -> None:
    row = lahore.log()
    amend_consultation(row, {"minutes": 25}, reason="", by=lahore.by())
    db.session.commit()
    assert list_amendments(row, by=lahore.by("frontdesk-lahore"))
    assert not list_amendments(row, by=lahore.by("counsellor-erbil"))
    assert db.session.scalar(select(ConsultationAmendment.id))
    assert db.session.get(Consultation, row.id)


def test_whoever_carries_a_sealed_case_reads_what_colleagues_recorded_in_it(lahore: Lahore) -> None:
    case = lahore.case(lahore.person(), level=3)
    row = record_consultation(details(), centre_id=case.centre_id, by=SYSTEM, case=case)
    db.session.commit()
    readers = ("counsellor-lahore", "protection-lahore", "manager-lahore", "frontdesk-lahore")
    assert [name for name in readers if CONSULTATIONS.permits(lahore.by(name), row)] == ["counsellor-lahore"]
