"""The pages of tasks, leave, rules and flags, without a script, as each role walks through them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.audit.models import AuditEvent
from mrc.cases.models import Case, ContactAttempt
from mrc.core import clock
from mrc.core.db import db
from mrc.tasks.models import Absence, Flag, Task, TaskRule
from mrc.tasks.service import move_task
from mrc.tasks.states import TaskStatus
from tests.contracts.records import make_records
from tests.contracts.test_query_counts import queries_of
from tests.support.pages import Page, PageClient
from tests.tasks.conftest import COUNSELLOR, FRONT_DESK, MANAGER, PROTECTION, Office, at

Clients = Callable[..., PageClient]
WORKERS = (FRONT_DESK, COUNSELLOR, PROTECTION, MANAGER)
OTHERS = ("coordinator-pakistan", "analyst", "admin", "auditor")
UNKNOWN = "01234567-89ab-7def-8123-456789abcdef"
ENDS_BEFORE = {
    "repeat_every": "1",
    "repeat_until-year": "2026",
    "repeat_until-month": "3",
    "repeat_until-day": "1",
}
PAGES = ("/tasks", "/tasks/new", "/absences")


def due_on(day: str) -> dict[str, str]:
    year, month, number = day.split("-")
    return {"due-year": year, "due-month": month, "due-day": number}


def new_task(title: str, day: str = "2026-03-02", **more: str) -> dict[str, str]:
    return {"title": title, "kind": "call_back"} | due_on(day) | more


def by_title() -> dict[str, Task]:
    return {task.title or "": task for task in db.session.scalars(select(Task))}


def fresh(task: Task) -> Task:
    """The task as it stands in the database."""
    db.session.rollback()
    db.session.refresh(task)
    return task


def bulk(person: PageClient, action: str, *tasks: Task, status: int = 200) -> Page:
    """Tick tasks on the team's list and press a button below it."""
    ids = [str(task.id) for task in tasks]
    listed = person.get("/tasks?team=1&status=" + ("open" if tasks[0].status is TaskStatus.OPEN else "done"))
    return person.submit(listed, {"task": ids, "action": action}, form="/tasks/bulk", status=status)


@pytest.mark.parametrize("username", WORKERS)
def test_everybody_of_the_centre_opens_the_pages_of_tasks(
    office: Office, client: Clients, username: str
) -> None:
    task = office.task(office.case(), to=username, title="Ring the embassy")
    person = client(username)
    for url in PAGES:
        person.get(url)
    for url in ("/tasks", f"/tasks/{task.id}", f"/tasks/{task.id}/edit", "/"):
        assert "Ring the embassy" in person.get(url).html
    person.get(f"/tasks/{task.id}/cancel")


@pytest.mark.parametrize("username", OTHERS)
def test_nobody_else_opens_them(office: Office, client: Clients, username: str) -> None:
    task = office.task(title="Ring the embassy")
    person = client(username)
    for url in (*PAGES, f"/tasks/{task.id}", f"/tasks/{task.id}/edit"):
        assert person.http.get(url).status_code in (403, 404)
    assert person.http.post(f"/tasks/{task.id}/complete").status_code in (400, 403, 404)


def test_a_task_of_another_centre_is_like_one_that_does_not_exist(office: Office, client: Clients) -> None:
    task = office.task(office.case(), title="Ring the embassy")
    stranger = client("manager-erbil")
    token = stranger.get("/tasks/new").find("input", name="csrf_token")[0].get("value", "")
    steps = ("complete", "reopen", "attempted", "postpone", "take", "release", "cancel", "assign")
    for path in ("", "/edit", "/cancel"):
        hidden = stranger.http.get(f"/tasks/{task.id}{path}")
        assert hidden.status_code == stranger.http.get(f"/tasks/{uuid4()}{path}").status_code == 404
    for step in steps:
        answer = stranger.http.post(f"/tasks/{task.id}/{step}", headers={"X-CSRFToken": token})
        assert answer.status_code == 404, step
    for url in (f"/tasks/new?case={task.case_id}", f"/tasks/new?person={task.person_id}"):
        assert stranger.http.get(url).status_code == 404
    answer = stranger.http.post(
        "/tasks/bulk",
        data={"action": "complete", "stage": "apply", "task": str(task.id)},
        headers={"X-CSRFToken": token},
    )
    assert "Ring the embassy" not in answer.get_data(as_text=True)
    assert (fresh(task).status, task.version) == (TaskStatus.OPEN, 1)


