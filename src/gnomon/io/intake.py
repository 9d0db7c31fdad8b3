"""What was read of a target so far, held against the limits, and made a `Tree` at the end."""

from gnomon.core.finding import Skipped
from gnomon.core.tree import DeploymentFile, SourceFile, Tree
from gnomon.io import notebooks
from gnomon.io.limits import Limits, megabytes
from gnomon.io.names import Kind, deploys


class Intake:
    """Collects files and what had to be skipped. Once `full`, nothing more is taken in."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.full = False
        self._files: dict[str, bytes] = {}
        self._deployments: dict[str, bytes] = {}
        self._deployment_bytes = 0
        self._has_more = False
        self._skipped: list[Skipped] = []
        self._excluded: list[str] = []
        self._bytes = 0

    def limit_of(self, kind: Kind) -> int:
        """Largest size in bytes of a file of that kind."""
        if kind == "deployment":
            return self.limits.max_deployment_bytes
        return self.limits.max_notebook_bytes if kind == "notebook" else self.limits.max_file_bytes

    def take(self, path: str, data: bytes, kind: Kind) -> None:
        """Keeps a file. Of two with one path the later counts, as when an archive is unpacked."""
        if kind == "deployment":
            self._take_deployment(path, data)
            return
        if kind == "notebook":
            try:
                data = notebooks.source_of(data, self.limits.max_file_bytes)
            except notebooks.NotNotebook as error:
                self.skip(path, str(error))
                return
        if path in self._files:
            self.skip(path, "there is more than one file of this name; the last was read")
            self._bytes -= len(self._files[path])
        elif len(self._files) >= self.limits.max_files:
            self.stop(f"more than {self.limits.max_files:,} files; the rest was not read")
            return
        self._bytes += len(data)
        if self._bytes > self.limits.max_total_bytes:
            self.stop(f"more than {megabytes(self.limits.max_total_bytes)} of source; the rest was not read")
            return
        self._files[path] = data

    def _take_deployment(self, path: str, data: bytes) -> None:
        """Keeps it if it is one: of a file that is too large, the beginning tells."""
        limits = self.limits
        if not deploys(path, data):
            return
        if len(data) > limits.max_deployment_bytes:
            self.skip(path, f"larger than the limit of {megabytes(limits.max_deployment_bytes)} a deployment file")
        elif (
            len(self._deployments) < limits.max_deployments
            and self._deployment_bytes + len(data) <= limits.max_deployments_bytes
        ):
            self._deployment_bytes += len(data)
            self._deployments[path] = data
        elif not self._has_more:
            self._has_more = True
            most = f"{limits.max_deployments:,} deployment files or {megabytes(limits.max_deployments_bytes)} of them"
            self.skip(".", f"more than {most}; the rest was not read")

    def skip(self, path: str, reason: str) -> None:
        """Lists something that could not be read."""
        self._skipped.append(Skipped(path=path, reason=reason))

    def refuse(self, name: str) -> None:
        """Lists an archive's entry by the name it can't be read under."""
        if name:
            self.skip(name, "its name leads out of the archive")
        else:
            self.skip(".", "an entry without a name")

    def exclude(self, path: str) -> None:
        """Names a folder that was left out by rule."""
        self._excluded.append(path)

    def stop(self, reason: str) -> None:
        """Takes in nothing more, and says why."""
        if not self.full:
            self.full = True
            self.skip(".", reason)

    def tree(self, target: str, digest: str = "") -> Tree:
        """Everything so far, in path order."""
        return Tree(
            target=target,
            files=tuple(SourceFile(path=path, data=self._files[path]) for path in sorted(self._files)),
            deployments=tuple(
                DeploymentFile(path=path, data=self._deployments[path]) for path in sorted(self._deployments)
            ),
            skipped=tuple(sorted(self._skipped, key=lambda entry: (entry.path, entry.reason))),
            excluded=tuple(sorted(self._excluded)),
            digest=digest,
        )
