"""Archives, kind and hostile: names are only names, and nothing inflates without end."""

import gzip
import hashlib
import io
import struct
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gnomon.core.errors import TargetError
from gnomon.io.limits import Limits
from gnomon.io.targets import read

LINKS = {"in.py": "real.py", "out.py": "../../etc/passwd", "abs": "/etc", "notes.txt": "/etc/passwd"}


def _paths(tree) -> list[str]:
    return [file.path for file in tree.files]


def _reasons(tree) -> dict[str, str]:
    return {entry.path: entry.reason for entry in tree.skipped}


@pytest.fixture
def archive(tmp_path):
    """Reads an archive with this content."""

    def read_bytes(data: bytes, limits: Limits = Limits()):  # noqa: B008
        path = tmp_path / "archive"
        path.write_bytes(data)
        return read(str(path), limits=limits)

    return read_bytes


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_every_usual_tar_is_read(archive, source, mode, form):
    """Long names in every dialect and compression keep their path in the archive, leading folder included."""
    names = ["pkg-1.0/a.py", f"pkg-1.0/{'d' * 90}/{'n' * 90}.py", "pkg-1.0/é.py"]
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, format=form) as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(source)
            tar.addfile(info, io.BytesIO(source))

    tree = archive(file.getvalue())

    assert _paths(tree) == sorted(names)
    assert {file.data for file in tree.files} == {source}
    assert tree.digest == f"sha256:{hashlib.sha256(file.getvalue()).hexdigest()}"
    assert tree.skipped == ()


def test_a_zip_is_read_with_its_digest(archive, source, zipped):
    """Stored and deflated entries come with the path in the archive."""
    data = zipped({"pkg/a.py": source, "pkg/b.txt": b"", "bin/run": b"#!/usr/bin/python\n", "bin/sh": b"#!/bin/sh\n"})

    tree = archive(data)

    assert _paths(tree) == ["bin/run", "pkg/a.py"]
    assert tree.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_a_zip_may_have_a_program_before_it(tmp_path, source, zipped):
    """A zipapp with its first line is read."""
    (tmp_path / "app.pyz").write_bytes(b"#!/usr/bin/env python3\n" + zipped({"__main__.py": source}))

    assert _paths(read(str(tmp_path / "app.pyz"))) == ["__main__.py"]


@pytest.mark.parametrize("make", ["tar", "zipped"])
def test_names_that_lead_out_are_listed(archive, request, source, make):
    """Entries with `..` or an absolute name are not read, `./` is only decoration."""
    pack = request.getfixturevalue(make)

    tree = archive(pack({"../../x.py": source, "/abs.py": source, "a/../../b.py": source, "./pkg/ok.py": source}))

    assert _paths(tree) == ["pkg/ok.py"]
    assert _reasons(tree) == dict.fromkeys(
        ("../../x.py", "/abs.py", "a/../../b.py"), "its name leads out of the archive"
    )


def test_an_entry_without_a_name_is_listed(archive, source, zipped, tar):
    """In a zip the name is cut to nothing; a tar may have none from the start."""
    data = zipped({"a.py": source, "ok.py": source}).replace(b"a.py", b"\0.py")

    for tree in (archive(data), archive(tar({"": source, "ok.py": source}))):
        assert _paths(tree) == ["ok.py"]
        assert _reasons(tree) == {".": "an entry without a name"}


def test_a_sparse_file_is_listed_under_its_own_name(archive, source):
    """The entry's name is made up, and its data begins with a map of the holes."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, headers in (("ok.py", {}), ("GNUSparseFile.0/1", {"GNU.sparse.name": "a.py"})):
            info = tarfile.TarInfo(name)
            info.size, info.pax_headers = len(source), headers
            tar.addfile(info, io.BytesIO(source))

    tree = archive(file.getvalue())

    assert _paths(tree) == ["ok.py"]
    assert _reasons(tree) == {"a.py": "a device, pipe or sparse file"}


def test_links_in_a_tar_are_not_followed(archive, source):
    """Only those are listed that lead out and may hold Python."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            for name, end in LINKS.items():
                info = tarfile.TarInfo(f"pkg/{kind.decode()}/{name}")
                info.type, info.linkname = kind, f"../{end}" if end.startswith("..") else end
                tar.addfile(info)
        info = tarfile.TarInfo("pkg/real.py")
        info.size = len(source)
        tar.addfile(info, io.BytesIO(source))

    tree = archive(file.getvalue())

    assert _paths(tree) == ["pkg/real.py"]
    assert sorted(_reasons(tree)) == ["pkg/1/abs", "pkg/1/out.py", "pkg/2/abs", "pkg/2/out.py"]
    assert _reasons(tree)["pkg/2/abs"] == "a link out of the archive, to /etc, is not followed"