@pytest.mark.parametrize(("level", "seen_by"), [
    (1, {FRONT_DESK, COUNSELLOR, PROTECTION, MANAGER}),
    (2, {COUNSELLOR, PROTECTION, MANAGER}),
    (3, {COUNSELLOR}),
])  # fmt: skip
def test_a_task_is_seen_like_its_case(office: Office, client: Clients, level: int, seen_by: set[str]) -> None:
    task = office.task(office.case(level=level), title="Ring the embassy")
    for username in WORKERS:
        person = client(username)
        listed = "Ring the embassy" in person.get("/tasks?team=1").text
        opened = person.http.get(f"/tasks/{task.id}").status_code == 200
        assert listed is opened is (username in seen_by), username


def test_a_task_is_written_from_a_case_and_done_from_my_day(office: Office, client: Clients) -> None:
    case = office.case()
    counsellor = client(COUNSELLOR)
    # 13:30 in Lahore is half an hour ago.
    url = f"/tasks/new?case={case.id}"
    page = counsellor.post(url, new_task("Ring the embassy", due_time="13:30", details="Ask for visa"))
    assert "Ring the embassy" in page.text
    task = by_title()["Ring the embassy"]
    assert (task.due_at, task.is_timed, task.details) == (at("2026-03-02T08:30"), True, "Ask for visa")
    assert (task.case_id, task.assignee_id) == (case.id, office.id_of(COUNSELLOR))
    assert "Ring the embassy" in counsellor.get(f"/persons/{case.person_id}").text
    day = counsellor.get("/")
    assert "overdue" in day.text
    counsellor.submit(day, {}, form=f"/tasks/{task.id}/complete")
    assert fresh(task).status is TaskStatus.DONE
    assert "Ring the embassy" not in counsellor.get("/tasks").text
    assert "Ring the embassy" in counsellor.get("/tasks?status=done").text


def test_the_figures_on_my_day_count_the_lists_that_they_lead_to(office: Office, client: Clients) -> None:
    now = clock.now()
    for hours in (-30, -1, 2, 9.99, 10.01, 40):  # Midnight in Lahore is ten hours ahead.
        office.task(due_at=now + timedelta(hours=hours))
    counsellor = client(COUNSELLOR)
    counted = {"today": 4, "overdue": 2, "week": 6, "later": 0}
    for due, expected in counted.items():
        page = counsellor.get(f"/tasks?due={due}")
        assert len(page.find("input", name="task")) == expected, due
    tiles = [" ".join(tile.itertext()).split() for tile in counsellor.get("/").find("a", class_="figure")]
    assert [tile[0] for tile in tiles[:2]] == ["4", "2"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"due-day": ""}, "due"),
        ({"due-year": "1404"}, "due"),
        ({"due-month": "13"}, "due"),
        ({"due_time": "25:00"}, "due_time"),
        ({"due_time": "870"}, "due_time"),
        ({"repeat_every": "0"}, "repeat_every"),
        ({"repeat_every": "366"}, "repeat_every"),
        (ENDS_BEFORE, "repeat_until"),
    ],
)  # fmt: skip
def test_what_makes_no_task_is_asked_for_again(
    office: Office, client: Clients, given: dict[str, str], field: str
) -> None:
    page = client(COUNSELLOR).post("/tasks/new", new_task("Ring") | given, status=422)
    assert page.find("p", id=f"{field}-error")
    assert by_title() == {}


