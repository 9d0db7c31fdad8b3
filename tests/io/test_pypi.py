"""Releases from a package index that really answers, on this machine."""

import base64
import stat
import urllib.parse
from pathlib import Path

import pytest

from gnomon.core.errors import TargetError
from gnomon.io import downloads
from gnomon.io.limits import Limits
from gnomon.io.pip_settings import PipSettings, from_listing
from gnomon.io.pypi import download
from gnomon.io.targets import read

MAX = 10_000_000


@pytest.fixture
def wheel(zipped, source) -> bytes:
    """A wheel of one module."""
    return zipped({"pkg/a.py": source})


@pytest.fixture
def sdist(tar, source) -> bytes:
    """A source release of one module."""
    return tar({"pkg-1.0/pkg/a.py": source})


def _fails(text: str) -> TargetError:
    with pytest.raises(TargetError) as raised:
        download(text, MAX)
    return raised.value


@pytest.mark.parametrize("html", [False, True])
def test_a_release_is_downloaded_and_read(index, sdist, html):
    """Both kinds of index page lead to the archive, and the target names what was read with its hash."""
    index.html = html
    digest = index.add("pkg-1.0.tar.gz", sdist)

    tree = read("pypi:PKG==1")

    assert tree.target == "pypi:pkg==1.0"
    assert tree.digest == f"sha256:{digest}"
    assert [file.path for file in tree.files] == ["pkg-1.0/pkg/a.py"]


def test_python_wheels_come_first_then_sources_then_the_smallest_wheel(index, wheel, sdist):
    """Any platform will do, since nothing is installed."""
    for number, names in enumerate(
        [
            ["pkg-{}-py3-none-any.whl", "pkg-{}.tar.gz", "pkg-{}-cp311-cp311-win_amd64.whl"],
            ["pkg-{}-cp311-cp311-win_amd64.whl", "pkg-{}.tar.gz"],
            ["pkg-{}-cp311-cp311-linux_x86_64.whl", "pkg-{}-cp311-cp311-win_amd64.whl", "pkg-{}.exe"],
        ],
        start=1,
    ):
        for name in names:
            index.add(name.format(number), wheel if "win" in name or "any" in name else wheel + bytes(100))

    assert [download(f"pkg=={number}", MAX).filename for number in (1, 2, 3)] == [
        "pkg-1-py3-none-any.whl",
        "pkg-2.tar.gz",
        "pkg-3-cp311-cp311-win_amd64.whl",
    ]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("pkg", "1.10"),
        ("pkg<1.10", "1.9.post1"),
        ("pkg==2.0b1", "2.0b1"),
        ("pkg[extra]==1.9.*", "1.9.post1"),
        ("pkg>=2b0", "2.0b1"),
    ],
)
def test_the_newest_version_allowed_is_taken(index, wheel, text, version):
    """By version order, with pre-releases only if asked for."""
    for offered in ("1.9", "1.9.post1", "1.10", "2.0b1"):
        index.add(f"pkg-{offered}-py3-none-any.whl", wheel + offered.encode())

    assert download(text, MAX).version == version


@pytest.mark.parametrize("html", [False, True])
def test_a_withdrawn_release_must_be_named(index, wheel, html):
    """PEP 592: only an exact version takes a yanked file."""
    index.html = html
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    index.add("pkg-1.1-py3-none-any.whl", wheel)
    index.yanked = {"pkg-1.1-py3-none-any.whl"}

    assert download("pkg", MAX).version == "1.0"
    assert download("pkg==1.1", MAX).version == "1.1"

    index.yanked = set(index.files)

    error = _fails("pkg>0")
    assert "withdrawn" in error.problem
    assert "pypi:pkg==1.1" in error.remedy


def test_a_missing_version_is_told_with_the_nearest(index, wheel):
    """A slip in the version is easy to mend."""
    for version in ("0.6.5", "0.6.6", "0.7.0", "0.8.0"):
        index.add(f"pkg-{version}-py3-none-any.whl", wheel)

    error = _fails("pkg==0.6.7")

    assert error.problem == "pkg has no release ==0.6.7; the nearest are 0.6.5, 0.6.6, 0.7.0, 0.8.0."
    assert error.remedy == "gnomon scan pypi:pkg==0.7.0"


def test_an_unknown_project_is_told(index):
    """A 404 means that there is none."""
    assert "no package index has nosuch" in _fails("nosuch==1").problem


