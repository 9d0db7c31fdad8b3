"""Archives that are hard to open: bombs, lies, torn ends, links and devices, and names that lead elsewhere."""

import gzip
import io
import lzma
import random
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, Case

_TORN = ("torn.tar.gz", "torn.tar", "torn.tar.xz")
_LIES = ("encrypted.zip", "damaged.zip", "twice.zip", "size.zip", "name.zip", "method.zip")


def packed() -> Iterator[Case]:
    """Every hostile archive. In each target the neighbour lies too."""
    for name, make, targets, skipped in (
        ("tar-escapes", _tar_escapes, ("pkg-1.0.tar.gz",), ("../../../x.py", "/x.py", "link", "through", "hard.py")),
        ("tar-devices", _tar_devices, ("pkg.tar",), ("zero.py", "pipe.py")),
        ("tar-sparse", _tar_sparse, ("old.tar", "new.tar"), ("sparse.py", "holes.py")),
        ("tar-bombs", _tar_bombs, ("pkg.tar.gz", "pkg.tar.bz2", "pkg.tar.xz", "many.tar.gz"), (".", "bomb.py")),
        ("tar-torn", _tar_torn, _TORN, (".",)),
        ("tar-headers", _tar_headers, ("pkg.tar",), (".",)),
        ("tar-names", _tar_names, ("long.tar", "twice.tar", "pax.tar"), ("ok.py", ".")),
        ("zip-escapes", _zip_escapes, ("pkg.zip",), ("../../x.py", "/x.py", "link")),
        ("zip-bomb", _zip_bomb, ("pkg-1.0-py3-none-any.whl",), ("pkg/a.py",)),
        ("zip-overlapping", _zip_overlapping, ("pkg.zip",), ("a.py",)),
        ("zip-entries", _zip_entries, ("pkg.zip",), ()),
        ("zip-lies", _zip_lies, _LIES, ("a.py", "ok.py")),
        ("archives-within", _archives_within, (".", "outer.zip", "outer.tar.gz"), ("pkg-1.0-py3-none-any.whl",)),
    ):  # fmt: skip
        yield Case(name=name, kind="archives", make=make, targets=targets, skipped=skipped)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def _zeros(tar: tarfile.TarFile, name: str, megabytes: int) -> None:
    info = tarfile.TarInfo(name)
    info.size = megabytes * 1_000_000
    tar.addfile(info, io.BufferedReader(_Zeros()))


class _Zeros(io.RawIOBase):
    """As many zeros as anybody wants."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        buffer[:] = bytes(len(buffer))
        return len(buffer)


def _tar_escapes(folder: Path) -> None:
    """Names and links that lead out of the archive, and an entry behind such a link."""
    with tarfile.open(folder / "pkg-1.0.tar.gz", "w:gz") as tar:
        for name in ("../../../x.py", "/x.py", "ok.py"):
            _add(tar, name, FLAWED)
        for name, kind, end in (
            ("link", tarfile.SYMTYPE, "/etc"),
            ("through", tarfile.SYMTYPE, "../.."),
            ("hard.py", tarfile.LNKTYPE, "/etc/passwd"),
        ):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, end
            tar.addfile(link)
        _add(tar, "through/outside.py", FLAWED)


def _tar_devices(folder: Path) -> None:
    with tarfile.open(folder / "pkg.tar", "w") as tar:
        for name, kind in (("zero.py", tarfile.CHRTYPE), ("pipe.py", tarfile.FIFOTYPE)):
            device = tarfile.TarInfo(name)
            device.type, device.devmajor, device.devminor, device.size = kind, 1, 5, 10**12
            tar.addfile(device)
        _add(tar, "ok.py", FLAWED)


def _tar_sparse(folder: Path) -> None:
    """A terabyte of holes, as old and as new tars write it; the map of the old one has a thousand blocks."""
    info = tarfile.TarInfo("sparse.py")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[482:495] = b"\x01" + b"77777777777\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    blocks = b"0" * 504 + b"\x01" + bytes(7)
    with tarfile.open(folder / "old.tar", "w", format=tarfile.GNU_FORMAT) as tar:
        _add(tar, "ok.py", FLAWED)
        tar.fileobj.write(bytes(header) + blocks * 1000 + bytes(512) + bytes(512))
        tar.offset = tar.fileobj.tell()
    with tarfile.open(folder / "new.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, "ok.py", FLAWED)
        holes = tarfile.TarInfo("GNUSparseFile.0/x.txt")
        holes.pax_headers = {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.name": "holes.py",
            "GNU.sparse.realsize": str(10**12),
        }
        data = b"1\n0\n100\n".ljust(512, b"\0") + bytes(100)
        holes.size = len(data)
        tar.addfile(holes, io.BytesIO(data))


def _tar_bombs(folder: Path) -> None:
    """Zeros, packed in every way there is, and packed twice."""
    for name, options in (
        ("gz", {"compresslevel": 9}),
        ("bz2", {}),
        ("xz", {"preset": lzma.PRESET_DEFAULT}),
    ):
        with tarfile.open(folder / f"pkg.tar.{name}", f"w:{name}", **options) as tar:
            _add(tar, "ok.py", FLAWED)
            _zeros(tar, "bomb.py", 10)
            _zeros(tar, "pad.bin", 150 if name == "gz" else 80)
    with tarfile.open(folder / "many.tar.gz", "w:gz") as tar:
        _add(tar, "ok.py", FLAWED)
        _add(tar, "inner.tar.gz", gzip.compress(gzip.compress(bytes(100_000_000))))
        for number in range(30):
            _add(tar, f"m{number}.py", b"#" * 4_000_000)


def _tar_torn(folder: Path) -> None:
    """Cut in the middle, packed or not."""
    for name, compression in (("torn.tar.gz", "gz"), ("torn.tar", ""), ("torn.tar.xz", "xz")):
        noise = random.Random(0)
        with tarfile.open(folder / name, f"w:{compression}") as tar:
            _add(tar, "ok.py", FLAWED)
            for number in range(200):
                _add(tar, f"m{number}.py", b"#" + noise.randbytes(3000).hex().encode())
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])


def _tar_headers(folder: Path) -> None:
    """A header of eight gigabytes that is not there."""
    with tarfile.open(folder / "pkg.tar", "w") as tar:
        _add(tar, "ok.py", FLAWED)
        header = tarfile.TarInfo("long")
        header.type, header.size = tarfile.XHDTYPE, 8 * 10**9
        tar.addfile(header)


def _tar_names(folder: Path) -> None:
    """Headers that only say what the next one is called, names of a megabyte, and two files of one name."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 6
    with tarfile.open(folder / "long.tar", "w", format=tarfile.GNU_FORMAT) as tar:
        tar.fileobj.write((header.tobuf(tarfile.GNU_FORMAT) + b"ok.py\0".ljust(512, b"\0")) * 40_000)
        _add(tar, "x", FLAWED)
    with tarfile.open(folder / "twice.tar", "w") as tar:
        _add(tar, "ok.py", b"pass\n")
        _add(tar, "ok.py", FLAWED)
    with tarfile.open(folder / "pax.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, "ok.py", FLAWED)
        for number in range(20):
            info = tarfile.TarInfo(f"{number}")
            info.pax_headers = {"path": "d/" * 250_000 + f"{number}.py", "comment": "x" * 200_000}
            tar.addfile(info)
        info = tarfile.TarInfo("end")
        info.pax_headers = {"comment": "x" * 2_000_000}
        tar.addfile(info)


def _zip_escapes(folder: Path) -> None:
    with zipfile.ZipFile(folder / "pkg.zip", "w") as archive:
        for name in ("../../x.py", "/x.py", "ok.py"):
            archive.writestr(name, FLAWED)
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc")


def _zip_bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / "pkg-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ok.py", FLAWED)
        with archive.open("pkg/a.py", "w", force_zip64=True) as entry:
            for _ in range(200):
                entry.write(bytes(1 << 20))


