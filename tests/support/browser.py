"""The real thing: web, worker and phone simulator as processes of their own, and a real Chromium in front.

`stack` starts them once per run on a fresh embedded demo database, by the same commands as the demo does.
`open_page` opens a window of any size, `page` is one of 1280 x 800. Whatever a page says to the console,
breaks of the content security policy included, and every request to another machine fail the test.

Five processes on two cores sometimes stand still for longer than a window waits. A play that fails is played
once more, on a fresh installation, and the summary names it (docs/decisions.md 25).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from config import from_environment
from mrc.demo.supervisor import commands, demo_environment, environment_of
from tests.support.machine import CHROMIUM, program
from tests.support.processes import LOOPBACK, answers, free_port, run, start, stop, wait_until
from tests.support.services import Services

ROOT = Path(__file__).parent.parent.parent
MRC = Path(sys.executable).parent / "mrc"
QUIET_AND_OFFLINE = [
    "--no-sandbox",  # Chromium's own sandbox does not start as root, and it opens our pages only.
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
SCREENSHOTS = "SCREENSHOTS"
"""The environment variable that names the folder where screenshots are kept; otherwise pytest's own."""
PATIENCE = 60_000
"""How long a window waits for what it was told to do or to find, in milliseconds."""
WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Stack:
    """The processes of one installation and where they answer."""

    home: Path
    web_port: int = field(default_factory=free_port)
    simulator_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def web_url(self) -> str:
        return f"http://{LOOPBACK}:{self.web_port}"

    @property
    def simulator_url(self) -> str:
        return f"http://{LOOPBACK}:{self.simulator_port}"

    def prepare(self) -> None:
        """Make the database with the demo data, and know what the processes are told and how they start."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("MRC_", "TWILIO_"))}
        ports = {"port": self.web_port, "sim_port": self.simulator_port}
        told = demo_environment(ours | {"MRC_HOME": str(self.home)}, **ports)
        run([MRC, "demo", "--prepare-only"], cwd=ROOT, environment=told)
        self.environment = environment_of(from_environment(told), told, self.web_port)
        self.commands = commands(**ports)

    def start(self, name: str) -> None:
        """Start `web`, `worker` or `simulator` and wait until it answers."""
        log = self.home.parent / f"{name}.log"
        process = start(self.commands[name], log=log, cwd=ROOT, environment=self.environment)
        self.processes[name] = process
        if port := {"web": self.web_port, "simulator": self.simulator_port}.get(name):
            wait_until(lambda: answers(port), process, log)

    def stop(self, name: str) -> None:
        """End one process, politely."""
        stop(self.processes.pop(name).pid)

    def start_all(self) -> None:
        self.home.mkdir(mode=0o700)
        self.prepare()
        for name in ("simulator", "web", "worker"):
            self.start(name)

    def stop_all(self) -> None:
        for name in list(self.processes):
            self.stop(name)

    def begin_anew(self) -> None:
        """End the processes, forget what was done, and start them on a fresh demo database."""
        self.stop_all()
        shutil.rmtree(self.home)
        self.start_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a window is played once more when it fails."""
    for item in items:
        if "open_page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def stack(services: Services, worker_id: str) -> Iterator[Stack]:
    """Web, worker and simulator on a fresh demo database; one set for each worker of a parallel run."""
    folder = services.folder / f"stack-{worker_id}"
    folder.mkdir(mode=0o700)
    made = Stack(folder / "home")
    try:
        made.start_all()
        yield made
    finally:
        made.stop_all()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; Playwright's own is never downloaded."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        launched = playwright.chromium.launch(executable_path=program(CHROMIUM), args=QUIET_AND_OFFLINE)
        yield launched
        launched.close()


@pytest.fixture
def open_page(
    stack: Stack, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Open windows, such as `open_page(width=390, height=844)`, watched for faults until the test ends."""
    if getattr(request.node, "execution_count", 1) > 1:
        stack.begin_anew()
    faults: list[str] = []
    with ExitStack() as opened:

        def make(width: int = 1280, height: int = 800, **options: object) -> Page:
            window = browser.new_context(
                base_url=stack.web_url,
                viewport={"width": width, "height": height},
                **options,  # type: ignore[arg-type]
            )
            opened.callback(window.close)
            window.set_default_timeout(PATIENCE)
            page = window.new_page()
            watch(page, faults)
            return page

        yield make
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A window of 1280 x 800."""
    return open_page()


def watch(page: Page, faults: list[str]) -> None:
    """Note errors of a page's scripts, its complaints to the console and its requests to other machines."""

    def hear(message: ConsoleMessage) -> None:
        # The browser itself reports each answer of 400 or more; the test looks at those pages.
        if (
            message.type in {"error", "warning"}
            and "the server responded with a status of" not in message.text
        ):
            faults.append(f"{page.url}: {message.text}")

    def let_through(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.hostname == LOOPBACK or address.scheme in {"data", "blob"}:
            route.continue_()
        else:
            faults.append(f"{page.url} asks {address.hostname}")
            route.abort()

    page.on("console", hear)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.route("**/*", let_through)


def picture(page: Page, name: str, tmp_path: Path) -> Path:
    """Take a picture of the whole page; returns where it was kept."""
    folder = Path(os.environ.get(SCREENSHOTS) or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on a page, one sentence per rule and place."""
    results = Axe().run(page, options={"runOnly": WCAG_2_2_AA})
    return [
        f"{found['id']}: {found['help']} at {node['target']}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]