@pytest.mark.parametrize(
    "text", ["", "a b", "==1.0", "pkg=1.0", "pkg==1.0 extra", "pkg @ https://example.org/a.whl", "../x", "pkg; a"]
)
def test_what_names_no_release_is_refused(index, text):
    """Addresses and markers are no releases, and nobody is asked."""
    assert "does not name a release" in _fails(text).problem
    assert index.asked == []


def test_a_wrong_hash_is_refused_and_nothing_is_kept(index, wheel):
    """What the index promises and what it sends must be the same."""
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    index.wrong_hash = set(index.files)

    assert "is not what the index promises" in _fails("pkg==1.0").problem
    assert list(downloads.folder().iterdir()) == []


def test_a_torn_download_is_refused(index, wheel):
    """Without a hash the length tells."""
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    index.cut = 10

    assert "can't be downloaded" in _fails("pkg==1.0").problem
    assert list(downloads.folder().iterdir()) == []


def test_a_download_that_is_too_large_is_refused(index, wheel):
    """Whether the index tells the size or not."""
    index.add("pkg-1.0-py3-none-any.whl", wheel + bytes(100_000))

    for index.html in (False, True):
        with pytest.raises(TargetError, match="larger than the limit"):
            read("pypi:pkg==1.0", limits=Limits(max_download_bytes=50_000))
    assert list(downloads.folder().iterdir()) == []


def test_what_was_downloaded_is_not_asked_for_again(index, wheel, monkeypatch):
    """The second time needs no network, and GNOMON_OFFLINE allows it."""
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    first = download("pkg==1.0", MAX)
    asked = len(index.asked)
    monkeypatch.setenv("GNOMON_OFFLINE", "1")

    assert download("pkg==1.0", MAX) == first
    assert len(index.asked) == asked

    error = _fails("pkg==1.1")
    assert "GNOMON_OFFLINE is set" in error.problem
    assert len(index.asked) == asked


def test_a_changed_copy_is_downloaded_again(index, wheel):
    """What is kept is only used while its hash is right."""
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    first = download("pkg==1.0", MAX)
    first.path.write_bytes(b"something else")

    assert download("pkg==1.0", MAX).path.read_bytes() == wheel


def test_another_index_has_another_copy(index, wheel, monkeypatch):
    """The same name and version from elsewhere may be another release."""
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    download("pkg==1.0", MAX)
    index.add("pkg-1.0-py3-none-any.whl", wheel + b"other")
    monkeypatch.setenv("PIP_INDEX_URL", index.url + "/")

    assert download("pkg==1.0", MAX).path.read_bytes() == wheel + b"other"


