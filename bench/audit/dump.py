"""A clone of PyPA's advisory database -> a dump in OSV's format, as the service offers one: a zip of JSON records.

usage: python bench/audit/dump.py CLONE all.zip

https://github.com/pypa/advisory-database holds the records as YAML. Read with git, written as JSON; nothing is changed.
"""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml


def main(argv: Sequence[str]) -> int:
    """Write the dump."""
    clone, target = Path(argv[0]), Path(argv[1])
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in records(clone):
            archive.writestr(f"{record['id']}.json", json.dumps(record, default=str))
            count += 1
    print(f"{count} records of commit {revision(clone)} in {target}")
    return 0


def revision(clone: Path) -> str:
    """Commit and day of what is converted."""
    return _git(clone, "log", "-1", "--format=%H %cs").decode().strip()


def records(clone: Path) -> Iterator[dict[str, object]]:
    """Every record, in order of name."""
    names = _git(clone, "ls-tree", "-r", "--name-only", "HEAD", "vulns").decode().splitlines()
    wanted = [name for name in names if name.endswith(".yaml")]
    asked = "".join(f"HEAD:{name}\n" for name in wanted).encode()
    data = _git(clone, "cat-file", "--batch", given=asked)
    at = 0
    for _ in wanted:
        end = data.index(b"\n", at)
        size = int(data[at:end].split()[2])
        yield yaml.load(data[end + 1 : end + 1 + size], Loader=yaml.CSafeLoader)
        at = end + size + 2


def _git(clone: Path, *arguments: str, given: bytes | None = None) -> bytes:
    return subprocess.run(["git", "-C", clone, *arguments], input=given, capture_output=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