@pytest.mark.parametrize(
    "given",
    [{"kind": "<script>"}, {"assignee": "not-a-key"}, {"assignee": UNKNOWN}, {"repeat_unit": "years"}],
)
def test_a_choice_that_the_form_does_not_offer_is_refused(
    office: Office, client: Clients, given: dict[str, str]
) -> None:
    counsellor = client(COUNSELLOR)
    form = counsellor.get("/tasks/new").form(new_task("Ring"))
    answer = counsellor.http.post("/tasks/new", data=form.values | given)
    assert answer.status_code == 422
    assert by_title() == {}


@pytest.mark.parametrize("query", ["case=x", "person=x", f"case={UNKNOWN}", f"person={UNKNOWN}"])
def test_a_task_about_nobody_we_know_cannot_be_written(client: Clients, query: str) -> None:
    client(COUNSELLOR).get(f"/tasks/new?{query}", status=404)


def test_strange_filters_narrow_to_something_or_nothing(office: Office, client: Clients) -> None:
    office.task(title="Ring the embassy")
    counsellor = client(COUNSELLOR)
    for query in ("due=never", "status=lost", "team=2", "cursor=%00x", "cursor=" + "a" * 900):
        assert "Ring the embassy" in counsellor.get(f"/tasks?{query}").text
    assert "Ring the embassy" not in counsellor.get("/tasks?kind=%27%3B--").text
    counsellor.get("/tasks?case=nonsense", status=404)


def test_the_front_desk_gives_itself_a_task(office: Office, client: Clients) -> None:
    page = client(FRONT_DESK).post("/tasks/new", new_task("Copy the passport"))
    assert "Copy the passport" in page.text
    assert by_title()["Copy the passport"].assignee_id == office.id_of(FRONT_DESK)


@pytest.mark.parametrize(
    ("step", "attribute", "value"), [("attempted", "attempts", 1), ("postpone", "postponed", 1)]
)
def test_a_double_click_does_it_once(
    office: Office, client: Clients, step: str, attribute: str, value: int
) -> None:
    task = office.task()
    counsellor = client(COUNSELLOR)
    page = counsellor.get(f"/tasks/{task.id}")
    for _click in range(2):
        counsellor.submit(page, {}, form=f"/tasks/{task.id}/{step}")
    assert getattr(fresh(task), attribute) == value


def test_a_double_click_writes_one_task_and_one_next(office: Office, client: Clients) -> None:
    counsellor = client(COUNSELLOR)
    form = counsellor.get("/tasks/new")
    for _click in range(2):
        counsellor.submit(form, new_task("Ring", repeat_every="1"))
    (task,) = db.session.scalars(select(Task)).all()
    db.session.rollback()
    page = counsellor.get(f"/tasks/{task.id}")
    for _click in range(2):
        counsellor.submit(page, {}, form=f"/tasks/{task.id}/complete")
    assert len(db.session.scalars(select(Task)).all()) == 2


def test_a_step_that_a_colleague_took_already_is_refused_with_a_sentence(
    office: Office, client: Clients
) -> None:
    task = office.task()
    first, second = client(COUNSELLOR), client(MANAGER)
    pages = [person.get(f"/tasks/{task.id}") for person in (first, second)]
    first.submit(pages[0], {}, form=f"/tasks/{task.id}/complete")
    for step in ("complete", "postpone", "attempted"):
        answer = second.submit(pages[1], {}, form=f"/tasks/{task.id}/{step}", status=422)
        assert "Look at the record as it stands now" in answer.text or "Open it again" in answer.text
    assert fresh(task).closed_by_id == office.id_of(COUNSELLOR)


def test_two_who_take_the_same_task_do_not_both_get_it(office: Office, client: Clients) -> None:
    task = office.task(to=None)
    first, second = client(COUNSELLOR), client(PROTECTION)
    pages = [person.get(f"/tasks/{task.id}") for person in (first, second)]
    first.submit(pages[0], {}, form=f"/tasks/{task.id}/take")
    second.submit(pages[1], {}, form=f"/tasks/{task.id}/take", status=403)
    assert fresh(task).assignee_id == office.id_of(COUNSELLOR)


