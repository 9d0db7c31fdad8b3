"""Marked projects of nine topics, as they are given to Pyodide; files that deploy them would need PyYAML."""

from tests.scan.cases import Case, cases

TOPICS = (
    "across-classes", "across-files", "authentication", "complete-fixes", "curve", "endpoints", "incomplete-fixes",
    "peers", "unpicklers",
)  # fmt: skip


def projects() -> list[dict]:
    """A name and files for each."""
    return [
        _project(case)
        for case in cases()
        if case.topic in TOPICS
        and not case.unparsable()
        and not case.deployments
        and all(path.suffix == ".py" for path in case.code)
    ]


def _project(case: Case) -> dict:
    files = [(path.relative_to(case.folder).as_posix(), path.read_text(encoding="utf-8")) for path in case.code]
    return {"name": case.name, "files": files}
