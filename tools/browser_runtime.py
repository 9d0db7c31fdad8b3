"""Gathers what gnomon needs to scan in a browser: python tools/browser_runtime.py FOLDER.

Pyodide is CPython for WebAssembly, published to npm; the wheel of msgspec for it is on PyPI. Both are fetched by exact
version and hash, once, and kept in `.cache/browser`. Of gnomon it is the parts that touch no file, process or network,
and those that read its own knowledge. Needs npm, and the network on its first run.
"""

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".cache" / "browser"
PYODIDE = ("pyodide-314.0.7.tgz", "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0")
MSGSPEC = (
    "msgspec-0.22.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
    "a66b1766311e42371e509c996c3933b161c7ae0eabdf361af5316dec197e1022",
)
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
"""Of Pyodide's package; the rest is types, source maps and consoles."""
PARTS = ("core", "python", "deployment", "scan", "learn", "knowledge", "store.py", "__init__.py")
"""Of gnomon: all that a scan in memory imports."""
WHEEL, SOURCES = "msgspec.whl", "gnomon.zip"


def main() -> int:
    """Writes the runtime into the folder that is named."""
    if len(sys.argv) != 2:
        print(__doc__.splitlines()[0])
        return 2
    gather(Path(sys.argv[1]))
    return 0


def gather(folder: Path) -> None:
    """Writes Pyodide, msgspec's wheel and gnomon's sources. Exits with a message if a file is not the one expected."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(_fetched(*PYODIDE, _npm))) as archive:
        for name in RUNTIME:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                sys.exit(f"{PYODIDE[0]} has no file {name}")
            (folder / name).write_bytes(member.read())
    (folder / WHEEL).write_bytes(_fetched(*MSGSPEC, _pip))
    (folder / SOURCES).write_bytes(sources())


def sources() -> bytes:
    """The parts as a zip file; the same bytes for the same sources."""
    package = ROOT / "src" / "gnomon"
    files = [file for part in PARTS for file in _files(package / part)]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(f"gnomon/{file.relative_to(package).as_posix()}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return written.getvalue()


def _files(part: Path) -> list[Path]:
    if part.is_file():
        return [part]
    return [file for file in part.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def _fetched(name: str, digest: str, fetch: Callable[[str], list[str]]) -> bytes:
    kept = KEPT / name
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        subprocess.run(fetch(name), cwd=KEPT, check=True, capture_output=True)
    data = kept.read_bytes()
    if sha256(data).hexdigest() != digest:
        kept.unlink()
        sys.exit(f"{name} is not the file that was expected: its SHA-256 is {sha256(data).hexdigest()}")
    return data


def _npm(name: str) -> list[str]:
    package, _, version = name.removesuffix(".tgz").rpartition("-")
    return ["npm", "pack", "--silent", f"{package}@{version}"]


def _pip(name: str) -> list[str]:
    package, version, python, _, platform = name.removesuffix(".whl").split("-")
    target = ["--python-version", python.removeprefix("cp"), "--implementation", "cp", "--platform", platform]
    return [
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", *target,
        f"{package}=={version}",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