def test_two_who_change_a_task_see_both_texts_and_choose(office: Office, client: Clients) -> None:
    task = office.task(title="Ring", due_at=at("2026-03-04T09:30"), is_timed=True)
    first, second = client(COUNSELLOR), client(MANAGER)
    url = f"/tasks/{task.id}/edit"
    mine, theirs = first.get(url), second.get(url)
    assert mine.find("input", name="due_time")[0].get("value") == "14:30"
    second.submit(theirs, {"title": "Theirs", "due_time": "16:00", "details": "Take the file along"})
    answer = first.submit(mine, {"title": "Mine", "due_time": "15:15"}, status=409)
    assert "Theirs" in answer.text
    assert "16:00" in answer.text
    first.submit(answer, {"title": "Theirs", "due_time": "15:15"})
    fresh(task)
    assert (task.title, task.due_at) == ("Theirs", at("2026-03-04T10:15"))
    assert task.details == "Take the file along", "what only one of them changed stands"


def test_changes_to_different_fields_are_merged(office: Office, client: Clients) -> None:
    task = office.task(title="Ring", due_at=at("2026-03-04T09:30"), is_timed=True)
    first, second = client(COUNSELLOR), client(MANAGER)
    url = f"/tasks/{task.id}/edit"
    mine, theirs = first.get(url), second.get(url)
    second.submit(theirs, due_on("2026-03-05"))
    first.submit(mine, {"title": "Ring her brother"})
    assert (fresh(task).title, task.due_at) == ("Ring her brother", at("2026-03-05T09:30"))


def test_the_words_of_a_rule_stay_those_of_each_reader(office: Office, client: Clients) -> None:
    rule_id = db.session.scalars(select(TaskRule.id).where(TaskRule.code == "assigned")).one()
    task = office.task(rule_id=rule_id)
    url = f"/tasks/{task.id}/edit"
    client(COUNSELLOR).post(url, due_on("2026-03-20"))
    assert (fresh(task).title, task.due_at) == (None, at("2026-03-20T18:59:59"))
    client(COUNSELLOR).post(url, {"title": "Read the case of Amina"})
    assert fresh(task).title == "Read the case of Amina"


def test_what_is_over_is_not_changed_by_an_old_page(office: Office, client: Clients) -> None:
    task = office.task(title="Ring")
    counsellor = client(COUNSELLOR)
    form = counsellor.get(f"/tasks/{task.id}/edit")
    move_task(task, "complete", by=office.by())
    counsellor.submit(form, {"title": "Another"}, status=422)
    assert fresh(task).title == "Ring"


def test_a_task_is_cancelled_with_a_reason_and_opened_again(office: Office, client: Clients) -> None:
    task = office.task()
    counsellor = client(COUNSELLOR)
    form = counsellor.get(f"/tasks/{task.id}/cancel").form({"reason": "mistake"})
    for reason in ("", "case_over", "nonsense"):
        answer = counsellor.http.post(f"/tasks/{task.id}/cancel", data=form.values | {"reason": reason})
        assert answer.status_code == 422
    assert fresh(task).status is TaskStatus.OPEN
    page = counsellor.post(f"/tasks/{task.id}/cancel", {"reason": "not_needed"})
    assert "Not needed any more" in page.text
    counsellor.submit(page, {}, form=f"/tasks/{task.id}/reopen")
    assert (fresh(task).status, task.cancel_reason) == (TaskStatus.OPEN, None)


def test_a_task_is_given_to_a_colleague_of_the_centre(office: Office, client: Clients) -> None:
    task = office.task(office.case())
    manager = client(MANAGER)
    page = manager.post(f"/tasks/{task.id}", {"assignee": str(office.id_of(PROTECTION))}, form="assign")
    assert fresh(task).assignee_id == office.id_of(PROTECTION)
    answer = manager.http.post(
        f"/tasks/{task.id}/assign",
        data=page.form({}, named="assign").values | {"assignee": str(office.id_of("counsellor-erbil"))},
    )
    assert answer.status_code == 422
    assert fresh(task).assignee_id == office.id_of(PROTECTION)
    assert client(COUNSELLOR).get(f"/tasks/{task.id}").find("form", id="assign") == []


