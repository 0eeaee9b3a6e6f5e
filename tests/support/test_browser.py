"""What a page does wrong in the browser does not go unseen."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import accessibility_faults, watch

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="en"><head><title>Cases</title><link rel="icon" href="data:,"></head>
<body><main><h1>Cases</h1>{}</main></body></html>"""


class Faulty(BaseHTTPRequestHandler):
    """Serves the faults by name, under a strict policy."""

    FAULTS = {
        "/none": "",
        "/inline": "<script>document.title = 'broken'</script>",
        "/error": '<script src="/throws.js"></script>',
        "/outside": '<img src="http://example.org/x.png" alt="">',
        "/unlabelled": '<input name="q">',
    }

    def do_GET(self) -> None:
        is_script = self.path.endswith(".js")
        body = "throw new Error('broken')" if is_script else PAGE.format(self.FAULTS[self.path])
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Security-Policy", "default-src 'self'; img-src * data:")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Faulty) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/inline", "Content Security Policy"),
        ("/error", "broken"),
        ("/outside", "asks example.org"),
    ],
)
def test_faults_are_noted(window: Page, address: str, path: str, fault: str):
    faults: list[str] = []
    watch(window, faults)
    window.goto(address + path, wait_until="networkidle")
    assert any(fault in noted for noted in faults), faults


def test_a_page_in_order_is_left_alone(window: Page, address: str):
    faults: list[str] = []
    watch(window, faults)
    window.goto(f"{address}/none", wait_until="networkidle")
    assert faults == []
    assert accessibility_faults(window) == []


def test_what_a_screen_reader_misses_is_found(window: Page, address: str):
    window.goto(f"{address}/unlabelled")
    assert any(fault.startswith("label") for fault in accessibility_faults(window))
