"""What a file was before: through renames, copies, moves, deletions and merges, and what of it is not here."""

import shutil

import pytest

from gnomon.core.errors import TargetError
from gnomon.io.git_deleted import Deleted, deleted
from gnomon.io.git_history import MOST_NAMES, clone_of, history
from tests.repositories import Repository

LINES = "".join(f"line_{n} = {n}\n" for n in range(30))
FUNCTION = "def load(data):\n    return parse(data)\n"


class Days:
    """A repository in which each commit is made a day after the one before; `ids` by their number."""

    def __init__(self, folder):
        self.repository = Repository(folder)
        self.ids = []

    def commit(self, files=None, *, remove=(), move=()):
        """A commit with these files in it, without those, and with others moved."""
        self.repository.date = f"2025-03-{len(self.ids) + 1:02}T12:00:00Z"
        for path in remove:
            (self.repository.folder / path).unlink()
        for old, new in move:
            (self.repository.folder / new).parent.mkdir(parents=True, exist_ok=True)
            (self.repository.folder / old).rename(self.repository.folder / new)
        self.ids.append(self.repository.commit(files))
        return self.ids[-1]

    def past(self, path, definition="", target="", **more):
        """Number of the commit, path and how it came there, and the content, of each version."""
        found = history(clone_of(target or str(self.repository.folder)), path, definition, **more)
        assert all(v.date == f"2025-03-{self.ids.index(v.commit) + 1:02}" for v in found.versions)
        return [
            (self.ids.index(v.commit) + 1, f"{v.came} {v.path}".strip(), v.data.decode()) for v in found.versions
        ], found.notes