def test_several_tasks_are_done_after_a_preview_and_each_says_what_became_of_it(
    office: Office, client: Clients
) -> None:
    first, second, third = (office.task(title=title) for title in ("First", "Second", "Third"))
    counsellor = client(COUNSELLOR)
    preview = bulk(counsellor, "complete", first, second)
    assert "2 tasks will change." in preview.text
    assert fresh(first).status is TaskStatus.OPEN
    move_task(second, "complete", by=office.by(MANAGER))
    result = counsellor.submit(preview, {}, form="/tasks/bulk", status=200)
    assert "1 task was changed." in result.text
    assert "It is not open any more." in result.text
    assert (fresh(first).status, fresh(third).status) == (TaskStatus.DONE, TaskStatus.OPEN)
    assert fresh(second).closed_by_id == office.id_of(MANAGER)


def test_the_same_bulk_act_sent_twice_is_done_once(office: Office, client: Clients) -> None:
    task = office.task()
    counsellor = client(COUNSELLOR)
    preview = bulk(counsellor, "postpone", task)
    for _click in range(2):
        answer = counsellor.submit(preview, {}, form="/tasks/bulk")
        assert answer.status == 200
    assert fresh(task).postponed == 1


def test_several_tasks_are_given_to_a_colleague(office: Office, client: Clients) -> None:
    own, theirs = office.task(title="Own"), office.task(title="Theirs", to=MANAGER)
    counsellor = client(COUNSELLOR)
    preview = bulk(counsellor, "assign", own, theirs)
    assert "Only your own tasks" in preview.text
    chosen = {"assignee": str(office.id_of(PROTECTION))}
    result = counsellor.submit(preview, chosen, form="/tasks/bulk", status=200)
    assert "1 task was changed." in result.text
    assert fresh(own).assignee_id == office.id_of(PROTECTION)
    assert fresh(theirs).assignee_id == office.id_of(MANAGER)


def test_a_sealed_task_among_many_is_refused_by_itself(office: Office, client: Clients) -> None:
    sealed = office.task(office.case(level=3), title="Sealed")
    general = office.task(title="General")
    counsellor = client(COUNSELLOR)
    preview = bulk(counsellor, "assign", sealed, general)
    chosen = {"assignee": str(office.id_of(PROTECTION))}
    result = counsellor.submit(preview, chosen, form="/tasks/bulk", status=200)
    assert "not named in the sealed file" in result.text
    assert fresh(general).assignee_id == office.id_of(PROTECTION)
    assert fresh(sealed).assignee_id == office.id_of(COUNSELLOR)


@pytest.mark.parametrize("data", [{}, {"action": "burn"}, {"action": "assign", "stage": "apply"}])
def test_a_bulk_act_that_is_none_is_refused(office: Office, client: Clients, data: dict[str, str]) -> None:
    task = office.task()
    counsellor = client(COUNSELLOR)
    token = counsellor.get("/tasks").find("input", name="csrf_token")[0].get("value", "")
    sent = data | {"task": str(task.id)}
    answer = counsellor.http.post("/tasks/bulk", data=sent, headers={"X-CSRFToken": token})
    assert answer.status_code == 422
    assert fresh(task).version == 1


def test_keys_that_are_none_are_passed_over(office: Office, client: Clients) -> None:
    counsellor = client(COUNSELLOR)
    office.task()
    token = counsellor.get("/tasks").find("input", name="csrf_token")[0].get("value", "")
    data = {"action": "complete", "task": ["nonsense", str(uuid4()), "'; --"]}
    answer = counsellor.http.post("/tasks/bulk", data=data, headers={"X-CSRFToken": token})
    assert answer.status_code == 200
    assert "No task was chosen." in answer.get_data(as_text=True)


