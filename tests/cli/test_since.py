"""`gnomon scan --since`: only what a change has introduced, in real repositories."""

import json
import textwrap

import pytest

from tests.repositories import Repository

SERVER = """\
import pickle

import zmq


def serve():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://*:5557")
    return pickle.loads(socket.recv())
"""
OTHER = SERVER.replace("serve", "other")
CONFIGURED = """\
import pickle

import zmq

from config import ADDRESS


def serve():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind(ADDRESS)
    return pickle.loads(socket.recv())
"""


@pytest.fixture
def repository(tmp_path):
    """A repository whose first commit has one finding."""
    made = Repository(tmp_path / "r")
    made.first = made.commit({"server.py": SERVER, "clean.py": "import json\n", "docs/readme.md": "#\n"})
    return made


@pytest.fixture
def news(gnomon, repository):
    """The answer of a scan of the repository, or of another target, as (exit code, new qualnames, report)."""

    def run(*options: str, target: object = None):
        result = gnomon("scan", target or repository.folder, *options, "--format", "json")
        assert result.stderr == ""
        report = json.loads(result.stdout)
        return result.returncode, [finding["qualname"] for finding in report["findings"]], report

    return run


def test_exactly_the_flaw_of_a_commit_is_reported(repository, news):
    """The one that was there is suppressed as known at the base, whose id the report has."""
    repository.commit({"pasted.py": OTHER})

    code, new, report = news("--since", "HEAD~1")

    assert (code, new) == (1, ["other"])
    assert [entry["reason"] for entry in report["suppressed"]] == [f"known at {repository.first[:12]}"]
    assert (report["summary"]["base"], report["summary"]["removed"]) == (repository.first, 0)


@pytest.mark.parametrize("add", ["untracked", "staged", "edited"])
def test_what_is_not_committed_yet_counts(repository, news, add):
    """Untracked, staged and edited files are part of the change."""
    if add == "edited":
        repository.write("clean.py", OTHER)
    else:
        repository.write("new/pasted.py", OTHER)
    if add == "staged":
        repository.git("add", "--all")

    assert news("--since", "HEAD")[:2] == (1, ["other"])


def test_nothing_new_is_clean(repository, news):
    """A change without a flaw exits with 0, be it in Python or not; so does no change at all."""
    assert news("--since", "HEAD")[:2] == (0, [])

    repository.commit({"clean.py": "import json, zmq\n", "docs/readme.md": "# more\n"})
    code, new, report = news("--since", "HEAD~1")

    assert (code, new) == (0, [])
    assert len(report["suppressed"]) == 1


def test_code_that_moves_stays_known(repository, news):
    """Twenty lines further down, renamed, and into another folder."""
    repository.git("mv", "server.py", "moved.py")
    repository.write("sub/deeper.py", "# a line\n" * 20 + (repository.folder / "moved.py").read_text())
    (repository.folder / "moved.py").unlink()
    repository.commit()

    code, new, report = news("--since", "HEAD~1")

    assert (code, new) == (0, [])
    assert report["suppressed"][0]["finding"]["line"] == 29


def test_a_copy_of_a_known_flaw_is_new(repository, news):
    """Each finding of the base answers for one."""
    repository.commit({"copy.py": SERVER})

    assert news("--since", "HEAD~1")[:2] == (1, ["serve"])


def test_a_flaw_that_got_worse_elsewhere_is_news(repository, news):
    """The address changes from ipc to a wildcard in another file than the load's: same fingerprint, more exposed."""
    repository.commit({"server.py": CONFIGURED, "config.py": 'ADDRESS = "ipc:///tmp/x"\n'})
    repository.commit({"config.py": 'ADDRESS = "tcp://*:5557"\n'})

    code, new, report = news("--since", "HEAD~1")

    assert (code, new) == (1, ["serve"])
    assert report["findings"][0]["severity"] == "critical"
    assert report["findings"][0]["message"].endswith(
        f"; known as medium at {repository.git('rev-parse', 'HEAD~1')[:12]}"
    )
    assert report["summary"]["removed"] == 0


