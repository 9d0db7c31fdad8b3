"""An environment of some 300 real packages, and some with a known flaw, laid out as pip does; nothing of it is run.

usage: python bench/audit/environment.py FOLDER

packages.txt is what is installed, by pip and without dependencies, into FOLDER/lib/python3.11/site-packages. Released
files with known flaws are unpacked beside them.
"""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.archives import Archive, archive_path, default_cache
from bench.trees import python_files

NAMES = Path(__file__).with_name("packages.txt")
WHEELS = (("llama-stack", "llama_stack-0.0.40-py3-none-any.whl"),)
SDISTS = (("vllm", "0.8.4"), ("bentoml", "1.4.2"), ("sglang", "0.5.9"))
_TOGETHER = 25


def main(argv: Sequence[str]) -> int:
    """Make the environment."""
    folder = Path(argv[0])
    site = folder / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True, exist_ok=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n", encoding="utf-8")
    names = NAMES.read_text(encoding="utf-8").split()
    for start in range(0, len(names), _TOGETHER):
        batch = names[start : start + _TOGETHER]
        if not _installed(batch, site):
            for name in batch:
                _installed([name], site)
    for project, file in WHEELS:
        with zipfile.ZipFile(archive_path(Archive(project, file, ""), default_cache())) as archive:
            for name in archive.namelist():
                _put(site, name, archive.read(name))
    for project, version in SDISTS:
        _lay_out(project, version, site)
    print(f"{len(list(site.glob('*.dist-info')))} packages in {site}")
    return 0


def _installed(names: Sequence[str], site: Path) -> bool:
    """False if pip has no wheel of one of them."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--only-binary", ":all:", "--no-compile"]
    return subprocess.run([*command, "--target", site, *names], check=False, capture_output=True).returncode == 0


def _lay_out(project: str, version: str, site: Path) -> None:
    """A source release as its wheel would install it: its modules, and metadata without a list of files."""
    archive = archive_path(Archive(project, f"{project}-{version}.tar.gz", ""), default_cache())
    shutil.rmtree(site / project, ignore_errors=True)
    for name, data in python_files(archive):
        inner = name.partition("/")[2].removeprefix("src/")
        if inner.startswith((f"{project}/", f"_{project}")):
            _put(site, inner, data)
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
    _put(site, f"{project}-{version}.dist-info/METADATA", metadata.encode())
    _put(site, f"{project}-{version}.dist-info/top_level.txt", f"{project}\n_{project}_impl\n".encode())


def _put(site: Path, name: str, data: bytes) -> None:
    target = site / name
    if ".." in Path(name).parts or name.endswith("/"):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
