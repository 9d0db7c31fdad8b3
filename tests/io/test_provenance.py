"""What a target is called and how old it is, for each kind of target, and when it is better not to say."""

import io
import tarfile
import zipfile
from datetime import UTC, datetime

import pytest

from gnomon.core.tree import Provenance
from gnomon.io import downloads
from gnomon.io.git_targets import repository_name
from gnomon.io.provenance import provenance
from gnomon.io.targets import read
from tests.io.image_builder import archive, layer, oci, saved_old
from tests.repositories import Repository

SUMMER = int(datetime(2024, 7, 1, 12, tzinfo=UTC).timestamp())


def _tar(times: dict[str, int]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as packed:
        for name, seconds in times.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = 6, seconds
            packed.addfile(info, io.BytesIO(b"x = 1\n"))
    return file.getvalue()


def _zip(times: dict[str, tuple[int, ...]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, time in times.items():
            packed.writestr(zipfile.ZipInfo(name, time), b"x = 1\n")
    return file.getvalue()


def _of(path, data: bytes) -> Provenance:
    path.write_bytes(data)
    return provenance(read(str(path)))


@pytest.mark.parametrize("html", [False, True])
def test_a_release_is_as_old_as_its_upload(index, html):
    """The index's JSON tells the day, also of a kept download; its HTML does not, and then the archive has the word."""
    index.html = html
    index.add("Pkg-1.0.tar.gz", _tar({"pkg-1.0/a.py": SUMMER, "pkg-1.0/b.py": SUMMER - 90_000}))
    index.uploaded["Pkg-1.0.tar.gz"] = "2024-08-31T23:59:59.123456Z"
    day, basis = ("2024-07-01", "newest file in the archive") if html else ("2024-08-31", "upload to the index")

    for _ in range(2):
        assert provenance(read("pypi:pkg==1.0")) == Provenance(project="pkg", label="1.0", date=day, basis=basis)
    assert len([asked for asked in index.asked if asked.startswith("/files")]) == 1


def test_an_older_note_of_a_download_is_still_read(index):
    """It has no day."""
    index.add("pkg-1.0.tar.gz", _tar({"pkg-1.0/a.py": SUMMER}))
    index.uploaded["pkg-1.0.tar.gz"] = "2024-08-31T00:00:00Z"
    read("pypi:pkg==1.0")
    (note,) = downloads.folder().glob("*.json")
    note.write_text(note.read_text().replace(',"uploaded":"2024-08-31"', ""))
    asked = len(index.asked)

    assert provenance(read("pypi:pkg==1.0")) == Provenance(project="pkg", label="1.0")
    assert len(index.asked) == asked


@pytest.mark.parametrize(
    ("name", "project", "label"),
    [
        ("Some_Pkg-1.0.0-py3-none-any.whl", "some-pkg", "1.0.0"),
        ("some.pkg-1.0rc1.tar.gz", "some-pkg", "1.0rc1"),
        ("vllm-0.6.4.tar.bz2", "vllm", "0.6.4"),
        ("vllm-v0.6.4.zip", "vllm", "0.6.4"),
        ("vllm-1dbae0329c8fb4dc5a3c8a2ed2f1b8c9b1cc2d11.tar.xz", "vllm", "1dbae0329c8fb4dc5a3c8a2ed2f1b8c9b1cc2d11"),
        ("vllm-main.zip", "vllm-main", ""),
        ("service.pyz", "service", ""),
    ],
)
def test_an_archive_is_called_as_its_file_says(tmp_path, name, project, label):
    """By the rules of packages, else as hosts name what they pack."""
    times = {"p/a.py": (2024, 7, 1, 0, 0, 0), "p/b.py": (2024, 6, 1, 0, 0, 0)}
    if "tar" in name:
        data = _tar({path: int(datetime(*time, tzinfo=UTC).timestamp()) for path, time in times.items()})
    else:
        data = _zip(times)

    assert _of(tmp_path / name, data) == Provenance(
        project=project, label=label, date="2024-07-01", basis="newest file in the archive"
    )


@pytest.mark.parametrize(
    "times",
    [
        {"a.py": SUMMER, "b.py": SUMMER},
        {"a.py": 0, "b.py": 315_532_800},
        {"a.py": 1_580_601_600, "b.py": 1_451_606_400, "c.py": 0},
    ],
    ids=["all the same", "1970 and 1980", "what builders write"],
)
def test_times_that_a_builder_made_up_are_no_date(tmp_path, times):
    """One for all files, or one that stands for none."""
    assert _of(tmp_path / "p-1.tar.gz", _tar(times)) == Provenance(project="p", label="1")


def test_a_made_up_time_does_not_hide_a_real_one(tmp_path):
    """Builders write both into one archive."""
    data = _zip({"a.py": (2020, 2, 2, 0, 0, 0), "b.py": (2019, 5, 6, 1, 2, 4), "c.py": (1980, 0, 0, 0, 0, 0)})

    assert _of(tmp_path / "p-1-py3-none-any.whl", data).date == "2019-05-06"


def test_a_time_that_can_not_be_read_breaks_nothing(tmp_path):
    """A header's checksum is right, its date is not."""
    info = tarfile.TarInfo("a.py")
    info.size = 6
    header = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    header[136:148] = b"yesterday  \0"
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    (tmp_path / "p-1.tar").write_bytes(bytes(header) + b"x = 1\n".ljust(512, b"\0") + bytes(1024))

    tree = read(str(tmp_path / "p-1.tar"))

    assert (len(tree.files), tree.skipped, provenance(tree).date) == (1, (), "")


def test_a_commit_is_as_old_as_its_committer_says(tmp_path, monkeypatch):
    """In UTC, with the repository's name, whichever part of it is named."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    repository = Repository(tmp_path / "Engine.git" / "work")
    tree = repository.git("rev-parse", repository.commit({"a/b/c.py": "c\n"}) + "^{tree}")
    said = f"tree {tree}\nauthor A <a@b> 1 +0000\ncommitter > <c@d> {SUMMER + 43_100} -0800\n\ncommitter <x> 1 +0000\n"
    commit = repository.object("commit", said.encode())
    expected = Provenance(project="work", label=commit[:12], date="2024-07-01", basis="commit date")

    for part in ("", "/a", "/a/b/c.py", "/.git"):
        assert provenance(read(f"{repository.folder}{part}@{commit}")) == expected


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/owner/Engine.git", "Engine"),
        ("https://example.org/owner/engine/", "engine"),
        ("git@example.org:owner/engine.git", "engine"),
        ("git@example.org:engine", "engine"),
        ("/srv/engine/.git", "engine"),
        ("/srv/engine.git", "engine"),
    ],
)
def test_a_repository_is_called_as_its_address_says(url, name):
    """Without what only git needs."""
    assert repository_name(url) == name


@pytest.mark.parametrize(
    ("files", "project", "label"),
    [
        ({}, "Folder", ""),
        ({"pyproject.toml": "[project]\nname = 'My.Engine'\nversion = '1.2'"}, "my-engine", "1.2"),
        ({"pyproject.toml": "[project]\nname = 'engine'\ndynamic = ['version']"}, "engine", ""),
        ({"pyproject.toml": "[tool.poetry]\nname = 'engine'\nversion = '1.2'"}, "engine", "1.2"),
        ({"pyproject.toml": "[tool]\nblack = 1", "setup.cfg": "[metadata]\nname = engine\nversion = 3"}, "engine", "3"),
        ({"setup.cfg": "[metadata]\nname = engine\nversion = attr: engine.__version__"}, "engine", ""),
        ({"PKG-INFO": "Metadata-Version: 2.1\nName: engine\nVersion: 4.0\n\nName: other"}, "engine", "4.0"),
        ({"pyproject.toml": "[project]\nname = 'a\\u001b[31m'"}, "Folder", ""),
        ({"pyproject.toml": "[project]\nname = 7\n[tool]\npoetry = 8"}, "Folder", ""),
        ({"pyproject.toml": "[" * 100_000, "setup.cfg": "name", "PKG-INFO": "Name:\xff"}, "Folder", ""),
    ],
)
def test_a_folder_is_called_as_its_metadata_says(tmp_path, files, project, label):
    """Else as it is called on the disk; nothing is run to learn a version."""
    folder = tmp_path / "Folder"
    folder.mkdir()
    (folder / "a.py").write_text("a = 1\n")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="latin-1")

    for target in (folder, folder / "a.py"):
        assert provenance(read(str(target))) == Provenance(project=project, label=label)


def test_metadata_behind_a_link_or_too_large_is_not_read(tmp_path):
    """A link may lead anywhere."""
    (tmp_path / "Folder").mkdir()
    (tmp_path / "secret").write_text("[project]\nname = 'secret'")
    (tmp_path / "Folder" / "a.py").write_text("a = 1\n")
    (tmp_path / "Folder" / "pyproject.toml").symlink_to(tmp_path / "secret")
    (tmp_path / "Folder" / "setup.cfg").write_text("[metadata]\nname = engine\n" + "# \n" * 500_000)

    assert provenance(read(str(tmp_path / "Folder"))).project == "Folder"


def test_an_image_is_called_as_its_tag_says(tmp_path):
    """With the day on which it was made; 1970 stands for none."""
    code = layer(("app/a.py", b"a = 1\n"))
    made = archive(
        saved_old(code, tags=["registry:5000/team/server:1.2"], created="2024-07-01T23:30:00.123456789-05:00")
    )
    unnamed = archive(oci(code, created="1970-01-01T00:00:00Z"))

    assert _of(tmp_path / "image.tar", made) == Provenance(
        project="server", label="1.2", date="2024-07-02", basis="creation of the image"
    )
    assert _of(tmp_path / "image.tar", unnamed) == Provenance(project="image")