def test_a_flaw_that_got_milder_is_known(repository, news):
    """From a wildcard to ipc."""
    repository.commit({"server.py": CONFIGURED, "config.py": 'ADDRESS = "tcp://*:5557"\n'})
    repository.commit({"config.py": 'ADDRESS = "ipc:///tmp/x"\n'})

    assert news("--since", "HEAD~1")[:2] == (0, [])


def test_what_went_is_counted(repository, gnomon, news):
    """As long as something is left, so that the base has to be read."""
    repository.commit({"server.py": "import json\n", "pasted.py": OTHER})

    _, new, report = news("--since", "HEAD~1")

    assert new == ["other"]
    assert report["summary"]["removed"] == 1
    page = gnomon("scan", repository.folder, "--since", "HEAD~1").stdout
    assert f"compared with commit {repository.first[:12]}, since when 1 finding went" in " ".join(page.split())


def test_what_went_is_counted_as_far_as_it_would_be_shown(repository, news):
    """A rule that is off by default has no part in it."""
    repository.commit({"file.py": "import pickle\n\npickle.load(open('x', 'rb'))\n"})
    repository.commit({"file.py": "import json\n"})

    assert news("--since", "HEAD~1")[2]["summary"]["removed"] == 0
    assert news("--since", "HEAD~1", "--all")[2]["summary"]["removed"] == 1


def test_the_base_is_where_the_branch_began(repository, news):
    """What main got in the meantime is neither new nor missed, also once it was merged into the branch."""
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"pasted.py": OTHER})
    repository.git("checkout", "--quiet", "main")
    second = repository.commit({"third.py": SERVER.replace("serve", "third")})
    repository.git("checkout", "--quiet", "work")

    assert news("--since", "main")[:2] == (1, ["other"])

    repository.git("merge", "--quiet", "--no-edit", "main")
    code, new, report = news("--since", "main")

    assert (code, new) == (1, ["other"])
    assert report["summary"]["base"] == second


def test_a_commit_can_be_held_against_another(repository, news):
    """PATH@REVISION: neither the work tree nor HEAD plays a part."""
    repository.commit({"pasted.py": OTHER})
    repository.git("tag", "pasted")
    repository.commit({"pasted.py": "import json\n"})
    repository.write("untracked.py", SERVER.replace("serve", "untracked"))

    code, new, report = news("--since", repository.first, target=f"{repository.folder}@pasted")

    assert (code, new) == (1, ["other"])
    assert report["summary"]["digest"] == f"git:{repository.git('rev-parse', 'pasted')}"


def test_a_part_of_the_tree_is_held_against_that_part(repository, news):
    """A folder, or a file, is compared with what had its path."""
    repository.commit({"pkg/a.py": SERVER})
    repository.commit({"pkg/a.py": SERVER + OTHER, "pkg/b.py": "import json\n"})

    assert news("--since", "HEAD~1", target=repository.folder / "pkg")[:2] == (1, ["other"])
    assert news("--since", "HEAD~1", target=repository.folder / "pkg" / "a.py")[:2] == (1, ["other"])
    assert news("--since", "HEAD~2", target=repository.folder / "pkg")[1] == ["serve", "other"]


def test_what_git_ignores_is_part_of_no_change(repository, news):
    """It is left out and named; a file that git has is read whatever the rules say."""
    repository.commit({".gitignore": "build/\nforced.py\n", "build/lib/server.py": SERVER})
    repository.write("forced.py", OTHER)
    repository.git("add", "--force", "forced.py")
    repository.write("build/x.whl", "PK")

    code, new, report = news("--since", "HEAD")

    assert (code, new) == (1, ["other"])
    assert report["summary"]["excluded"] == [".git", "build"]


