"""Only Python files leave an archive, and only into their folder."""

import io
import tarfile
import zipfile

from bench.trees import python_files, python_tree


def test_a_tar_gives_its_python_files_alone(tmp_path):
    """Other files, links and names that climb out of the folder stay in the archive."""
    archive = tmp_path / "toy-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as out:
        for name in ("toy/a.py", "toy/a.txt", "../outside.py", "/absolute.py"):
            info = tarfile.TarInfo(name)
            info.size = 2
            out.addfile(info, io.BytesIO(b"1\n"))
        link = tarfile.TarInfo("toy/link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        out.addfile(link)

    assert list(python_files(archive)) == [("toy/a.py", b"1\n")]


def test_a_wheel_becomes_a_folder_once(tmp_path):
    """The folder holds the files at their paths in the archive, and a second call gives the same folder."""
    archive = tmp_path / "toy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("toy/a.py", "1\n")
    folder = python_tree(archive, tmp_path / "cache")

    assert (folder / "toy" / "a.py").read_text() == "1\n"
    assert python_tree(archive, tmp_path / "cache") == folder
