"""Measure, and print one line per figure: `name value unit goal met|short`."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from tests.bench import answers
from tests.bench.goals import COMPARED_WITH_FLOOR, GOALS, Figure, against_floor, figure, of_page, percentile
from tests.bench.house import MRC, House, long_case, opened, resident_megabytes, samples, settle
from tests.bench.visitor import Browsing, Page, Visitor
from tests.bench.webhooks import flood
from tests.support import machine
from tests.support.processes import free_port, stop

ALONE, TOGETHER, CLIENTS, WARM_UP = 300, 400, 8, 30
COUNSELLORS = 20
COUNSELLOR = "counsellor-lahore"
LINE = "whatsapp:+923000000101"


def main() -> int:
    persons = int(os.environ.get("BENCH_PERSONS", "300000"))
    kind = os.environ.get("BENCH_DB", "postgresql")
    kept = os.environ.get("BENCH_HOME")
    folder = Path(kept or tempfile.mkdtemp(prefix="mrc-bench-", dir="/var/tmp"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    if machine.main():
        return 1
    try:
        with opened(folder, kind) as house:
            measure(house, persons)
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def measure(house: House, persons: int) -> None:
    """Seed, serve, ask, and print as it goes."""
    filled = house.home / f"seeded-{persons}"
    if not filled.exists():
        said = house.seed(persons)
        rate = float(said.rsplit("(", 1)[1].split()[0])
        # The goal was set for PostgreSQL.
        goal = GOALS["seed_rate"] if house.database == "postgresql" else None
        show(Figure("seed_rate", rate, "persons/s", goal))
        settle(house)
        filled.touch()
    long_id, found = long_case(house), samples(house)
    note = f"# {house.database}: {found['counts']}, {found['messages']} messages"
    sys.stderr.write(note + "\n")
    floor = measure_floor(house)
    web = house.start(MRC, "serve", "--port", str(house.port), "--workers", "2", port=house.port)
    worker = house.start(MRC, "work")
    visitor = Visitor(house.port)
    visitor.sign_in(COUNSELLOR)
    wanted = [name for name in os.environ.get("BENCH_ONLY", "").split(",") if name]
    for page in pages(found, long_id):
        if not wanted or page.name in wanted:
            measure_page(page, visitor, floor)
    if not wanted or "webhooks" in wanted:
        measure_intake(house, pages(found, long_id))
    if not wanted or "answers" in wanted:
        measure_answers(house, visitor)
    show(figure("worker_rss", max(resident_megabytes(web), resident_megabytes(worker)), "MB"))


def pages(found: dict[str, list[str]], long_id: str) -> list[Page]:
    """What is measured, in this order."""
    form: dict[str, object] = {
        "channel": "hotline", "direction": "inbound", "language": "ur", "topics": ["overseas_employment"],
        "outcome": "information_given", "minutes": "7", "note": "Asked about asylum.",
    }  # fmt: skip
    return [
        Page("case_list", ("/cases",)),
        Page("name_search", tuple("/persons?" + urlencode({"q": name}) for name in found["names"])),
        Page("case_open", tuple(f"/cases/{case_id}" for case_id in found["cases"])),
        Page("long_case_open", (f"/cases/{long_id}",)),
        Page("my_day", ("/",)),
        Page("inbox", ("/inbox",)),
        Page("consultation_create", ("/consultations/new",), form),
    ]


def measure_page(page: Page, visitor: Visitor, floor: float) -> None:
    page.times(visitor, WARM_UP)
    alone = page.times(visitor, ALONE)
    figures = of_page(page.name, alone, page.times_together(visitor, CLIENTS, TOGETHER))
    if page.name in COMPARED_WITH_FLOOR:
        figures.append(against_floor(page.name, statistics.median(alone), floor))
    show(*figures)


def measure_floor(house: House) -> float:
    """The median of the bare page, in milliseconds."""
    port = free_port()
    server = house.start(sys.executable, "-m", "tests.bench.floor", port=port)
    page, visitor = Page("floor", ("/",)), Visitor(port)
    page.times(visitor, WARM_UP)
    alone = page.times(visitor, ALONE)
    show(*of_page("floor", alone, page.times_together(visitor, CLIENTS, TOGETHER)))
    house.processes.remove(server)
    stop(server.pid)
    return statistics.median(alone)


def measure_intake(house: House, seen: list[Page]) -> None:
    """Messages come in as fast as promised while twenty counsellors read."""
    visitors = [Visitor(house.port) for _ in range(COUNSELLORS)]
    for visitor in visitors:
        visitor.sign_in(COUNSELLOR)
    browsing = Browsing(visitors, [url for page in seen if page.form is None for url in page.urls[:5]])
    with browsing.going_on():
        intake = flood(house, LINE)
    lost = intake.sent - min(intake.stored, intake.messages)
    show(
        figure("webhook_rate", intake.rate, "/s"),
        figure("webhook_p99", percentile(intake.milliseconds, 0.99), "ms"),
        Figure("webhook_lost", lost, "messages", 0),
        figure("browse_p95", percentile(browsing.milliseconds, 0.95), "ms"),
    )


def measure_answers(house: House, visitor: Visitor) -> None:
    """Counsellors answer while thousands are being written to."""
    simulator = (sys.executable, "-m", "mrc.simulator", "--port", str(house.sim_port))
    house.start(*simulator, port=house.sim_port)
    app = house.app()
    threads = answers.hear(house, app, LINE)
    broadcast_id = answers.launch(house, app, "LHE")
    times = answers.answer(app, visitor, threads)
    sent = answers.end(app, broadcast_id)
    show(
        Figure("answer_p50", statistics.median(times), "ms"),
        figure("answer_p95", percentile(times, 0.95), "ms"),
        Figure("broadcast_sent_meanwhile", sent, "messages"),
    )


def show(*figures: Figure) -> None:
    for each in figures:
        sys.stdout.write(each.line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{failed.cmd[0]} failed: {failed.stderr}")