def test_links_in_a_zip_are_not_followed(archive, source):
    """A zip's link is a file that holds where it leads."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, end in LINKS.items():
            info = zipfile.ZipInfo(f"pkg/{name}")
            info.external_attr = 0o120777 << 16
            packed.writestr(info, end)
        packed.writestr("pkg/real.py", source)

    tree = archive(file.getvalue())

    assert _paths(tree) == ["pkg/real.py"]
    assert sorted(_reasons(tree)) == ["pkg/abs", "pkg/out.py"]


def test_devices_in_a_tar_are_listed(archive, source, tar):
    """A device named like Python is no file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        for name, kind in {"zero.py": tarfile.CHRTYPE, "pipe.py": tarfile.FIFOTYPE, "null": tarfile.CHRTYPE}.items():
            info = tarfile.TarInfo(name)
            info.type, info.size = kind, 10**9  # a device's size is nobody's business
            packed.addfile(info)
        info = tarfile.TarInfo("ok.py")
        info.size = len(source)
        packed.addfile(info, io.BytesIO(source))

    tree = archive(file.getvalue())

    assert _paths(tree) == ["ok.py"]
    assert sorted(_reasons(tree)) == ["pipe.py", "zero.py"]


@pytest.mark.parametrize("make", ["tar", "zipped"])
def test_archives_within_an_archive_are_listed(archive, request, source, make):
    """A wheel within a source release was not looked at."""
    pack = request.getfixturevalue(make)

    assert _reasons(archive(pack({"a.py": source, "vendor/b-1-py3-none-any.whl": b"PK", "data.zip": b"PK"}))) == {
        "vendor/b-1-py3-none-any.whl": "an archive within the archive is not opened"
    }


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_entries_with_one_name_the_last_counts(archive):
    """As when unpacking; that there was another is listed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.py", b"first = 1\n")
        packed.writestr("a.py", b"last = 1\n")

    tree = archive(file.getvalue())

    assert [file.data for file in tree.files] == [b"last = 1\n"]
    assert list(_reasons(tree)) == ["a.py"]


@pytest.mark.parametrize("make", ["tar", "zipped"])
def test_a_bomb_is_stopped_at_the_limit(archive, request, source, make):
    """A hundred megabytes of zeros in a tenth of one are neither kept nor inflated whole."""
    pack = request.getfixturevalue(make)
    data = pack({"ok.py": source, "bomb.py": bytes(40_000_000), "pad.bin": bytes(60_000_000)})
    tracemalloc.start()

    tree = archive(data)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000
    assert _paths(tree) == ["ok.py"]
    assert _reasons(tree)["bomb.py"] == "40 MB, larger than the limit of 5 MB a file"
    if make == "tar":
        assert _reasons(tree)["."] == "it unpacks to more than 64 MB; the rest was not read"


@pytest.mark.parametrize("make", ["tar", "zipped"])
def test_many_small_bombs_are_stopped_at_the_ratio(archive, request, make):
    """Entries that are each small enough add up, and what came before is kept."""
    pack = request.getfixturevalue(make)
    blank = b" " * 4_000_000
    data = pack({f"{number}.py": blank for number in range(20)})

    tree = archive(data)

    assert 10 < len(tree.files) < 20
    assert "unpacks to more than" in _reasons(tree)["."]


def test_a_zip_that_lies_about_a_size_is_damaged(archive, source, zipped):
    """An entry that declares less than it holds is listed, its neighbours are read."""
    data = bytearray(zipped({"lie.py": b"x = 1\n" * 1000, "ok.py": source}))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"PK\x01\x02"))
    struct.pack_into("<L", data, at + 24, 10)

    tree = archive(bytes(data))

    assert _paths(tree) == ["ok.py"]
    assert _reasons(tree)["lie.py"].startswith("damaged: Bad CRC-32")


def test_an_encrypted_entry_is_listed(archive, source, zipped):
    """There is no password to ask for."""
    data = bytearray(zipped({"secret.py": source, "ok.py": source}))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1

    tree = archive(bytes(data))

    assert _paths(tree) == ["ok.py"]
    assert _reasons(tree) == {"secret.py": "encrypted"}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_can_not_be_bounded_is_listed(archive, source, method):
    """Only deflate and plain entries are inflated."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.py", source, method)
        packed.writestr("ok.py", source)

    tree = archive(file.getvalue())

    assert _paths(tree) == ["ok.py"]
    assert _reasons(tree) == {"a.py": f"compressed by method {method}; only deflate is read"}


