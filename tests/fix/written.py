"""Generated test files as a project would have them, and what pytest says of them in a process of its own."""

import os
import re
import subprocess
import sys

RESULT = re.compile(r"^(PASSED|FAILED|ERROR|SKIPPED)\s+(\S+)::(\w+)", re.MULTILINE)
WITHIN_S = 120


def text(sections):
    """One file of these sections, for tests that have no writer: imports, then bodies by name."""
    ordered = sorted(dict.fromkeys(sections), key=lambda section: section.name)
    imports = sorted({line for section in ordered for line in section.imports})
    bodies = dict.fromkeys(section.body.strip("\n") for section in ordered)
    return "\n\n\n".join([f'"""{ordered[0].summary}"""\n\n' + "\n".join(imports), *bodies]) + "\n"


def results(folder, tests):
    """Test file -> (names of its tests that passed, names of those that did not), of what pytest finds in a folder."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "GNOMON"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--rootdir", str(folder), tests],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=WITHIN_S, check=False,
    )  # fmt: skip
    found = RESULT.findall(done.stdout)
    assert found, done.stdout + done.stderr
    failed = {(path, name) for result, path, name in found if result != "PASSED"}
    passed = {(path, name) for _, path, name in found} - failed
    files = {path for _, path, _ in found}
    return {file: tuple({name for path, name in group if path == file} for group in (passed, failed)) for file in files}
