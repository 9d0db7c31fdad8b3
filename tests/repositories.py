"""Git repositories made for a test: real ones, by the real git, which reads no configuration of the machine's."""

import os
import subprocess
from pathlib import Path

_WHO = {"NAME": "Ada", "EMAIL": "ada@example.org"}


class Repository:
    """A repository in a folder of its own, with a work tree unless it is bare."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.date = "2025-01-01T00:00:00Z"
        """Of what is committed next."""
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *options, ".")

    def git(self, *arguments: str, given: bytes = b"") -> str:
        """What `git arguments` prints; fails if git does."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        who = _WHO | {"DATE": self.date}
        environment |= {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in who.items()}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environment, input=given, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, name: str, content: str | bytes) -> Path:
        """Puts a file into the work tree."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def commit(self, files: dict[str, str | bytes] | None = None) -> str:
        """Commits the work tree as it is with these files in it; the commit's id."""
        for name, content in (files or {}).items():
            self.write(name, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def object(self, kind: str, content: bytes) -> str:
        """Writes an object as it stands, sound or not; its id."""
        return self.git("hash-object", "-t", kind, "-w", "--literally", "--stdin", given=content)

    def commit_of(self, entries: list[tuple[str, str, str]]) -> str:
        """A commit of a folder with these (mode, name, id), whatever the names; its id."""
        tree = self.object(
            "tree",
            b"".join(
                f"{mode} {name}\0".encode("utf-8", "surrogateescape") + bytes.fromhex(id_)
                for mode, name, id_ in entries
            ),
        )
        return self.git("commit-tree", tree, "-m", "made")
