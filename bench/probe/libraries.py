"""libzmq from 2.2.0 to 4.3.5, as pyzmq's releases carry it: built from their sources, or taken out of their wheels.

Nothing of pyzmq is run: its source releases hold those of libzmq (and, from 14.3 on, of libsodium), its wheels the
library itself. Both are checked by sha256.
"""

import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from bench.archives import Archive, archive_path


class Library(NamedTuple):
    """One release of libzmq, by the release of pyzmq that has it."""

    release: str
    archive: Archive

    @property
    def built(self) -> bool:
        """True if it is compiled here, False if a wheel has it ready."""
        return not self.archive.file.endswith(".whl")


def _of(release: str, file: str, sha256: str) -> Library:
    return Library(release, Archive("pyzmq", file, sha256))


LIBRARIES = (
    _of("2.2.0", "pyzmq-2.2.0.1.zip", "af63e2a1f9b755f7615a5cc884da3fd91046a3b70bcc67e0b56e44d767134592"),
    _of("3.2.2", "pyzmq-13.0.0.tar.gz", "31d8ededdb707f97ffe22963d3f9a721c2330e50904a647cb8d97ec38db43476"),
    _of("4.0.1", "pyzmq-14.0.0.tar.gz", "a649907e02a974ac00ad78ba232d5420b700994fd1d16dacd222d9009c565ab9"),
    _of("4.0.4", "pyzmq-14.3.1.tar.gz", "00e263c26a524f81127247e6f37cbf427eddf3a3657d170cf4865bd522df3914"),
    _of("4.1.2", "pyzmq-15.1.0.tar.gz", "bd5b279998538bb197baf59c81584550d713b1b17761e8a638bb6fbda9e5d08d"),
    _of(
        "4.1.4",
        "pyzmq-15.2.0-cp27-cp27mu-manylinux1_x86_64.whl",
        "547962d2ca00983003920c1f38e65c04c107901103c22204ab3d8b68dedcb97b",
    ),
    _of(
        "4.1.5",
        "pyzmq-16.0.2-cp36-cp36m-manylinux1_x86_64.whl",
        "39f78f422730d0447e612bd0f00f02ecd84dffa8b6bebb0aca8ae8c2f01ff17d",
    ),
    _of(
        "4.2.5",
        "pyzmq-17.1.2-cp36-cp36m-manylinux1_x86_64.whl",
        "c095b224300bcac61e6c445e27f9046981b1ac20d891b2f1714da89d34c637c8",
    ),
    _of(
        "4.3.1",
        "pyzmq-18.0.1-cp36-cp36m-manylinux1_x86_64.whl",
        "5e120c4cd3872e332fb35d255ad5998ebcee32ace4387b1b337416b6b90436c7",
    ),
    _of(
        "4.3.2",
        "pyzmq-19.0.2-cp38-cp38-manylinux1_x86_64.whl",
        "654d3e06a4edc566b416c10293064732516cf8871a4522e0a2ba00cc2a2e600c",
    ),
    _of(
        "4.3.3",
        "pyzmq-20.0.0-cp38-cp38-manylinux1_x86_64.whl",
        "d92c7f41a53ece82b91703ea433c7d34143248cf0cead33aa11c5fc621c764bf",
    ),
    _of(
        "4.3.4",
        "pyzmq-24.0.1-cp38-cp38-manylinux_2_12_x86_64.manylinux2010_x86_64.whl",
        "07bec1a1b22dacf718f2c0e71b49600bb6a31a88f06527dfd0b5aababe3fa3f7",
    ),
    _of(
        "4.3.5",
        "pyzmq-27.1.0-cp311-cp311-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl",
        "5bbf8d3630bf96550b3be8e1fc0fea5cbdc8d5466c1192887bd94869da17a63e",
    ),
)
_FLAGS = ("-O1", "-w", "-fPIC")
_LEFT_OUT = ("generichash", "sse2", "ssse3", "avx", "donna_c64", "curve25519/donna")
"""Parts of libsodium that libzmq has no use for, or that are for one processor."""


def library(of: Library, cache: Path) -> Path:
    """The shared library, made once. Raises ArchiveError, or CalledProcessError where there is no compiler."""
    folder = cache / "libzmq" / of.release
    done = folder / "path"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        archive = archive_path(of.archive, cache)
        made = _built(archive, folder) if of.built else _taken_out(archive, folder)
        done.write_text(str(made), encoding="utf-8")
    return Path(done.read_text(encoding="utf-8"))


def _taken_out(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if ".libs/" in name and ".so" in name:
                (folder / name.rpartition("/")[2]).write_bytes(archive.read(name))
    return next(folder.glob("libzmq*.so*"))


def _built(archive: Path, folder: Path) -> Path:
    source = folder / "source"
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(source)  # noqa: S202 (checked by sha256)
    else:
        with tarfile.open(archive) as packed:
            packed.extractall(source, filter="data")
    [top] = source.iterdir()
    objects = [*_sodium(top, folder), *_uuid(top, folder)]
    zeromq, platform = top / "bundled" / "zeromq", top / "buildutils" / "include_linux"
    includes = [f"-I{path}" for path in (platform, zeromq / "include", zeromq / "src", *_includes(top))]
    defines = ["-DZMQ_USE_EPOLL=1", *(["-DHAVE_LIBSODIUM=1"] if (top / "bundled" / "libsodium").exists() else [])]
    command = ["g++", "-std=gnu++98", *defines, *includes]
    objects += [_compile(command, file, folder) for file in sorted((zeromq / "src").glob("*.cpp"))]
    made = folder / "libzmq.so"
    subprocess.run(["g++", "-shared", "-o", made, *objects, "-lpthread", "-lrt"], check=True)
    return made


def _includes(top: Path) -> list[Path]:
    sodium = top / "bundled" / "libsodium" / "src" / "libsodium" / "include"
    return [sodium, sodium / "sodium", top / "bundled" / "uuid"]


def _sodium(top: Path, folder: Path) -> list[Path]:
    source = top / "bundled" / "libsodium" / "src" / "libsodium"
    if not source.exists():
        return []
    for header in (top / "buildutils" / "include_sodium").glob("*.h"):  # which its own configure would make
        shutil.copy(header, source / "include" / "sodium")
    files = [file for file in sorted(source.rglob("*.c")) if not any(part in str(file) for part in _LEFT_OUT)]
    command = ["gcc", "-DNATIVE_LITTLE_ENDIAN=1", *(f"-I{path}" for path in _includes(top))]
    return [_compile(command, file, folder) for file in files]


def _uuid(top: Path, folder: Path) -> list[Path]:
    files = sorted((top / "bundled" / "uuid").glob("*.c"))
    return [_compile(["gcc", f"-I{top}/bundled/uuid"], file, folder) for file in files if file.name != "tst_uuid.c"]


def _compile(command: list[str], file: Path, folder: Path) -> Path:
    made = folder / f"{abs(hash(str(file))):x}.o"
    subprocess.run([*command, *_FLAGS, "-c", file, "-o", made], check=True)
    return made