@pytest.fixture
def days(tmp_path, monkeypatch):
    """An empty repository, in a home without configuration."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return Days(tmp_path / "r")


def test_a_file_is_followed_through_renames(days):
    """Also if it was changed on the way; commits that left it alone play no part."""
    days.commit({"old/a.py": LINES})
    days.commit({"old/a.py": LINES + "b\n", "other.py": "x\n"})
    days.commit({"other.py": "y\n"})
    days.commit({"new/a.py": LINES + "b\nc\n"}, remove=["old/a.py"])
    days.commit({"new/a.py": LINES + "c\n"})
    days.commit(move=[("new/a.py", "c.py")])

    assert days.past("c.py") == (
        [
            (1, "old/a.py", LINES),
            (2, "old/a.py", LINES + "b\n"),
            (4, "renamed new/a.py", LINES + "b\nc\n"),
            (5, "new/a.py", LINES + "c\n"),
            (6, "renamed c.py", LINES + "c\n"),
        ],
        (),
    )


def test_a_deleted_file_that_came_back_was_gone_for_a_while(days):
    """The version in between is empty; one that is gone ends with such a one."""
    days.commit({"a.py": "one\n", "b.py": "x\n"})
    days.commit(remove=["a.py"])
    days.commit({"a.py": "one\n"})
    days.commit(remove=["b.py"])

    assert days.past("a.py")[0] == [(1, "a.py", "one\n"), (2, "a.py", ""), (3, "a.py", "one\n")]
    assert days.past("b.py")[0] == [(1, "b.py", "x\n"), (4, "b.py", "")]
    assert days.past("never.py") == ([], ())


def test_a_copy_goes_back_to_what_it_was_copied_from(days):
    """A file beside it, or one of its name, though both stay."""
    days.commit({"pkg/nccl.py": LINES, "far/engine.py": LINES.replace("line", "row")})
    days.commit({"pkg/hccl.py": LINES + "more\n", "near/engine.py": LINES.replace("line", "row")})
    days.commit({"unlike.py": LINES[:20], "pkg/new.py": "new\n"})

    assert [version[:2] for version in days.past("pkg/hccl.py")[0]] == [(1, "pkg/nccl.py"), (2, "copied pkg/hccl.py")]
    assert [version[:2] for version in days.past("near/engine.py")[0]] == [
        (1, "far/engine.py"),
        (2, "copied near/engine.py"),
    ]
    assert [version[:2] for version in days.past("pkg/new.py")[0]] == [(3, "pkg/new.py")]


def test_a_definition_is_followed_from_file_to_file(days):
    """From where it was lost in the commit that brought it, not from where others of its name stay."""
    days.commit({"a.py": LINES + FUNCTION, "b.py": "b = 1\n", "c.py": FUNCTION})
    days.commit({"b.py": "b = 2\n"})
    days.commit({"a.py": LINES, "b.py": "b = 2\n" + FUNCTION, "c.py": FUNCTION + "c = 2\n"})
    days.commit({"b.py": "b = 3\n" + FUNCTION})

    assert [version[:2] for version in days.past("b.py", "load")[0]] == [(1, "a.py"), (3, "moved b.py"), (4, "b.py")]
    assert [version[:2] for version in days.past("b.py")[0]] == [(1, "b.py"), (2, "b.py"), (3, "b.py"), (4, "b.py")]
    assert [version[:2] for version in days.past("c.py", "load")[0]] == [(1, "c.py"), (3, "c.py")]


def test_versions_of_two_lines_are_not_mixed(days):
    """A fix on the main line is not undone by what a branch had until it was merged."""
    git = days.repository.git
    days.commit({"a.py": "flawed\n" + LINES})
    git("checkout", "--quiet", "-b", "side")
    days.commit({"a.py": "flawed\n" + LINES + "side = 1\n"})
    git("checkout", "--quiet", "main")
    days.commit({"a.py": "fixed\n" + LINES})
    git("checkout", "--quiet", "side")
    days.commit({"a.py": "flawed\n" + LINES + "side = 2\n"})
    git("checkout", "--quiet", "main")
    days.repository.date = "2025-03-05T12:00:00Z"
    git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
    days.ids.append(git("rev-parse", "HEAD"))

    assert [(number, data[:5]) for number, _, data in days.past("a.py")[0]] == [
        (1, "flawe"),
        (3, "fixed"),
        (5, "fixed"),
    ]


def test_what_a_fork_merged_keeps_its_own_dates(days):
    """The line that the file was taken from is followed, though it is the second parent."""
    git = days.repository.git
    days.commit({"a.py": "one\n"})
    git("checkout", "--quiet", "-b", "upstream")
    days.commit({"a.py": "two\n", "new.py": "new\n"})
    git("checkout", "--quiet", "main")
    days.commit({"own.py": "own\n"})
    days.repository.date = "2025-03-04T12:00:00Z"
    git("merge", "--quiet", "--no-ff", "-m", "merge", "upstream")
    days.ids.append(git("rev-parse", "HEAD"))

    assert [number for number, *_ in days.past("a.py")[0]] == [1, 2]
    assert [number for number, *_ in days.past("new.py")[0]] == [2]


def test_paths_are_below_what_was_named_and_only_names(days, monkeypatch):
    """A folder, a revision, and characters that mean something to git."""
    names = [":(glob)*.py", "-a.py", 'it\'s "é"\n.py', "*.py"]
    days.commit({f"sub/{name}": f"{name}\n" for name in names})
    days.commit({f"sub/{name}": f"{name}{name}\n" for name in names})
    folder = days.repository.folder

    for name in names:
        assert [number for number, *_ in days.past(name, target=f"{folder}/sub")[0]] == [1, 2]
        assert [number for number, *_ in days.past(name, target=f"{folder}/sub@HEAD~1")[0]] == [1]
        assert [number for number, *_ in days.past(f"sub/{name}", target=f"{folder}/.git")[0]] == [1, 2]
    monkeypatch.chdir(folder / "sub")
    assert len(days.past("-a.py", target=".")[0]) == 2


def test_of_many_versions_the_first_and_the_newest_are_read(days):
    """And the rest is counted."""
    for number in range(9):
        days.commit({"a.py": f"{number}\n"})

    versions, notes = days.past("a.py", most=4)

    assert [number for number, *_ in versions] == [1, 7, 8, 9]
    assert notes == ("5 of 9 versions were not read",)


def test_what_a_clone_lacks_is_told(days, tmp_path):
    """The older history of a shallow one, and content that is not there."""
    days.commit({"a.py": "one\n"})
    days.commit({"a.py": "two\n"})
    days.commit({"a.py": "three\n"})
    days.repository.git("clone", "--quiet", "--depth=2", f"file://{days.repository.folder}", str(tmp_path / "shallow"))
    lacking = days.repository.git("rev-parse", "HEAD~1:a.py")
    (days.repository.folder / ".git" / "objects" / lacking[:2] / lacking[2:]).unlink()

    versions, notes = days.past("a.py", target=str(tmp_path / "shallow"))
    assert [number for number, *_ in versions] == [2, 3]
    assert notes == ("older history is not in this shallow clone",)
    versions, notes = days.past("a.py")
    assert [number for number, *_ in versions] == [1, 3]
    assert notes == ("a version of a.py: it is not in this repository, which holds only a part of its history",)


def test_a_picture_that_a_clone_lacks_does_not_hide_a_rename(days):
    """Mirrors leave out what is large; only files of the same kind are compared."""
    days.commit({"a.py": LINES, "old.gif": b"\0" * 9_000 + b"1"})
    lacking = days.repository.git("rev-parse", "HEAD:old.gif")
    days.commit({"new.gif": b"\0" * 9_000 + b"2", "c.py": LINES + "c\n"}, remove=["old.gif", "a.py"])
    (days.repository.folder / ".git" / "objects" / lacking[:2] / lacking[2:]).unlink()

    assert [version[:2] for version in days.past("c.py")[0]] == [(1, "a.py"), (2, "renamed c.py")]


@pytest.mark.parametrize("target", ["https://example.org/r.git", "pypi:pkg", "nowhere", "."])
def test_what_has_no_history_here_is_refused(tmp_path, monkeypatch, target):
    """With what to do instead."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(TargetError) as raised:
        clone_of(target)

    assert raised.value.remedy


