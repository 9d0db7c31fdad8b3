"""Pyodide under Node, asked once for all tests; and the site with its exercises, as a server gives it to Chromium."""

import json
import runpy
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gnomon.knowledge.lessons import load
from tests.pyodide.answers import JUDGE, SEEN, answers
from tests.pyodide.projects import projects

DEADLINE_S = 240
TOOLS = Path(__file__).parents[2] / "tools"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Pyodide says: `found` in each of the projects, and `replies` to the answers."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("needs Node.js and npm")
    folder = tmp_path_factory.mktemp("pyodide")
    subprocess.run([sys.executable, TOOLS / "browser_runtime.py", folder / "runtime"], check=True, timeout=DEADLINE_S)
    questions = {"projects": projects(), "answers": answers(), "judge": str(JUDGE), "seen": SEEN}
    (folder / "questions.json").write_text(json.dumps(questions), encoding="utf-8")

    ended = subprocess.run(
        ["node", Path(__file__).with_name("ask.mjs"), folder / "runtime", folder / "questions.json"],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Headless Chromium, driven by Playwright, whose event loop must be gone before other tests begin."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None or shutil.which("npm") is None:
        pytest.skip("needs Chromium and npm")
    with playwright.sync_playwright() as driver:
        # Containers run as root, where Chromium's sandbox can't; the page under test is our own.
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the built site with its exercises, on loopback."""
    building = runpy.run_path(str(TOOLS / "site" / "add_exercises.py"))
    subprocess.run([sys.executable, TOOLS / "site" / "assemble.py"], check=True, timeout=DEADLINE_S)
    folder = tmp_path_factory.mktemp("site") / "site"
    shutil.copytree(building["SITE"], folder)
    building["add"](folder, load(), SEEN)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Says nothing."""