def test_an_attempt_is_written_down_from_the_task(office: Office, client: Clients) -> None:
    case = office.case()
    task = office.task(case, due_at=at("2026-03-02T06:00"), is_timed=True)
    counsellor = client(COUNSELLOR)
    page = counsellor.post(f"/tasks/{task.id}", {"outcome": "busy"}, form="attempt")
    assert page.url == f"/tasks/{task.id}"
    assert (fresh(task).attempts, task.due_at) == (1, at("2026-03-03T06:00"))
    given = {"outcome": "call_back", "call_back_days": "1", "call_back_time": "۱۶:۳۰"}
    counsellor.submit(page, given, form="attempt")
    assert (fresh(task).attempts, task.due_at) == (2, at("2026-03-03T11:30"))
    rows = db.session.scalars(select(ContactAttempt)).all()
    assert {(row.task_ref, row.case_id) for row in rows} == {(str(task.id), case.id)}
    assert len(db.session.scalars(select(Task)).all()) == 1


def test_an_attempt_names_only_a_task_of_that_person(office: Office, client: Clients) -> None:
    task, other = office.task(office.case()), office.person()
    counsellor = client(COUNSELLOR)
    form = counsellor.get(f"/persons/{other.id}").form({"outcome": "busy"}, named="attempt")
    for strange in (str(task.id), str(uuid4()), "nonsense"):
        answer = counsellor.http.post(form.action, data=form.values | {"task": strange})
        assert answer.status_code == 404
    assert fresh(task).attempts == 0


def test_a_flag_stands_on_person_case_and_task_until_it_is_taken_down(
    office: Office, client: Clients
) -> None:
    case = office.case()
    task = office.task(case)
    counsellor = client(COUNSELLOR)
    words = {"kind": "other", "instruction": "Ask for Amina first"}
    counsellor.post(f"/persons/{case.person_id}/flags/new", words)
    for url in (f"/persons/{case.person_id}", f"/cases/{case.id}", f"/tasks/{task.id}"):
        assert "Ask for Amina first" in counsellor.get(url).text
    flag_id = db.session.scalars(select(Flag.id)).one()
    db.session.rollback()
    counsellor.post(f"/persons/{case.person_id}", {}, form=f"/flags/{flag_id}/take-down")
    for url in (f"/persons/{case.person_id}", f"/cases/{case.id}", f"/tasks/{task.id}"):
        assert "Ask for Amina first" not in counsellor.get(url).text


def test_a_flag_that_expired_already_is_asked_for_again(office: Office, client: Clients) -> None:
    case = office.case()
    words = {"kind": "other", "instruction": "Ask for Amina first"}
    passed = {"expires_on-year": "2026", "expires_on-month": "3", "expires_on-day": "1"}
    page = client(COUNSELLOR).post(f"/cases/{case.id}/flags/new", words | passed, status=422)
    assert "This day has passed." in page.text
    client(FRONT_DESK).get(f"/cases/{case.id}/flags/new", status=403)
    client("counsellor-erbil").get(f"/cases/{case.id}/flags/new", status=404)


def leave_days(first: str, last: str) -> dict[str, str]:
    parts = zip(("year", "month", "day"), first.split("-"), last.split("-"), strict=True)
    return {
        name: value
        for part, one, other in parts
        for name, value in ((f"from_on-{part}", one), (f"until_on-{part}", other))
    }


@pytest.mark.parametrize("username", [FRONT_DESK, COUNSELLOR])
def test_everybody_records_their_own_leave_and_comes_back(
    office: Office, client: Clients, username: str
) -> None:
    task = office.task(to=username)
    person = client(username)
    days = leave_days("2026-03-02", "2026-03-06")
    page = person.post("/absences", days | {"substitute": str(office.id_of(PROTECTION))}, form="leave")
    assert "1 task was handed over." in page.text
    assert fresh(task).assignee_id == office.id_of(PROTECTION)
    absence_id = db.session.scalars(select(Absence.id)).one()
    db.session.rollback()
    assert client("manager-erbil").http.post(f"/absences/{absence_id}/end").status_code in (400, 404)
    person.post("/absences", {}, form=f"/absences/{absence_id}/end")
    assert fresh(task).assignee_id == office.id_of(username)


