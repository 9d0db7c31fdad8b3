"""Writes README's sample from a real scan, as a terminal of 100 columns shows it; `--check` only compares.

The release is downloaded on the first run. Of the output it keeps the first finding and the closing line; what changes
with each run or each edit of a rule (seconds, knowledge version) is left out.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
RELEASE = "pypi:llama-stack==0.0.40"
COLUMNS = 100
BLOCK = re.compile(r"(<!-- sample -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD = re.compile(r"^(CRITICAL|HIGH|MEDIUM|LOW) ", re.MULTILINE)


def sample() -> str:
    """The command and what it prints, abridged."""
    printed = _on_a_terminal([sys.executable, "-m", "gnomon", "scan", RELEASE])
    findings = [match.start() for match in HEAD.finditer(printed)]
    if len(findings) < 2:
        sys.exit(f"expected several findings in {RELEASE}:\n{printed}")
    first = printed[findings[0] : findings[1]].strip()
    closing = next(line for line in printed.splitlines() if line.startswith(f"{RELEASE}:"))
    return f"```console\n$ gnomon scan {RELEASE}\n{first}\n\n[…]\n\n{closing}\n```"


def main() -> int:
    """Write, or with `--check` return 1 if README shows something else."""
    readme = README.read_text(encoding="utf-8")
    current = BLOCK.sub(lambda match: f"{match[1]}{sample()}\n{match[2]}", readme)
    if "--check" in sys.argv[1:]:
        if current != readme:
            print("README's sample is not what the command prints: make sample")
        return int(current != readme)
    README.write_text(current, encoding="utf-8")
    return 0


def _on_a_terminal(command: list[str]) -> str:
    """What the command writes to a terminal, without colour."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=os.environ | {"NO_COLOR": "1"}):
        os.close(theirs)
        printed = b"".join(iter(lambda: _piece(ours), b""))
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def _piece(terminal: int) -> bytes:
    """The next bytes; none once the command has ended (Linux says so with an error)."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


if __name__ == "__main__":
    sys.exit(main())
