"""A scan runs in a browser's Python too, and finds there what it finds here: Pyodide under Node."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gnomon.core.finding import Finding
from gnomon.core.tree import SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings
from tests.scan.cases import Case, cases

pytestmark = pytest.mark.network
DEADLINE_S = 240
GATHER = Path(__file__).parents[2] / "tools" / "browser_runtime.py"
TOPICS = (
    "across-classes", "across-files", "authentication", "complete-fixes", "curve", "endpoints", "incomplete-fixes",
    "peers", "unpicklers",
)  # fmt: skip


def _project(case: Case) -> dict:
    files = [(path.relative_to(case.folder).as_posix(), path.read_text(encoding="utf-8")) for path in case.code]
    return {"name": case.name, "files": files}


def _here(project: dict) -> list[list]:
    files = tuple(SourceFile(path=path, data=text.encode()) for path, text in project["files"])
    found = findings(Tree(target=project["name"], files=files), load())
    return [
        [answer.rule, answer.severity.value, answer.message, answer.site.path, answer.site.line]
        for answer in found
        if isinstance(answer, Finding)
    ]


@pytest.mark.skipif(shutil.which("node") is None or shutil.which("npm") is None, reason="needs Node.js and npm")
def test_findings_are_the_same_under_pyodide(tmp_path: Path) -> None:
    """Marked projects of nine topics: rule, severity, message and place. Files that deploy them would need PyYAML."""
    projects = [
        _project(case)
        for case in cases()
        if case.topic in TOPICS
        and not case.unparsable()
        and not case.deployments
        and all(path.suffix == ".py" for path in case.code)
    ]
    (tmp_path / "projects.json").write_text(json.dumps(projects), encoding="utf-8")
    subprocess.run([sys.executable, GATHER, tmp_path / "runtime"], check=True, timeout=DEADLINE_S)

    script = Path(__file__).with_name("scan.mjs")
    ended = subprocess.run(
        ["node", script, tmp_path / "runtime", tmp_path / "projects.json"],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr[-2000:]
    there = json.loads(ended.stdout)
    assert {project["name"]: _here(project) for project in projects} == there
    assert sum(map(len, there.values())) > 100
