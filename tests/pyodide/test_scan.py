"""A scan runs in a browser's Python too, and finds there what it finds here: Pyodide under Node."""

from typing import Any

import pytest

from gnomon.core.finding import Finding
from gnomon.core.tree import SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings
from tests.pyodide.projects import projects

pytestmark = pytest.mark.network


def _here(project: dict) -> list[list]:
    files = tuple(SourceFile(path=path, data=text.encode()) for path, text in project["files"])
    found = findings(Tree(target=project["name"], files=files), load())
    return [
        [answer.rule, answer.severity.value, answer.message, answer.site.path, answer.site.line]
        for answer in found
        if isinstance(answer, Finding)
    ]


def test_findings_are_the_same_under_pyodide(there: dict[str, Any]) -> None:
    """Marked projects of nine topics: rule, severity, message and place."""
    found = there["found"]

    assert {project["name"]: _here(project) for project in projects()} == found
    assert sum(map(len, found.values())) > 100
