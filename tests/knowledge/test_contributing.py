"""CONTRIBUTING.md's two five-minute guides, done to the letter."""

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gnomon.core.errors import KnowledgeError
from gnomon.core.finding import Finding
from gnomon.core.tree import SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"<!-- file: (?P<name>\S+) -->\n *```\w+\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
FILES = {
    match["name"]: textwrap.dedent(match["text"])
    for match in BLOCK.finditer((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
}


@pytest.fixture
def guide(tmp_path) -> Path:
    """The guides' files, written as the guides say."""
    for name, text in FILES.items():
        path = tmp_path / "guide" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "guide"


@pytest.mark.parametrize("case", ["cases/acmebus/first/client.py", "cases/template-over-network/first/server.py"])
def test_the_guide_has_the_effect_it_promises(guide, case):
    """With the guide's files gnomon reports the lines that the guide's case marks, and no other."""
    marked = {
        (number, match[1])
        for number, line in enumerate(FILES[case].splitlines(), 1)
        if (match := re.search(r"# finding: ([\w-]+)", line))
    }
    tree = Tree(target="case", files=(SourceFile(path="case.py", data=FILES[case].encode()),))

    before = _reported(tree, load())
    after = _reported(tree, load([guide]))

    assert marked
    assert not marked & before
    assert after == marked


@pytest.mark.parametrize(("kind", "name"), [("model", "acmebus"), ("rule", "template-over-network")])
def test_the_skeleton_is_written_where_the_guide_says(tmp_path, kind, name):
    """The tool writes the TOML file and a case, and will not overwrite them."""
    new = _tool(tmp_path)

    first, second = new(kind, name), new(kind, name)

    assert first.returncode == 0, first.stderr
    assert (tmp_path / f"src/gnomon/knowledge/data/{kind}s/{name}.toml").is_file()
    assert list((tmp_path / "tests/cases/scan" / name / "first").glob("*.py"))
    assert second.returncode == 2
    assert "exists already" in second.stderr


@pytest.mark.parametrize(
    ("kind", "name", "unfinished"),
    [("model", "acmebus", "is empty - at `$.link`"), ("rule", "template-over-network", "is empty - at `$.title`")],
)
def test_an_unfinished_skeleton_says_what_is_missing(tmp_path, kind, name, unfinished):
    """All of the skeleton but what only its author can know is right."""
    _tool(tmp_path)(kind, name)

    with pytest.raises(KnowledgeError, match=re.escape(unfinished)):
        load([tmp_path / "src/gnomon/knowledge/data"])


def test_a_model_skeleton_works_once_it_has_a_link(tmp_path):
    """The skeleton's case is reported as it is marked."""
    _tool(tmp_path)("model", "acmebus")
    model = tmp_path / "src/gnomon/knowledge/data/models/acmebus.toml"
    model.write_text(model.read_text(encoding="utf-8").replace('link = ""', 'link = "https://acmebus.example"'))
    case = (tmp_path / "tests/cases/scan/acmebus/first/client.py").read_text(encoding="utf-8")
    marked = {(n, "pickle-over-network") for n, line in enumerate(case.splitlines(), 1) if "# finding:" in line}

    tree = Tree(target="case", files=(SourceFile(path="case.py", data=case.encode()),))

    assert _reported(tree, load([tmp_path / "src/gnomon/knowledge/data"])) == marked


@pytest.mark.parametrize(
    "arguments", [(), ("rule",), ("rule", ""), ("rule", "../up"), ("rule", "Rule"), ("modle", "x")]
)
def test_a_wrong_call_of_the_tool_says_how_to_call_it(tmp_path, arguments):
    """Exit code 2, and nothing is written."""
    result = _tool(tmp_path)(*arguments)

    assert result.returncode == 2
    assert "make new-rule id=" in result.stderr
    assert not (tmp_path / "src").exists()


def _tool(root: Path):
    (root / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "new.py", root / "tools")

    def new(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, root / "tools" / "new.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return new


def _reported(tree: Tree, known) -> set[tuple[int, str]]:
    rules = {rule.id for rule in known.rules if rule.default}
    return {
        (answer.site.line, answer.rule)
        for answer in findings(tree, known)
        if isinstance(answer, Finding) and answer.rule in rules
    }