def _zip_overlapping(folder: Path) -> None:
    """Two thousand entries that all name the same four megabytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ok.py", FLAWED)
        archive.writestr("a.py", b" " * 4_000_000)
        shared = archive.getinfo("a.py")
        for _ in range(2000):
            archive.filelist.append(shared)
    (folder / "pkg.zip").write_bytes(file.getvalue())


def _zip_entries(folder: Path) -> None:
    """A hundred thousand entries; they share one content, or it would take long to write them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("ok.py", FLAWED)
        archive.writestr("x.txt", b"")
        archive.filelist += [archive.getinfo("x.txt")] * 100_000
    (folder / "pkg.zip").write_bytes(file.getvalue())


def _zip_lies(folder: Path) -> None:
    """Entries that are not what the list says of them: locked, damaged, twice, of another size, name or method."""
    for name in _LIES:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.py", FLAWED)
            archive.writestr("ok.py", b"pass\n" if name == "twice.zip" else FLAWED)
            entry = archive.getinfo("a.py")
            match name:
                case "encrypted.zip":
                    entry.flag_bits |= 1
                case "damaged.zip":
                    entry.CRC ^= zlib.crc32(b"x")
                case "twice.zip":
                    archive.NameToInfo.clear()
                    archive.writestr("ok.py", FLAWED)
                    entry.compress_type = 99
                case "size.zip":  # written as a zip64 record
                    entry.file_size = entry.compress_size = 1 << 40
                case "name.zip":
                    entry.filename = "b.py"
                case "method.zip":
                    entry.compress_type = 99
        data = file.getvalue()
        if name == "name.zip":
            data = data.replace(b"b.py", b"a.py", 1) if data.index(b"b.py") < data.index(b"a.py") else data
        (folder / name).write_bytes(data)


def _archives_within(folder: Path) -> None:
    """Archives in archives, ten deep; and one that holds its own beginning."""
    inner = FLAWED
    for depth in range(10):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("ok.py", FLAWED)
            archive.writestr("pkg-1.0-py3-none-any.whl" if depth else "a.py", inner)
        inner = file.getvalue()
    (folder / "outer.zip").write_bytes(inner)
    (folder / "pkg-1.0-py3-none-any.whl").write_bytes(inner)
    (folder / "pkg-1.0.tar.gz").write_bytes(b"\x1f\x8b\x08")
    with tarfile.open(folder / "outer.tar.gz", "w:gz") as tar:
        _add(tar, "ok.py", FLAWED)
        _add(tar, "pkg-1.0-py3-none-any.whl", inner)
        _add(tar, "outer.tar.gz", (folder / "outer.zip").read_bytes()[:100])