def test_the_cache_is_closed_to_others(index, wheel, monkeypatch, tmp_path):
    """The folder and its files are private, and one that others can write to is not used."""
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    kept = download("pkg==1.0", MAX).path

    assert stat.S_IMODE(downloads.folder().stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    downloads.folder().chmod(0o777)

    error = _fails("pkg==1.0")
    assert "can't be kept" in error.problem
    assert "GNOMON_CACHE_DIR" in error.remedy


def test_an_index_that_does_not_answer_is_told_without_its_password(index, monkeypatch):
    """Neither the message nor the remedy shows credentials."""
    place = urllib.parse.urlsplit(index.url).netloc
    monkeypatch.setenv("PIP_INDEX_URL", f"http://user:secret@{place}/simple")
    index.status = 503

    error = _fails("pkg==1.0")

    assert "HTTP status 503" in error.problem
    assert "secret" not in error.problem + error.remedy
    assert index.authorization == [f"Basic {base64.b64encode(b'user:secret').decode()}"]


def test_no_connection_is_told(index, monkeypatch):
    """A port that nobody listens on gives a message with the place, not a traceback."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    error = _fails("pkg==1.0")

    assert "http://127.0.0.1:9/simple/pkg/" in error.problem
    assert "check the network" in error.remedy


def test_an_index_page_that_is_none_is_told(index, wheel, monkeypatch):
    """A proxy's login page with status 200 is not an empty index."""
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    monkeypatch.setattr(index, "page", lambda _: ("application/json", b"<html>please log in</html>"))

    assert "not a list of files" in _fails("pkg==1.0").problem


def test_an_index_elsewhere_has_no_say_about_local_files(index, monkeypatch, tmp_path):
    """A page that offers file:///… is not believed."""
    (tmp_path / "pkg-1.0-py3-none-any.whl").write_bytes(b"secret")
    page = f'<a href="{(tmp_path / "pkg-1.0-py3-none-any.whl").as_uri()}">pkg-1.0-py3-none-any.whl</a>'.encode()
    monkeypatch.setattr(index, "page", lambda _: ("text/html", page))

    assert "no package index has pkg" in _fails("pkg==1.0").problem


@pytest.mark.parametrize("name", ["pkg-1.0-py3-none-..%2f..%2fx-any.whl", "../../pkg-1.0-py3-none-any.whl"])
def test_a_file_is_kept_under_its_hash_whatever_it_is_called(index, wheel, name):
    """A name from an index never becomes a path."""
    index.files[name] = wheel
    index.page = lambda _: (  # what an index could say
        "application/vnd.pypi.simple.v1+json",
        f'{{"files": [{{"filename": "{name}", "url": "/files/{name.rpartition("/")[2]}"}}]}}'.encode(),
    )

    _fails("pkg==1.0")
    assert not any(path.suffix == ".whl" for path in downloads.folder().parent.parent.rglob("*"))


def test_local_indexes_and_wheelhouses_are_read(index, wheel, source, zipped, tmp_path, monkeypatch):
    """`file:` indexes and find-links folders serve where there is no network at all."""
    project = tmp_path / "local" / "simple" / "pkg"
    project.mkdir(parents=True)
    (tmp_path / "local" / "pkg-1.0-py3-none-any.whl").write_bytes(wheel)
    (project / "index.html").write_text('<a href="../../pkg-1.0-py3-none-any.whl">pkg-1.0-py3-none-any.whl</a>')
    house = tmp_path / "house"
    house.mkdir()
    (house / "pkg-1.1-py3-none-any.whl").write_bytes(zipped({"pkg/b.py": source}))

    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"{(tmp_path / 'local' / 'simple').as_uri()} file:///nowhere/simple")
    assert read("pypi:pkg").target == "pypi:pkg==1.0"

    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(house))
    assert read("pypi:pkg").target == "pypi:pkg==1.1"


def test_a_silent_index_matters_unless_the_version_was_found(index, wheel, monkeypatch):
    """The newest of what half of the indexes know is not the newest."""
    index.add("pkg-1.0-py3-none-any.whl", wheel)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple")

    assert "can't be asked for pkg" in _fails("pkg").problem
    assert download("pkg==1.0", MAX).version == "1.0"


def test_the_current_folder_is_never_run_as_pip(index, wheel, tmp_path, monkeypatch):
    """A module named pip in the scanned folder stays a file."""
    (tmp_path / "pip.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    monkeypatch.chdir(tmp_path)
    index.add("pkg-1.0-py3-none-any.whl", wheel)

    download("pkg==1.0", MAX)

    assert not Path("ran").exists()


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        ("", PipSettings()),
        ("global.index-url='https://a/simple'\n", PipSettings(indexes=("https://a/simple",))),
        (
            "global.index-url='https://a'\ndownload.index-url='https://b'\n:env:.index-url='https://c'\ninstall.index-url='https://d'",
            PipSettings(indexes=("https://c",)),
        ),
        (
            "global.index-url='https://a'\nglobal.extra-index-url='file:///opt/simple https://b'\nglobal.timeout='180'",
            PipSettings(indexes=("https://a", "file:///opt/simple", "https://b"), timeout_s=180),
        ),
        (
            "global.no-index='true'\nglobal.find-links='/opt/wheels'",
            PipSettings(indexes=(), find_links=("/opt/wheels",)),
        ),
        ("WARNING: something\n:env:.index-url=''\nglobal.cert=open('x')", PipSettings()),
    ],
)
def test_pips_settings_follow_its_order(listing, expected):
    """Variables over a command's section over the global one; what is empty or no text does not count."""
    assert from_listing(listing) == expected


@pytest.mark.network
def test_the_configured_index_serves_a_real_release(tmp_path, monkeypatch):
    """The release where it all began can be read."""
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("GNOMON_OFFLINE", raising=False)

    tree = read("pypi:llama-stack==0.0.40")

    assert "llama_stack/__init__.py" in {file.path for file in tree.files}
    assert tree.digest == "sha256:b362cdf22273461ca9574af64b14f6de340d596f0457185d01d1e26ff337134a"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["downloads", "turns"]
