"""A scanned tree can't silence its scanner, whatever it brings along."""

import json

import pytest

EVERYTHING = {
    "pyproject.toml": """
        [tool.gnomon]
        exclude = ["*"]
        min-severity = "critical"
        min-confidence = "high"
        rules = ["pickle-from-file"]
        models = "models"
        trusted-networks = ["0.0.0.0/0", "::/0"]
        [[tool.gnomon.suppress]]
        rule = "pickle-over-network"
        path = "*"
        reason = "trust me"
        [tool.bandit]
        exclude_dirs = ["."]
        skips = ["B301", "B403"]
        [tool.ruff]
        exclude = ["*"]
    """,
    ".gitignore": "*\n",
    ".ignore": "*\n",
    ".semgrepignore": "*\n",
    ".bandit": "[bandit]\nexclude: /\nskips: B301,B403\n",
    "setup.cfg": "[bandit]\nexclude = .\n[flake8]\nexclude = .\nignore = S301\n",
    "tox.ini": "[flake8]\nexclude = *\n",
    "gnomon.toml": '[tool.gnomon]\nexclude = ["*"]\n',
    ".gnomon.toml": '[tool.gnomon]\nexclude = ["*"]\n',
    "models/rules/pickle-over-network.toml": "id = 3\n",
}
MARKERS = "# gnomon: ignore[pickle-over-network] trust me  # nosec  # noqa  # nosemgrep"


@pytest.fixture
def stranger(project):
    """A flawed server, with everything that could hide it."""
    folder = project("stranger", address="tcp://127.0.0.1:5557")
    for name, text in EVERYTHING.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(line.strip() for line in text.splitlines()))
    server = folder / "server.py"
    server.write_text(f"# flake8: noqa\n# ruff: noqa\n{server.read_text().rstrip()}  {MARKERS}\n")
    return folder


@pytest.mark.parametrize("inside", [False, True])
def test_nothing_in_the_tree_hides_its_finding(gnomon, stranger, tmp_path, inside):
    """Scanned from outside all is reported; from inside, only the markers count, and are shown as what they are."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target, folder = (".", stranger) if inside else (stranger, elsewhere)

    report = json.loads(gnomon("scan", target, "--format", "json", cwd=folder).stdout)

    shown = report["findings"] + [entry["finding"] for entry in report["suppressed"]]
    assert [(finding["rule"], finding["severity"]) for finding in shown] == [("pickle-over-network", "medium")]
    assert len(report["findings"]) == (0 if inside else 1)
    assert report["summary"]["excluded"] == []
    assert report["summary"]["hidden"] == 0


@pytest.mark.parametrize(
    "content",
    [
        b"gnomon [",
        b"# gnomon \xff",
        b"gnomon = " + b"[" * 100_000,
        b"[tool]\ngnomon = 1\n",
        b"#gnomon\n" * 200_000,
        b"[tool.gnomon]\nzzz = 1\nmin-severity = 7\n",
        b'[tool.gnomon]\n"\\u001b[2J" = 1\nmodels = "/etc"\n',
    ],
)
def test_no_configuration_in_the_tree_stops_the_scan(gnomon, project, content):
    """Broken, huge, nested or absurd: one remark at most, and the finding."""
    folder = project("server")
    (folder / "pyproject.toml").write_bytes(content)

    result = gnomon("scan", ".", cwd=folder)

    assert result.returncode == 1
    assert "1 critical" in result.stdout
    assert "Traceback" not in result.stderr
    assert "\x1b" not in result.stdout + result.stderr
    assert len(result.stderr.splitlines()) <= 1


def test_a_configuration_in_a_folder_below_is_not_even_read(gnomon, project, tmp_path):
    """Only the working folder and its parents up to the repository's root are asked."""
    folder = project("server")
    (folder / "pyproject.toml").write_text('[tool.gnomon]\nexclude = ["*"]\n')

    result = gnomon("scan", "server", cwd=tmp_path)

    assert (result.returncode, result.stderr) == (1, "")
    assert "Remark" not in result.stdout


def test_a_marker_in_a_string_is_no_marker(gnomon, project, tmp_path):
    """Only comments count, also where the file is the project's own."""
    folder = project("server")
    server = folder / "server.py"
    lines = server.read_text().splitlines()
    server.write_text("\n".join([*lines[:-1], f'obj = pickle.loads(socket.recv()), "{MARKERS}"']) + "\n")

    assert gnomon("scan", "server", cwd=tmp_path).returncode == 1
