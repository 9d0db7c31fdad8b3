"""Archives and notebooks that are hard to open: bombs, lies, torn ends, links and devices."""

import io
import json
import lzma
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, Case

NOT_NOTEBOOKS = {
    "notebook-brackets": b'{"cells": [{"cell_type":"code","source":[' + b"[" * 100_000,
    "notebook-braces": b'{"cells": [], "metadata": ' + b'{"a":' * 500_000,
    "notebook-numbers": b'{"cells": [' + b"9" * 4_000_000 + b"]}",
    "notebook-no-json": b"\xff\xfe\0",
}


def packed() -> Iterator[Case]:
    """Every hostile archive and notebook."""
    for name, make, target, neighbour, skipped in (
        ("tar-names", _tar_names, "pkg-1.0.tar.gz", "pkg/ok.py", ("../../../x.py", "/x.py", "pkg/link")),
        ("tar-devices", _tar_devices, "pkg.tar", "ok.py", ("zero.py", "pipe.py")),
        ("tar-bomb", _tar_bomb, "pkg.tar.gz", "ok.py", (".", "bomb.py")),
        ("tar-bomb-bzip2", _tar_bomb_bzip2, "pkg.tar.bz2", "ok.py", (".",)),
        ("tar-bomb-xz", _tar_bomb_xz, "pkg.tar.xz", "ok.py", (".",)),
        ("tar-torn", _tar_torn, "pkg.tar.gz", "ok.py", (".",)),
        ("tar-long-header", _tar_long_header, "pkg.tar", "ok.py", (".",)),
        ("tar-long-names", _tar_long_names, "pkg.tar", "ok.py", ()),
        ("zip-names", _zip_names, "pkg.zip", "pkg/ok.py", ("../../x.py", "/x.py")),
        ("zip-bomb", _zip_bomb, "pkg-1.0-py3-none-any.whl", "ok.py", ("pkg/a.py",)),
        ("zip-overlapping", _zip_overlapping, "pkg.zip", "ok.py", ("a.py",)),
        ("zip-entries", _zip_entries, "pkg.zip", "ok.py", ()),
        ("zip-encrypted", _zip_encrypted, "pkg.zip", "ok.py", ("secret.py",)),
        ("zip-damaged", _zip_damaged, "pkg.zip", "ok.py", ("a.py",)),
        ("zip-twice", _zip_twice, "pkg.zip", "ok.py", ("ok.py",)),
        ("notebook-outputs", _notebook_outputs, ".", "ok.py", ()),
        ("notebook-spaces", _notebook_spaces, ".", "ok.py", ()),
    ):  # fmt: skip
        yield Case(name=name, make=make, target=target, neighbour=neighbour, skipped=skipped)
    for name, data in NOT_NOTEBOOKS.items():
        yield Case(name=name, make=_write_as("a.ipynb", data), skipped=("a.ipynb",))
    for name, make in (("notebook-cells", _notebook_cells), ("notebook-magics", _notebook_magics)):
        yield Case(name=name, make=make, flawed=("a.ipynb",))


