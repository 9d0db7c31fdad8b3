"""The git command line, held so that nothing a repository says can make it run a program, use the network or prompt.

Only commands that list and print are used: none checks out files, so no hook, filter, textconv or external diff has an
occasion. What is left are settings that commands of any kind obey, and the fetch of an absent object on demand: these
are switched off on each command line, which wins over every file (https://git-scm.com/docs/git-config#SCOPES).
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Timer
from typing import IO

from gnomon.core.errors import TargetError

_ALWAYS = (
    "--no-pager",
    "--no-optional-locks",  # the scanned repository is not written to
    "--no-replace-objects",  # a commit is what its id says
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),  # else the name of a program that is asked what changed
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.commitGraph=false"),  # a file that claims who is whose parent
    *("-c", "protocol.ext.allow=never"),
    *("-c", "safe.bareRepository=all"),  # one that the user names
    *("-c", "submodule.recurse=false"),
    *("-c", "fetch.recurseSubmodules=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
)
_SETTINGS = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "LC_ALL": "C",
    "SSH_ASKPASS_REQUIRE": "never",
}
_ALLOCATION = "256m"
"""The most that a reading git may ask for at once: an object whose header claims more ends it."""
_THE_USERS = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})
"""Which files are the user's own configuration; all other variables of git's would lead it elsewhere."""
_LONGEST_COMPLAINT = 4_096
_COMPLAINTS = ("fatal:", "error:", "ERROR:", "ssh:")
_BEFORE = "Could not read from remote repository"
"""Said after the reason was given by another program."""


class GitFailed(Exception):
    """git ended with an error or was ended; the message is the reason in one line, with untrusted text in it."""


def environment(user: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """The user's variables without those that redirect git, and what keeps it quiet."""
    kept = {name: value for name, value in user.items() if not name.startswith("GIT_") or name in _THE_USERS}
    return {**kept, **_SETTINGS, **more}


def ask(folder: str, *arguments: str, patience_s: float, max_bytes: int = 1_000_000, given: bytes = b"") -> bytes:
    """What `git arguments` prints in `folder`. Raises GitFailed, also if it takes too long or prints too much.

    It is `given` some input, of no more than the 16 KB that every pipe holds: else both ends could wait.
    """
    with running(folder, *arguments, patience_s=patience_s) as process:
        with contextlib.suppress(BrokenPipeError):
            process.input.write(given)
            process.input.close()
        answer = process.output.read(max_bytes + 1)
        if len(answer) > max_bytes:
            raise GitFailed(f"git prints more than {max_bytes:,} bytes")
        process.finish()
    return answer


class Running:
    """A git at work, with pipes to both ends."""

    def __init__(self, process: subprocess.Popen[bytes], complaints: IO[bytes], patience_s: float) -> None:
        assert process.stdin is not None  # noqa: S101 (both are pipes, see `running`)
        assert process.stdout is not None  # noqa: S101
        self.input, self.output = process.stdin, process.stdout
        self._process, self._complaints, self._patience_s = process, complaints, patience_s
        self.late = self._done = False
        self._timer = Timer(patience_s, self._give_up)
        self._timer.daemon = True
        self._timer.start()

    def finish(self) -> None:
        """Waits for the end. Raises GitFailed unless it is a good one."""
        with contextlib.suppress(BrokenPipeError):
            self.input.close()
        if self._process.wait() != 0:
            raise GitFailed(self.complaint())
        self._done = True

    def ended(self, within_s: float) -> bool:
        """True if git ends by itself in that time."""
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def complained(self) -> int:
        """How many bytes of complaints there are: a server may send any number of them."""
        return os.fstat(self._complaints.fileno()).st_size

    def complaint(self) -> str:
        """What went wrong, for people."""
        if self.late:
            return f"git does not answer within {self._patience_s:g} s"
        self._complaints.seek(0)
        lines = self._complaints.read(_LONGEST_COMPLAINT).decode("utf-8", "replace").splitlines()
        telling = [line for line in lines if line.startswith(_COMPLAINTS) and _BEFORE not in line] or lines
        return _reason(telling[0]) if telling else "git gives no reason"

    def end(self) -> None:
        """Ends git and whatever it started, if anything is left of them."""
        self._timer.cancel()
        if not self._done:
            _kill(self._process)
        for pipe in (self.input, self.output):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._process.wait()

    def _give_up(self) -> None:
        self.late = True
        _kill(self._process)


@contextlib.contextmanager
def running(
    folder: str, *arguments: str, patience_s: float, more: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """git, started in `folder`, in a session of its own so that it has no terminal to ask on.

    Raises TargetError if there is no git, GitFailed if it can't be started.
    """
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                [program(), *_ALWAYS, "-C", folder or ".", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment(os.environ, {"GIT_ALLOC_LIMIT": _ALLOCATION} if more is None else more),
                start_new_session=True,
            )
        except OSError as error:
            raise GitFailed(f"git can't be started: {error.strerror}") from None
        run = Running(process, complaints, patience_s)
        try:
            yield run
        finally:
            run.end()


def _reason(line: str) -> str:
    kind, _, said = line.partition(": ")
    return (said if f"{kind}:" in _COMPLAINTS else line).strip().rstrip(".")


def program() -> str:
    """The absolute path of git. Raises TargetError if there is none."""
    found = shutil.which("git")
    # A relative entry of PATH would be looked up in the scanned folder.
    if found is None or not Path(found).is_absolute():
        raise TargetError(
            "reading a repository takes the program git, and there is none on PATH.",
            remedy="install git (apt install git, dnf install git, brew install git, https://git-scm.com/downloads)",
        )
    return found


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Its whole session: git leaves the transport to a program of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
