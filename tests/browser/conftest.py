"""Pages opened in headless Chromium: what it shows, what it says on its console, and what it would load."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Opened(Struct, frozen=True):
    """A page that is open, with all that happened since it was."""

    page: Any
    """As Playwright has it."""
    said: list[str]
    """Messages on the console, violations of the policy among them, and errors that nobody caught."""
    requested: list[str]
    """Addresses that were asked for beside the page's own."""

    @property
    def trouble(self) -> list[str]:
        """Everything that must not happen."""
        return [*self.said, *self.requested]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for the tests of a file; without one, or without the library that drives it, they are skipped.

    Its driver keeps an event loop running in this thread, so it has to be gone before other tests begin.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the dependency group `browser`")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        # Containers run as root, where Chromium's sandbox can't; the page under test is our own.
        chromium = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """`open_page(document, width=1280, at="#place", …)` opens it; what else is given goes to new_context."""
    contexts = []

    def opened(document: bytes, *, width: int = 1280, at: str = "", **options: Any) -> Opened:
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_bytes(document)
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)  # milliseconds
        result = Opened(page, [], [])
        page.on("console", lambda message: result.said.append(message.text))
        page.on("pageerror", lambda error: result.said.append(str(error)))
        page.on("dialog", lambda dialog: (result.said.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: _note(result, request.url, file.as_uri()))
        page.goto(file.as_uri() + at)
        return result

    yield opened
    for context in contexts:
        context.close()


def _note(result: Opened, url: str, own: str) -> None:
    if url.partition("#")[0] != own:
        result.requested.append(url)
