"""Whether a command line starts the program that a file of the target belongs to."""

import re
from collections.abc import Iterator, Sequence

from gnomon.deployment.facts import Word
from gnomon.python.project import Project, is_test_like, module_name
from gnomon.scan.options import declares

MAX_IMPORTERS = 200
"""Files whose importers are looked for, on the way from a file back to the program that is started."""
_WORDS = 12
"""Words of a command line among which its program is named."""
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_APPLICATION = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):[A-Za-z_][\w.]*(?:\(\))?")


class Programs:
    """The programs of one target, as command lines name them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._leading: dict[str, frozenset[str]] = {}
        self._declaring: dict[tuple[str, str], frozenset[str]] = {}

    def starts(self, words: Sequence[Word], path: str, option: str = "") -> bool:
        """True if the command runs the file, a module that imports it, or a command named like its package.

        For a command of the package's name, `option` must be declared in one place of the package: else it may be that
        of another of its commands.
        """
        texts = [word.text for word in words[:_WORDS]]
        for start in self._started(texts, path):
            if start == path or (self._leads(start, path) and not self._takes(option, start)):
                return True
        package = self.package(path)
        commands = {text.rpartition("/")[2].replace("-", "_") for text in texts if not text.startswith("-")}
        return bool(package) and package in commands and (not option or self._is_only(option, path, package))

    def _takes(self, option: str, start: str) -> bool:
        """True if the file that is started declares an option of that name itself."""
        return bool(option) and declares(self.project.data[start], option)

    def package(self, path: str) -> str:
        """The top-level package that a file belongs to, "" for one outside of packages."""
        folder, package = path.rpartition("/")[0], ""
        while folder and f"{folder}/__init__.py" in self.project.data:
            folder, _, package = folder.rpartition("/")
        return package

    def _started(self, texts: Sequence[str], path: str) -> Iterator[str]:
        """Files of the target that a command line names: a script, a module after `-m`, an application of a server."""
        for at, text in enumerate(texts):
            application = _APPLICATION.fullmatch(text)
            if text == "-m" and at + 1 < len(texts):
                yield from self._modules(texts[at + 1], path)
            elif application is not None:
                yield from self._modules(application[1], path)
            elif text.endswith(".py") and not text.startswith("-"):
                name = text[text.rfind("/") + 1 :]
                yield from (file for file in self.project.data if file == name or file.endswith(f"/{name}"))

    def _modules(self, dotted: str, path: str) -> Iterator[str]:
        if not _MODULE.fullmatch(dotted):
            return
        found = self.project.resolve_import(dotted, path)
        if found is not None and not found[1]:
            yield found[0]
            main = found[0].removesuffix("__init__.py") + "__main__.py"
            yield from [main] if found[0].endswith("__init__.py") and main in self.project.data else []

    def _leads(self, start: str, path: str) -> bool:
        """True if the file `start` is the other, or may import it through others."""
        known = self._leading.get(path)
        if known is None:
            known = self._leading[path] = frozenset(self._importers(path))
        return start in known

    def _importers(self, path: str) -> Iterator[str]:
        """The file, and what may import it, nearest first; the importers of MAX_IMPORTERS files are looked for."""
        found = {path: None}
        waiting = [path]
        asked = 0
        while waiting and asked < MAX_IMPORTERS:
            asked += 1
            name = module_name(waiting.pop(0))
            new = [each for each in sorted(self.project.importing(name)) if each not in found]
            found.update(dict.fromkeys(new))
            waiting += new
        yield from found

    def _is_only(self, option: str, path: str, package: str) -> bool:
        known = self._declaring.get((option, package))
        if known is None:
            data = self.project.data
            files = (file for file in data if not is_test_like(file) and self.package(file) == package)
            known = self._declaring[option, package] = frozenset(file for file in files if declares(data[file], option))
        return known <= {path}
