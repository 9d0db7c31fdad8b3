"""The documents tell the truth: what they name exists, and what the program generates is current."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"(?<!`)`(?P<code>[^`\n]+)`(?!`)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"<[^>]*>|…|\.\.\.")


def test_links_between_documents_lead_somewhere(root, documents):
    """Every relative link in a Markdown file points at a file of the repository, and its anchor at a heading."""
    broken = [
        f"{document.relative_to(root)}: {target}"
        for document in documents
        for target in _links(document)
        if not _leads_somewhere(document, target)
    ]

    assert broken == []


def test_paths_named_in_documents_exist(root, documents):
    """Every path written as code in a Markdown file exists (`<name>`, `*` and `…` stand for anything)."""
    missing = [
        f"{document.relative_to(root)}: {path}"
        for document in documents
        for path in _paths(document, root)
        if not _exists(path, root, document.parent)
    ]

    assert missing == []


def test_generated_pages_are_current(root):
    """`make docs` would change nothing."""
    result = subprocess.run(
        [sys.executable, "tools/docs.py", "--check"], cwd=root, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", ["scan", "check"])
def test_the_readme_has_the_commands_that_are_run_as_written(root, name):
    """README.md marks its two commands, one line each, for .ci/run."""
    readme = (root / "README.md").read_text(encoding="utf-8")

    found = re.findall(rf"^<!-- command: {name} -->\n```\w*\n(.+)\n```$", readme, re.MULTILINE)

    assert len(found) == 1
    assert f"readme_command {name}" in (root / ".ci" / "run").read_text(encoding="utf-8")


def test_every_make_target_named_in_a_document_exists(root, documents):
    """`make something` in a document is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    named = {
        target
        for document in documents
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert named - targets == set()


def _links(document: Path) -> list[str]:
    text = CODE.sub("", FENCE.sub("", document.read_text(encoding="utf-8")))
    return [target for target in LINK.findall(text) if not re.match(r"[a-z]+:", target)]


def _leads_somewhere(document: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = document.parent / path if path else document
    return file.exists() and (not anchor or anchor in _anchors(file))


def _anchors(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _paths(document: Path, root: Path) -> Iterator[str]:
    """Words in code spans that look like our paths: they start in one of our folders, or name a document."""
    ours = {path.name for folder in (root, root / "src" / "gnomon", document.parent) for path in folder.iterdir()}
    for code in CODE.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        for word in code.split():
            path = PLACEHOLDER.sub("*", word).strip(",;:()'\"").removeprefix("./")
            if ("/" in path and path.split("/")[0] in ours) or re.fullmatch(r"[\w-]+\.(md|toml)", path):
                yield path.partition("::")[0].rstrip("/")


def _exists(path: str, root: Path, beside: Path) -> bool:
    folders = (root, root / "src" / "gnomon", root / "src" / "gnomon" / "knowledge", beside)
    return any(next(folder.glob(path), None) is not None for folder in folders)
