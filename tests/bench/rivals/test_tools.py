"""The other scanners' reports are read alike, and only deserialization rules are run."""

import pytest

from bench.rivals.tools import (
    BANDIT,
    EXPERT_RULE,
    RUFF,
    WIDE_RULE,
    RivalFailed,
    deserialization,
    rivals,
    rule_count,
    versions,
)

RULE = "rules:\n- id: {name}\n  metadata:\n    cwe: '{cwe}'\n"


def test_reports_are_paths_and_lines():
    """Each tool's own JSON gives the place it starts at."""
    semgrep = rivals(None)[-1]
    ruff_json = [{"filename": "/t/a.py", "location": {"row": 3}, "end_location": {"row": 4}}]
    bandit_json = {"results": [{"filename": "./a.py", "line_number": 3, "line_range": [3, 4]}]}
    semgrep_json = {"results": [{"path": "a.py", "start": {"line": 3}, "end": {"line": 4}}]}

    assert list(RUFF.places(ruff_json)) == [("/t/a.py", 3)]
    assert list(BANDIT.places(bandit_json)) == [("./a.py", 3)]
    assert list(semgrep.places(semgrep_json)) == [("a.py", 3)]


def test_of_the_published_rules_those_about_deserialization_are_run(tmp_path):
    """Python rule files that name CWE-502 are chosen, others are not."""
    folder = tmp_path / "python"
    folder.mkdir()
    (folder / "pickle.yaml").write_text(RULE.format(name="avoid-pickle", cwe="CWE-502: Untrusted Data"))
    (folder / "sql.yaml").write_text(RULE.format(name="sql", cwe="CWE-89: SQL"))
    (tmp_path / "java.yaml").write_text(RULE.format(name="java", cwe="CWE-502: Untrusted Data"))
    chosen = deserialization(tmp_path)

    assert chosen == (folder / "pickle.yaml",)
    assert rule_count(chosen) == 1


def test_a_folder_without_such_rules_is_an_error(tmp_path):
    """A wrong folder can't make the published rules look blind."""
    with pytest.raises(RivalFailed, match="CWE-502"):
        deserialization(tmp_path)


def test_every_rival_is_pinned():
    """Each tool that is run has an exact version."""
    assert {rival.tool for rival in rivals(None)} == set(versions())


@pytest.mark.parametrize("path", [EXPERT_RULE, WIDE_RULE], ids=lambda path: path.stem)
def test_an_experts_rule_is_one_taint_rule(path):
    """The honest rivals are single taint rules."""
    assert rule_count([path]) == 1
    assert "mode: taint" in path.read_text(encoding="utf-8")
