"""What a learner has on disk is neither lost nor trusted."""

import os

import pytest

from gnomon.core.errors import GnomonError
from gnomon.io import learner
from gnomon.io.learner import answer_in, exercise_folder, lay_out, progress_file, read_progress, write_progress
from gnomon.learn.laid import Laid
from gnomon.learn.progress import Progress, Standing

GIVEN = {"server.py": b"x = 1\n", "client.py": b"y = 1\n"}
PROGRESS = Progress().with_("a", Standing(begun=5, attempts=2))


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """The user's data folder."""
    folder = tmp_path / "data"
    monkeypatch.setenv("GNOMON_DATA_DIR", str(folder))
    return folder


def test_progress_is_kept():
    """In a file that is there whole or not at all, for its owner."""
    assert read_progress().progress == Progress()
    assert write_progress(PROGRESS) == ""
    assert read_progress().progress == PROGRESS
    assert [file.name for file in progress_file().parent.iterdir()] == ["learn.json"]


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"[]",
        b'{"exercises": {"a": {"attempts": "x"}}}',
        b"\xff",
        b'{"schema": 9}',
        b'{"exercises": {"a": {"hints": -9}}}',
    ],
)
def test_a_broken_file_is_told_and_kept_aside(data, broken):
    """What was in it is not lost, and the next one does not take its place."""
    for number in (1, 2):
        data.mkdir(exist_ok=True)
        (data / "learn.json").write_bytes(broken)

        kept = read_progress()

        assert kept.progress == Progress()
        assert f"it is kept as learn.json.broken-{number}, and this begins anew" in kept.remark
        assert (data / f"learn.json.broken-{number}").read_bytes() == broken


def test_what_is_no_file_is_left_alone(data):
    """It is told that nothing is kept, and what is there may be wanted: it is not to be replaced."""
    (data / "learn.json").mkdir(parents=True)

    kept = read_progress()

    assert "can't be read (a device, not a file); it is left alone, and progress is not kept." in kept.remark
    assert not kept.replaceable
    assert "progress can't be kept" in write_progress(PROGRESS)


def test_files_that_were_changed_are_left_as_they_are(tmp_path):
    """So are those that were added; files that are missing come back."""
    folder = tmp_path / "gnomon-learn" / "01-a"
    assert lay_out(folder, GIVEN, again=False) == Laid()
    assert lay_out(folder, GIVEN, again=False) == Laid(found=True)
    (folder / "server.py").write_bytes(b"mine\n")
    (folder / "client.py").unlink()
    (folder / "more.py").write_bytes(b"")

    laid = lay_out(folder, GIVEN, again=False)

    assert laid == Laid(found=True, changed=("server.py",), added=("more.py",), missing=("client.py",))
    assert answer_in(folder, "") == {"server.py": b"mine\n", "client.py": b"y = 1\n", "more.py": b""}


def test_beginning_anew_loses_nothing(tmp_path):
    """What was changed or added goes to a new folder each time; what programs leave behind is none of it."""
    folder = tmp_path / "gnomon-learn" / "01-a"
    for number in (1, 2):
        lay_out(folder, GIVEN, again=False)
        (folder / "server.py").write_bytes(b"mine\n")
        (folder / "more").mkdir()
        (folder / "more" / "types.py").write_bytes(b"z")
        (folder / "__pycache__").mkdir(exist_ok=True)
        (folder / ".vscode").mkdir(exist_ok=True)

        assert lay_out(folder, GIVEN, again=True).aside == f"01-a.kept-{number}"
        assert answer_in(folder, "") == GIVEN
        aside = folder.with_name(f"01-a.kept-{number}")
        assert answer_in(aside, "") == {"server.py": b"mine\n", "more/types.py": b"z"}
        assert sorted(file.name for file in aside.iterdir()) == ["more", "server.py"]

    assert lay_out(folder, GIVEN, again=True) == Laid(found=True)


def test_what_cannot_be_moved_aside_is_left_and_told(tmp_path, monkeypatch):
    """As on Windows, where a program holds it open; and folders to move it to are not made without end."""
    folder = tmp_path / "gnomon-learn" / "01-a"
    lay_out(folder, GIVEN, again=False)
    (folder / "server.py").write_bytes(b"mine\n")

    def held(*_):
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(learner.Path, "rename", held)
        with pytest.raises(
            GnomonError, match=r"server\.py can't be moved to .*: permission denied; nothing was written"
        ):
            lay_out(folder, GIVEN, again=True)
    assert [each.name for each in folder.parent.iterdir()] == ["01-a"]
    for number in range(1, 1000):
        (folder.parent / f"01-a.kept-{number}").mkdir()
    with pytest.raises(GnomonError, match="there are 999 folders"):
        lay_out(folder, GIVEN, again=True)
    assert (folder / "server.py").read_bytes() == b"mine\n"


def test_nothing_is_written_through_a_link(tmp_path):
    """A link in a file's place is moved aside when asked, not followed; one in the folder's place is refused."""
    folder, other = tmp_path / "gnomon-learn" / "01-a", tmp_path / "other"
    lay_out(folder, {}, again=False)
    other.write_bytes(b"precious")
    (folder / "server.py").symlink_to(other)

    assert lay_out(folder, GIVEN, again=False).changed == ("server.py",)
    assert lay_out(folder, GIVEN, again=True).changed == ("server.py",)
    assert (folder / "server.py").read_bytes() == GIVEN["server.py"]
    assert (tmp_path / "gnomon-learn" / "01-a.kept-1" / "server.py").readlink() == other
    assert other.read_bytes() == b"precious"
    (tmp_path / "gnomon-learn" / "02-b").symlink_to(folder)
    with pytest.raises(GnomonError, match="is a link"):
        lay_out(tmp_path / "gnomon-learn" / "02-b", GIVEN, again=True)


def test_an_answer_is_what_python_is_in_the_folder(tmp_path):
    """Also below it; what the interpreter leaves there is not part of it, and a link or pipe is told."""
    lay_out(tmp_path / "a", GIVEN, again=False)
    (tmp_path / "a" / "__pycache__").mkdir()
    (tmp_path / "a" / "__pycache__" / "x.py").write_bytes(b"")
    (tmp_path / "a" / "more").mkdir()
    (tmp_path / "a" / "more" / "types.py").write_bytes(b"z")

    assert answer_in(tmp_path / "a", "") == {**GIVEN, "more/types.py": b"z"}
    os.mkfifo(tmp_path / "a" / "pipe.py")
    with pytest.raises(GnomonError, match="a named pipe, not a file"):
        answer_in(tmp_path / "a", "gnomon learn 1")


def test_the_folder_is_found_from_within(tmp_path, monkeypatch):
    """From the working folder, from the exercises' folder, and from an exercise's own."""
    exercises = tmp_path / "gnomon-learn"
    (exercises / "01-a").mkdir(parents=True)

    for place in (tmp_path, exercises, exercises / "01-a"):
        monkeypatch.chdir(place)
        assert exercise_folder("02-b") == exercises / "02-b"
