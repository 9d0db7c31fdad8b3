"""`gnomon scan` with suppression markers: who is believed, and what is always told."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

NEXT_YEAR = (datetime.now(tz=UTC) + timedelta(days=365)).date().isoformat()
MARKER = "# gnomon: ignore[pickle-over-network] the lab's own network"


def _mark(folder, marker: str):
    """Puts the marker at the end of the line with the load."""
    server = folder / "server.py"
    server.write_text(server.read_text().rstrip() + f"  {marker}\n")
    return folder


def _text(result) -> str:
    return " ".join(result.stdout.split())


@pytest.mark.parametrize("marker", [MARKER, f"{MARKER}; until={NEXT_YEAR}"])
def test_a_marker_in_the_working_project_suppresses(gnomon, project, tmp_path, marker):
    """Exit code 0; the page has the number, the place and the reason."""
    _mark(project("server"), marker)

    result = gnomon("scan", "server", cwd=tmp_path)

    assert (result.returncode, result.stderr) == (0, "")
    assert "1 suppressed" in result.stdout
    assert "server.py:7 critical pickle-over-network: the lab's own network (marker at server.py:7" in _text(result)


def test_a_marker_above_or_within_the_statement_suppresses(gnomon, project, tmp_path):
    """A load over several lines, with the marker on its last, and one with two comment lines above."""
    server = project("server") / "server.py"
    lines = server.read_text().splitlines()[:-1]
    lines += ["one = pickle.loads(", "    socket.recv(),", f")  {MARKER}"]
    lines += [MARKER, "# and a word more", "two = pickle.loads(socket.recv())"]
    server.write_text("\n".join(lines) + "\n")

    result = gnomon("scan", "server", "--format", "json", cwd=tmp_path)

    report = json.loads(result.stdout)
    assert (result.returncode, report["findings"], report["remarks"]) == (0, [], [])
    assert [entry["by"] for entry in report["suppressed"]] == ["marker", "marker"]


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ("# gnomon: ignore[pickle-over-network]", "it gives no reason; write `# gnomon: ignore[RULE] why it is safe"),
        ("# gnomon: ignore trust me", "it does not say ignore[RULE]"),
        ("# gnomon: ignore[pickle-over-netwrk] the lab", "there is no rule pickle-over-netwrk; write one of pickle-"),
        (f"{MARKER}; until=2027-13-01", "'2027-13-01' is no day of the calendar"),
        (f"{MARKER}; until=2026-01-01", "expired on 2026-01-01"),
        ("# gnomon: ignore[pickle-from-file] the lab", "ignore[pickle-from-file] suppresses nothing any more: remove"),
    ],
)
def test_a_marker_that_does_not_suppress_is_told(gnomon, project, tmp_path, marker, told):
    """The finding stays, and the remark names file and line."""
    _mark(project("server"), marker)

    result = gnomon("scan", "server", cwd=tmp_path)

    assert result.returncode == 1
    assert "Remark: server.py:7: " in result.stdout
    assert told in _text(result)


def test_a_marker_on_a_hidden_finding_is_not_stale(gnomon, project, tmp_path):
    """It is used by a run with `--all`."""
    folder = project("server", load="len")
    marked = "obj = pickle.load(open('c.pkl', 'rb'))  # gnomon: ignore[pickle-from-file] written by ourselves\n"
    (folder / "files.py").write_text(f"import pickle\n{marked}")

    usual, everything = (gnomon("scan", "server", *more, cwd=tmp_path) for more in ([], ["--all"]))

    assert (usual.returncode, everything.returncode) == (0, 0)
    assert "Remark" not in usual.stdout + everything.stdout
    assert "0 suppressed" in usual.stdout
    assert "1 suppressed" in everything.stdout


def test_markers_elsewhere_need_trust(gnomon, project, tmp_path):
    """In another folder, behind a link and in an archive they are counted; --trust-config honours them."""
    folder = _mark(project("server"), MARKER)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "link").symlink_to(folder)
    archive = shutil.make_archive(str(tmp_path / "work" / "server"), "zip", folder)

    for target in (folder, "link", archive):
        doubted = gnomon("scan", target, cwd=tmp_path / "work")
        trusted = gnomon("scan", target, "--trust-config", cwd=tmp_path / "work")

        assert (doubted.returncode, trusted.returncode) == (1, 0)
        assert "1 marker not honoured, at server.py:7; --trust-config honours them" in _text(doubted)
        assert "1 suppressed" in trusted.stdout


@pytest.mark.parametrize("marker", ["# nosec", "# nosec B301", "# noqa: S301", "# nosemgrep"])
def test_markers_of_other_scanners_need_trust(gnomon, project, tmp_path, marker):
    """Also in the working project; then the reason shows whose they are."""
    _mark(project("server"), marker)

    doubted = gnomon("scan", "server", cwd=tmp_path)
    trusted = gnomon("scan", "server", "--trust-config", cwd=tmp_path)

    assert (doubted.returncode, trusted.returncode) == (1, 0)
    assert "1 marker not honoured, at server.py:7" in _text(doubted)
    assert f"pickle-over-network: `{marker}` at server.py:7" in _text(trusted)


def test_a_known_finding_with_a_marker_is_not_gone(gnomon, project, tmp_path):
    """Baseline and marker may both speak of it, and neither is called of no use."""
    folder = project("server")
    gnomon("scan", "server", "--format", "json", "--output", "known.json", cwd=tmp_path)
    _mark(folder, MARKER)

    result = gnomon("scan", "server", "--baseline", "known.json", cwd=tmp_path)

    assert result.returncode == 0
    assert "1 suppressed" in result.stdout
    assert "Remark" not in result.stdout


def test_a_reason_can_not_paint_the_terminal(gnomon, project, tmp_path):
    """What a marker says is text from the scanned tree."""
    _mark(project("server"), "# gnomon: ignore[pickle-over-network] x\x1b[2J\u202e")

    result = gnomon("scan", "server", cwd=tmp_path)

    assert r"x\x1b[2J\u202e (marker at" in _text(result)