def _write_as(name: str, data: bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return make


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def _tar_names(folder: Path) -> None:
    with tarfile.open(folder / "pkg-1.0.tar.gz", "w:gz") as tar:
        for name in ("../../../x.py", "/x.py", "pkg/ok.py"):
            _add(tar, name, FLAWED)
        link = tarfile.TarInfo("pkg/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)


def _tar_devices(folder: Path) -> None:
    with tarfile.open(folder / "pkg.tar", "w") as tar:
        for name, kind in (("zero.py", tarfile.CHRTYPE), ("pipe.py", tarfile.FIFOTYPE)):
            device = tarfile.TarInfo(name)
            device.type, device.devmajor, device.devminor, device.size = kind, 1, 5, 10**12
            tar.addfile(device)
        _add(tar, "ok.py", FLAWED)


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


def _tar_bomb(folder: Path) -> None:
    with tarfile.open(folder / "pkg.tar.gz", "w:gz", compresslevel=9) as tar:
        _add(tar, "ok.py", FLAWED)
        _zeros(tar, "bomb.py", 10)
        _zeros(tar, "pad.bin", 150)


def _tar_bomb_bzip2(folder: Path) -> None:
    with tarfile.open(folder / "pkg.tar.bz2", "w:bz2") as tar:
        _add(tar, "ok.py", FLAWED)
        _zeros(tar, "pad.bin", 80)


def _tar_bomb_xz(folder: Path) -> None:
    with tarfile.open(folder / "pkg.tar.xz", "w:xz", preset=lzma.PRESET_DEFAULT) as tar:
        _add(tar, "ok.py", FLAWED)
        _zeros(tar, "pad.bin", 80)


def _tar_torn(folder: Path) -> None:
    noise = random.Random(0)
    with tarfile.open(folder / "pkg.tar.gz", "w:gz", compresslevel=1) as tar:
        _add(tar, "ok.py", FLAWED)
        for number in range(100):
            _add(tar, f"m{number}.py", b"#" + noise.randbytes(3000).hex().encode())
    data = (folder / "pkg.tar.gz").read_bytes()
    (folder / "pkg.tar.gz").write_bytes(data[: len(data) // 2])


def _tar_long_header(folder: Path) -> None:
    with tarfile.open(folder / "pkg.tar", "w") as tar:
        _add(tar, "ok.py", FLAWED)
        header = tarfile.TarInfo("long")
        header.type, header.size = tarfile.XHDTYPE, 8 * 10**9
        tar.addfile(header)


def _tar_long_names(folder: Path) -> None:
    """Forty thousand headers that each only say what the next one is called."""
    with tarfile.open(folder / "pkg.tar", "w", format=tarfile.GNU_FORMAT) as tar:
        header = tarfile.TarInfo("././@LongLink")
        header.type, header.size = tarfile.GNUTYPE_LONGNAME, 6
        one = header.tobuf(tarfile.GNU_FORMAT) + b"ok.py\0".ljust(512, b"\0")
        file = tar.fileobj
        file.write(one * 40_000)
        _add(tar, "x", FLAWED)


def _zip_names(folder: Path) -> None:
    with zipfile.ZipFile(folder / "pkg.zip", "w") as archive:
        for name in ("../../x.py", "/x.py", "pkg/ok.py"):
            archive.writestr(name, FLAWED)


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


def _zip_encrypted(folder: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("secret.py", FLAWED)
        archive.writestr("ok.py", FLAWED)
        archive.getinfo("secret.py").flag_bits |= 1
    (folder / "pkg.zip").write_bytes(file.getvalue())


def _zip_damaged(folder: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.py", FLAWED)
        archive.writestr("ok.py", FLAWED)
        archive.getinfo("a.py").CRC ^= zlib.crc32(b"x")
    (folder / "pkg.zip").write_bytes(file.getvalue())


def _zip_twice(folder: Path) -> None:
    """The second entry is what unpacking leaves on disk."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("ok.py", b"pass\n")
        archive.NameToInfo.clear()
        archive.writestr("ok.py", FLAWED)
    (folder / "pkg.zip").write_bytes(file.getvalue())


def _cell(text: str) -> dict[str, object]:
    return {"cell_type": "code", "outputs": [], "source": text.splitlines(keepends=True)}


def _notebook_cells(folder: Path) -> None:
    cells = [_cell(FLAWED.decode()), *[_cell("x = 1\n")] * 20_000]
    (folder / "a.ipynb").write_text(json.dumps({"cells": cells}, indent=1))


def _notebook_magics(folder: Path) -> None:
    text = "%%time\n" + FLAWED.decode() + "!ls \\\n" * 50 + "x?\n%matplotlib\nfiles = !ls\n" * 100
    (folder / "a.ipynb").write_text(json.dumps({"cells": [_cell(text)] * 20}, indent=1))


def _notebook_outputs(folder: Path) -> None:
    """Twenty megabytes that all look like the beginning of the source."""
    cell = _cell("a") | {"outputs": ['"source": ["b"]', {"source": ["b"]}] * 500_000}
    (folder / "a.ipynb").write_text(json.dumps({"cells": [cell]}))


def _notebook_spaces(folder: Path) -> None:
    """Lines that a careless pattern tries to match in every way there is."""
    lines = [" " * 200_000 + "x\n", "a? " + " " * 200_000 + "b\n", "a," * 100_000 + "\n", "!x\n"]
    (folder / "a.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": lines}]}))