def test_a_leave_says_first_what_will_go_over_and_what_stays(office: Office, client: Clients) -> None:
    general, sealed = office.task(title="General"), office.task(office.case(level=3), title="Sealed")
    office.task(title="Later", due_at=at("2026-03-20T09:00"))
    counsellor = client(COUNSELLOR)
    given = leave_days("2026-03-02", "2026-03-06") | {"substitute": str(office.id_of(PROTECTION))}
    preview = counsellor.post("/absences", given | {"stage": "preview"}, form="leave", status=200)
    assert "1 task will be handed over" in preview.text
    assert "Later" not in preview.text
    assert "stays: the file is not open" in preview.text
    assert db.session.scalars(select(Absence)).all() == []
    assert fresh(general).assignee_id == office.id_of(COUNSELLOR)
    counsellor.submit(preview, {}, form="leave")
    assert fresh(general).assignee_id == office.id_of(PROTECTION)
    assert fresh(sealed).assignee_id == office.id_of(COUNSELLOR)


def test_the_preview_of_a_colleagues_leave_tells_the_manager_of_nothing_sealed(
    office: Office, client: Clients
) -> None:
    office.task(office.case(level=3), title="Sealed")
    given = leave_days("2026-03-02", "2026-03-06") | {
        "user": str(office.id_of(COUNSELLOR)),
        "substitute": str(office.id_of(PROTECTION)),
    }
    manager = client(MANAGER)
    preview = manager.post("/absences", given | {"stage": "preview"}, form="leave", status=200)
    assert "Sealed" not in preview.text
    assert "Nothing falls due meanwhile." in preview.text
    page = manager.submit(preview, {}, form="leave")
    assert "0 tasks were handed over." in page.text


def test_a_leave_that_cannot_be_is_asked_for_again(office: Office, client: Clients) -> None:
    counsellor = client(COUNSELLOR)
    week, backwards = leave_days("2026-03-02", "2026-03-06"), leave_days("2026-03-06", "2026-03-02")
    own, other = ({"substitute": str(office.id_of(name))} for name in (COUNSELLOR, PROTECTION))
    page = counsellor.post("/absences", week | own, form="leave", status=422)
    assert "Choose somebody else to stand in." in page.text
    page = counsellor.post("/absences", backwards | other, form="leave", status=422)
    assert "before the first" in page.text
    own_days = week | own | {"stage": "preview"}
    page = counsellor.post("/absences", own_days, form="leave", status=422)
    assert "Choose somebody else to stand in." in page.text
    form = counsellor.get("/absences").form(week | other, named="leave")
    answer = counsellor.http.post("/absences", data=form.values | {"user": str(office.id_of(MANAGER))})
    assert answer.status_code == 422
    assert db.session.scalars(select(Absence)).all() == []


def test_a_leave_of_another_centre_is_not_ended_from_here(office: Office, client: Clients) -> None:
    absence, _handed = office.leave(
        COUNSELLOR, PROTECTION, clock.now().date(), clock.now().date() + timedelta(days=3)
    )
    for username in ("manager-erbil", FRONT_DESK):
        stranger = client(username)
        token = stranger.get("/absences").find("input", name="csrf_token")[0].get("value", "")
        answer = stranger.http.post(f"/absences/{absence.id}/end", headers={"X-CSRFToken": token})
        assert answer.status_code == 404
    db.session.refresh(absence)
    assert absence.ended_at is None