def test_a_zip_that_lists_too_many_entries_is_not_opened(archive, source, zipped):
    """The list of entries is measured before it is read."""
    data = zipped({f"{number}.txt": b"" for number in range(1000)} | {"a.py": source})

    tree = archive(data, Limits(max_files=100))

    assert tree.files == ()
    assert _reasons(tree) == {".": "it lists more than 100 entries; none was read"}


def test_a_tar_with_too_many_entries_is_left_off(archive, source, tar):
    """What came before is kept."""
    tree = archive(tar({f"{number}.txt": b"" for number in range(1000)} | {"a.py": source}, "w"), Limits(max_files=100))

    assert _reasons(tree) == {".": "it has more than 100 entries; the rest was not read"}


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_what_a_torn_tar_still_holds_is_kept(archive, tar, cut):
    """A download that broke off gives what it has, and says that something is missing."""
    noise = [hashlib.sha256(str(number).encode()).hexdigest() * 200 for number in range(20)]
    data = tar({f"{number:02}.py": f"'{text}'\n".encode() for number, text in enumerate(noise)})

    tree = archive(data[: int(len(data) * cut)])

    assert 0 < len(tree.files) < 20
    assert "the archive is damaged" in _reasons(tree)["."]


def test_a_tar_without_its_end_mark_is_incomplete(archive, source, tar):
    """Cut between two files, nothing else would tell."""
    data = tar({"a.py": source, "b.py": source}, "w")

    tree = archive(data[:1024])

    assert _paths(tree) == ["a.py"]
    assert "end mark" in _reasons(tree)["."]


def test_a_tar_with_a_damaged_header_says_so(archive, source, tar):
    """The standard library would take it for the end."""
    data = bytearray(tar({"a.py": source, "b.py": source}, "w"))
    data[1024 + 5] ^= 0xFF

    tree = archive(bytes(data))

    assert _paths(tree) == ["a.py"]
    assert "a header can't be read" in _reasons(tree)["."]


def test_a_header_that_claims_a_gigabyte_is_not_believed(archive, source):
    """An extension header of any size would be kept in memory."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        info = tarfile.TarInfo("ok.py")
        info.size = len(source)
        packed.addfile(info, io.BytesIO(source))
        huge = tarfile.TarInfo("huge")
        huge.type, huge.size = tarfile.XHDTYPE, 10**9
        packed.addfile(huge)

    assert "an extension header of 1,000,000,000 bytes" in _reasons(archive(gzip.compress(file.getvalue())))["."]


def test_a_chain_of_ten_thousand_long_names_is_followed_without_recursion(archive, source):
    """The last of them names the file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as packed:
        for _ in range(10_000):
            info = tarfile.TarInfo("././@LongLink")
            info.type, info.size = tarfile.GNUTYPE_LONGNAME, 6
            packed.addfile(info, io.BytesIO(b"ok.py\0"))
        info = tarfile.TarInfo("x")
        info.size = len(source)
        packed.addfile(info, io.BytesIO(source))

    assert _paths(archive(file.getvalue())) == ["ok.py"]


@pytest.mark.parametrize("size", [b"-0000000007\0", b"0000000_010\0", b"99999999999\0", b"\xff" * 12])
def test_sizes_that_are_no_octal_number_are_refused(archive, source, tar, size):
    """Negative and decorated numbers must not move the reader backwards."""
    data = bytearray(tar({"a.py": source, "b.py": source}, "w"))
    data[1024 + 124 : 1024 + 136] = size
    data[1024 + 148 : 1024 + 156] = b" " * 8
    data[1024 + 148 : 1024 + 156] = b"%06o\0 " % sum(data[1024:1536])

    assert "a header can't be read" in _reasons(archive(bytes(data)))["."]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_raises_anything_else(archive, source, tar, zipped, data):
    """Whatever bytes are changed, an archive gives a tree or a TargetError."""
    whole = data.draw(st.sampled_from([tar({"a.py": source, "b.py": source}, "w"), zipped({"a.py": source, "b": b""})]))
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 20))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))

    try:
        tree = archive(bytes(changed[: data.draw(st.integers(1, len(changed)))]))
    except TargetError:
        return
    assert all(not path.startswith(("/", "..")) for path in _paths(tree))