def test_a_baseline_and_a_base_work_together(repository, gnomon, news, tmp_path):
    """What either has is known."""
    repository.commit({"pasted.py": OTHER})
    accepted = tmp_path / "known.json"
    gnomon("scan", repository.folder / "pasted.py", "--format", "json", "--output", accepted)

    code, new, report = news("--since", "HEAD~1", "--baseline", str(accepted))

    assert (code, new) == (0, [])
    assert sorted(entry["reason"] for entry in report["suppressed"]) == [
        f"known at {repository.first[:12]}",
        f"known from {accepted}",
    ]
    assert report["summary"]["gone"] == 0


def test_a_base_that_lacks_something_makes_the_answer_incomplete(repository, news):
    """A file that only the base can't give is told, since what it held may not be new."""
    blob = repository.git("rev-parse", "HEAD:server.py")
    repository.commit({"server.py": "# moved\n" + SERVER})
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    code, new, report = news("--since", "HEAD~1")

    assert (code, new) == (4, ["serve"])
    assert [entry["path"] for entry in report["skipped"]] == ["server.py"]
    assert report["skipped"][0]["reason"].startswith(f"at {repository.first[:12]}: it is not in this repository")


def test_a_base_that_can_not_be_read_makes_the_answer_incomplete(repository, news):
    """All is reported, and that it may not be new: for the folder that git has lost, and for one within it."""
    base = repository.commit({"pkg/a.py": SERVER})
    tree = repository.git("rev-parse", "HEAD^{tree}")
    repository.commit({"pkg/a.py": "# moved\n" + SERVER})
    (repository.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()

    code, new, report = news("--since", "HEAD~1")
    assert (code, new) == (4, ["serve", "serve"])
    assert report["skipped"][0]["reason"].startswith(f"at {base[:12]}: a folder can't be listed")

    code, new, report = news("--since", "HEAD~1", target=repository.folder / "pkg")
    assert (code, new) == (4, ["serve"])
    assert report["skipped"][0]["reason"].startswith(f"commit {base[:12]} can't be read")


@pytest.mark.parametrize(("content", "expected"), [({}, 1), ({"module/a.py": "import json\n"}, 4)])
def test_a_submodule_matters_where_it_is_checked_out(repository, news, content, expected):
    """Its files at the base are not known: that is told, unless there are none now either."""
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    repository.git("commit", "--quiet", "--message", "submodule")
    for name, text in {**content, "pasted.py": OTHER}.items():
        repository.write(name, text)

    code, new, report = news("--since", "HEAD")

    assert (code, new) == (expected, ["other"])
    assert [entry["path"] for entry in report["skipped"]] == ["module"][: expected == 4]


def test_a_clean_change_does_not_need_the_base(repository, news):
    """Where nothing is found nothing can be new, whatever state the base is in."""
    tree = repository.git("rev-parse", "HEAD^{tree}")
    repository.commit({"server.py": "import json\n"})
    (repository.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()

    assert news("--since", "HEAD~1")[:2] == (0, [])


@pytest.mark.parametrize("revision", ["HEAD~1", "origin/side"])
def test_a_shallow_clone_says_how_to_get_the_rest(repository, gnomon, tmp_path, revision):
    """As continuous integration makes them: the base is not there, and the message has the command."""
    repository.git("branch", "side")
    repository.commit({"pasted.py": OTHER})
    repository.git(
        "clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{repository.folder}", str(tmp_path / "c")
    )
    Repository(tmp_path / "c")

    result = gnomon("scan", tmp_path / "c", "--since", revision)

    assert (result.returncode, result.stdout) == (2, "")
    assert "shallow clone" in result.stderr
    assert f"try: git -C {tmp_path / 'c'} fetch --unshallow" in result.stderr


@pytest.mark.parametrize(
    ("target", "revision", "problem"),
    [
        ("r", "mian", "there is no revision mian"),
        ("r", "--output=x", "is not a revision"),
        ("r", "", "is not a revision"),
        ("r", "alone", "have no commit in common"),
        ("plain", "main", "--since takes a folder or file of a git repository"),
        ("r/a.zip", "main", "it is an archive"),
        ("r/.git", "main", "--since takes a folder or file of a git repository"),
        ("pypi:vllm==0.6.6", "main", "--since takes a folder or file of a git repository"),
        ("https://host/x.git", "main", "--since takes a folder or file of a git repository"),
        ("missing", "main", "--since takes a folder or file of a git repository"),
    ],
)
def test_what_can_not_be_compared_says_why(repository, gnomon, tmp_path, zipped, target, revision, problem):
    """Exit code 2, one sentence, and what to type."""
    repository.write("a.zip", zipped)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.py").write_text(SERVER)
    tree = repository.git("mktree")
    repository.git("update-ref", "refs/tags/alone", repository.git("commit-tree", tree, "-m", "alone"))
    named = target if ":" in target else tmp_path / target

    result = gnomon("scan", named, f"--since={revision}")

    assert (result.returncode, result.stdout) == (2, "")
    assert problem in " ".join(result.stderr.split())
    assert "try: " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def zipped():
    """An empty zip."""
    return b"PK\x05\x06" + bytes(18)


def test_names_in_a_commit_reach_the_terminal_escaped(repository, gnomon):
    """A newline, an escape sequence and a bidirectional control in the name of a flawed file."""
    repository.commit({"evil\x1b[2J\n::error::\u202e.py": OTHER})

    for target in (repository.folder, f"{repository.folder}@HEAD"):
        result = gnomon("scan", target, "--since", "HEAD~1")

        assert result.returncode == 1
        assert "\x1b" not in result.stdout
        assert "\u202e" not in result.stdout
        assert r"evil\x1b[2J\x0a" in "".join(result.stdout.split("\n"))


def test_several_targets_have_each_their_base(repository, gnomon, tmp_path):
    """One outside of any repository makes the answer incomplete, not impossible."""
    repository.commit({"pasted.py": OTHER})
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.py").write_text(SERVER)

    result = gnomon("scan", repository.folder, tmp_path / "plain", "--since", "HEAD~1", "--format", "json")

    one, two = json.loads(result.stdout)
    assert result.returncode == 4
    assert [finding["qualname"] for finding in one["findings"]] == ["other"]
    assert "--since takes" in two["skipped"][0]["reason"]


def test_text_says_what_was_compared(repository, gnomon):
    """For people: the base, and how many findings it accounts for."""
    repository.commit({"pasted.py": OTHER})

    page = " ".join(gnomon("scan", repository.folder, "--since", "HEAD~1").stdout.split())

    assert "1 critical" in page
    assert f"compared with commit {repository.first[:12]} " in page
    assert textwrap.shorten(f"1 finding suppressed: known at {repository.first[:12]}", 80) in page


HATCH = """\
services:
  engine:
    image: vllm/vllm-openai
    environment:
      VLLM_ALLOW_INSECURE_SERIALIZATION: "1"
"""


def test_a_deployment_file_is_part_of_the_change(repository, news):
    """A setting that opens an escape hatch is news, committed or not, and known once it is at the base."""
    repository.write("compose.yaml", HATCH)
    repository.write("values/data.yaml", "a: 1\n" * 400_000)

    code, _, report = news("--since", "HEAD")

    assert code == 1
    assert [(entry["rule"], entry["path"]) for entry in report["findings"]] == [
        ("deserialization-escape-hatch", "compose.yaml")
    ]

    repository.commit()

    assert news("--since", "HEAD~1")[2]["findings"] == report["findings"]
    assert news("--since", "HEAD")[:2] == (0, [])


def test_a_commit_is_read_with_the_files_that_deploy_it(repository, news):
    """And large YAML that deploys nothing does not make the answer incomplete."""
    repository.commit({"compose.yaml": HATCH, "values/data.yaml": "a: 1\n" * 400_000})

    code, _, report = news(target=f"{repository.folder}@HEAD")

    assert code == 1
    assert {entry["path"] for entry in report["findings"]} == {"server.py", "compose.yaml"}
    assert report["skipped"] == []