def test_a_manager_makes_rules_of_the_centre_and_leaves_those_of_everywhere(
    office: Office, client: Clients
) -> None:
    manager = client(MANAGER)
    words = {"title_en": "Look again", "offset_value": "2", "kind": "review"}
    page = manager.post("/admin/task-rules/new", words | {"trigger": "consultation_recorded:call_dropped"})
    assert "Look again" in page.links
    assert "Follow up as agreed" in page.text
    assert "Follow up as agreed" not in page.links
    assert "Look again" not in client("manager-erbil").get("/admin/task-rules").text
    assert "Follow up as agreed" in client("admin").get("/admin/task-rules").links
    rules = {rule.code: rule for rule in db.session.scalars(select(TaskRule))}
    shipped = rules["follow_up"].id
    (own,) = (rule for code, rule in rules.items() if code.startswith("own-"))
    assert (own.centre_id, own.condition) == (office.centre().id, "call_dropped")
    own_id = own.id
    db.session.rollback()
    manager.get(f"/admin/task-rules/{shipped}", status=404)
    client("manager-erbil").get(f"/admin/task-rules/{own_id}", status=404)
    client(COUNSELLOR).get("/admin/task-rules/new", status=403)
    manager.post(f"/admin/task-rules/{own_id}", {"offset_value": "5"})
    assert db.session.get_one(TaskRule, own_id).offset_value == 5


def test_a_rule_for_quiet_cases_asks_for_its_days(office: Office, client: Clients) -> None:
    manager = client(MANAGER)
    words = {"title_en": "Quiet", "offset_value": "2", "kind": "review", "trigger": "case_idle"}
    manager.post("/admin/task-rules/new", words, status=422)
    page = manager.post("/admin/task-rules/new", words | {"condition": "30"})
    manager.post(page.links["Quiet"], {"condition": "45"})
    rule = db.session.scalars(select(TaskRule).where(TaskRule.centre_id.is_not(None))).one()
    assert (rule.condition, rule.titles) == ("45", {"en": "Quiet"})


def test_two_who_change_a_rule_see_both_texts(office: Office, client: Clients) -> None:
    rule_id = db.session.scalars(select(TaskRule.id).where(TaskRule.code == "idle")).one()
    db.session.rollback()
    first, second = client("admin"), client("admin")
    url = f"/admin/task-rules/{rule_id}"
    mine, theirs = first.get(url), second.get(url)
    second.submit(theirs, {"offset_value": "9"})
    assert "9" in first.submit(mine, {"offset_value": "4"}, status=409).text


def test_opening_a_task_and_its_list_is_in_the_log(office: Office, client: Clients) -> None:
    task = office.task()
    counsellor = client(COUNSELLOR)
    counsellor.get("/tasks")
    counsellor.get(f"/tasks/{task.id}")
    tags = list(db.session.scalars(select(AuditEvent.tag)))
    assert {"tasks:task:listed", "tasks:task:read"} <= set(tags)


def test_the_pages_ask_as_often_for_many_tasks_as_for_few(
    office: Office, client: Clients, app: Flask
) -> None:
    case = office.case()
    manager = client(MANAGER)
    office.task(case, to=MANAGER)
    urls = ("/tasks", "/tasks?team=1", "/", f"/cases/{case.id}", f"/persons/{case.person_id}")
    db.session.commit()
    few = {url: queries_of(app, manager, url) for url in urls}
    for _number in range(4):
        for to in (MANAGER, COUNSELLOR, None):
            office.task(office.case() if _number == 0 else case, to=to)
    db.session.commit()
    for url in urls:
        assert queries_of(app, manager, url) <= few[url] + 1, url


def test_a_case_is_followed_by_what_was_agreed(office: Office, client: Clients) -> None:
    case = office.case()
    counsellor = client(COUNSELLOR)
    counsellor.submit(
        counsellor.get(f"/consultations/new?case={case.id}"),
        {
            "channel": "hotline",
            "outcome": "call_dropped",
            "minutes": "5",
            "direction": "inbound",
            "topics": ["overseas_employment"],
        },
    )
    assert "Call back: the call was cut off" in counsellor.get(f"/cases/{case.id}").text


def test_one_record_of_everything_is_shown(context: Flask, client: Clients) -> None:
    records = make_records("LHE")
    db.session.commit()
    page = client(MANAGER).get(f"/tasks/{records.keys['task_id']}")
    assert f"{records.marker} task" in page.heading
    assert db.session.get_one(Case, records.keys["case_id"]).number in page.html