def test_a_broken_repository_is_told(days):
    """In one line, with the command that looks into it."""
    days.commit({"a.py": "one\n"})
    clone = clone_of(str(days.repository.folder))
    shutil.rmtree(days.repository.folder / ".git" / "objects")
    (days.repository.folder / ".git" / "objects").mkdir()

    for ask in (lambda: history(clone, "a.py"), lambda: deleted(clone, [b"x"])):
        with pytest.raises(TargetError) as raised:
            ask()
        assert raised.value.remedy.endswith("fsck")


def test_deleted_files_are_found_by_what_they_held(days):
    """Not those that were only moved, came back, hold none of the words, or are no Python."""
    days.commit({
        "p/gone.py": FUNCTION, "p/moved.py": LINES + FUNCTION, "p/back.py": FUNCTION + "x = 1\n" * 50,
        "p/plain.py": "x = 1\n", "p/text.md": FUNCTION, "q/gone.py": FUNCTION + "y = 1\n",
    })  # fmt: skip
    days.commit(move=[("p/moved.py", "q/moved.py")])
    days.commit(remove=["p/gone.py", "p/back.py", "p/plain.py", "p/text.md"])
    days.commit({"p/back.py": FUNCTION + "x = 1\n" * 50}, remove=["q/gone.py"])
    days.commit({"r.py": "r\n"})

    folder = str(days.repository.folder)
    gone = [
        Deleted(path="q/gone.py", last=days.ids[2], date="2025-03-04"),
        Deleted(path="p/gone.py", last=days.ids[1], date="2025-03-03"),
    ]
    assert deleted(clone_of(folder), [b"nothing", b"def load"]) == tuple(gone)
    assert deleted(clone_of(f"{folder}/p"), [b"def load"]) == (gone[1],)
    before = deleted(clone_of(f"{folder}@HEAD~2"), [b"def load"])
    assert [file.path for file in before] == ["p/back.py", "p/gone.py"]
    assert deleted(clone_of(folder), [b"nothing"]) == ()


def test_a_long_history_is_seen_to_its_end(days):
    """More deletions than are asked of one git at once; a file of many names is followed for a while."""
    text = "".join(
        f"commit refs/heads/main\ncommitter A <a@b> {1_700_000_000 + n} +0000\ndata 0\n"
        f"M 100644 inline f{n}.py\ndata {len(FUNCTION) + 5}\n{FUNCTION}#{n:03}\n\n"
        f"M 100644 inline g{n}.py\ndata 5\n#{n:03}\n\n" + (f"D f{n - 1}.py\nD g{n - 1}.py\n" if n else "")
        for n in range(300)
    )
    days.repository.git("fast-import", "--quiet", given=text.encode())
    clone = clone_of(f"{days.repository.folder}@main")

    past = history(clone, "f299.py")

    assert deleted(clone, [b"load"]) == ()  # each was renamed
    assert len(deleted(clone, [b"#"])) == 299
    assert len(past.versions) == MOST_NAMES
    assert past.notes == ("more than 20 names; older ones were not followed",)
