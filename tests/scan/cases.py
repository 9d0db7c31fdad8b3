"""Reads the marked test projects under `tests/cases/scan` and compares them with what the engine found.

A marker is a comment at the end of the line it speaks of; several may share a line. In files other than Python, a line
that is nothing but a marker speaks of the next one, since a Dockerfile knows no comment at the end of a line:

    # finding: RULE [REACH] [SEVERITY] [effective] [KEY=VALUE ...]   the rule reports this line, and so assessed
    # safe: RULE                                                     a look-alike the rule must not report
    # at: NAME                                                       a place that `receive=@NAME` refers to

Keys: `source`, `auth`, `role`, `transport`, `sink` and `confidence` compare with the finding's own words, `incomplete`
with the kind of what a fix lacks, or `none`;
`receive=@NAME` asks the flow to pass the named place (or `receive=LINE`, `receive=FILE:LINE`). `one-of=GROUP` says that
at least one line of the group is reported, `maybe` that the line may be reported. A finding that isn't marked
`effective` must not claim effective authentication.
"""

import re
from pathlib import Path

from msgspec import Struct

from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding
from gnomon.io.names import kind_of

ROOT = Path(__file__).parent.parent / "cases" / "scan"
CODE = frozenset({".py", ".ipynb"})
"""Suffixes of what is scanned as Python; all other files deploy it."""
EXACT = "pickle-over-network"
"""The rule whose findings must be exactly the marked ones; of rules that are off by default only marked lines count."""

REACHES = frozenset({"any-host", "configurable", "this-host", "process", "unknown"})
SEVERITIES = frozenset({"critical", "high", "medium", "low", "note"})
FLAGS = frozenset({"effective", "maybe"})
KEYS = frozenset({"source", "auth", "role", "transport", "sink", "confidence", "receive", "one-of", "incomplete"})

_MARKER = re.compile(r"#\s*(finding|safe|at):\s*([^#]*)")
_NOTEBOOK_LINE_END = re.compile(r'(\\n)?",?\s*$')


class Marker(Struct, frozen=True, kw_only=True):
    """What a line says about itself."""

    path: str
    line: int
    kind: str
    rule: str
    """For `at` the name of the place."""
    words: tuple[str, ...] = ()
    code: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """Path and line."""
        return self.path, self.line

    @property
    def flags(self) -> frozenset[str]:
        """The words that are not `KEY=VALUE`."""
        return frozenset(word for word in self.words if "=" not in word)

    @property
    def keys(self) -> dict[str, str]:
        """The `KEY=VALUE` words."""
        return dict(word.split("=", 1) for word in self.words if "=" in word)


class Case(Struct, frozen=True, kw_only=True):
    """One small project and its markers: Python, notebooks, and files that deploy it."""

    name: str
    """`topic/name`."""
    folder: Path
    files: tuple[Path, ...]
    markers: tuple[Marker, ...]

    @property
    def topic(self) -> str:
        """The lesson the case belongs to."""
        return self.name.split("/")[0]

    def of(self, kind: str, rule: str = "") -> tuple[Marker, ...]:
        """Markers of a kind, and of a rule if one is given."""
        return tuple(marker for marker in self.markers if marker.kind == kind and rule in ("", marker.rule))

    @property
    def code(self) -> tuple[Path, ...]:
        """The Python files and notebooks."""
        return tuple(path for path in self.files if path.suffix in CODE)

    @property
    def deployments(self) -> tuple[Path, ...]:
        """The files that deploy it."""
        return tuple(path for path in self.files if path.suffix not in CODE)

    def unparsable(self) -> frozenset[str]:
        """Paths of the files whose first line says that they don't parse."""
        texts = {file.relative_to(self.folder).as_posix(): file.read_text(encoding="utf-8") for file in self.code}
        return frozenset(path for path, text in texts.items() if text.startswith("# syntax:"))


def cases() -> tuple[Case, ...]:
    """Every case, in path order."""
    return tuple(_case(folder) for folder in sorted(ROOT.glob("*/*")) if folder.is_dir())


def _case(folder: Path) -> Case:
    found = (path for path in folder.rglob("*") if path.is_file())
    files = tuple(sorted(path for path in found if kind_of(path.name) in ("python", "notebook", "deployment")))
    markers = tuple(marker for file in files for marker in _markers(file, file.relative_to(folder).as_posix()))
    return Case(name=folder.relative_to(ROOT).as_posix(), folder=folder, files=files, markers=markers)


def _markers(file: Path, path: str) -> list[Marker]:
    found = []
    # Only line feeds end a line, as for the parser: str.splitlines would count a form feed too.
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        text = _NOTEBOOK_LINE_END.sub("", line) if file.suffix == ".ipynb" else line
        for match in _MARKER.finditer(text):
            rule, *words = match[2].split() or [""]
            code = text[: match.start()].strip()
            line_meant = number if code or file.suffix in CODE else number + 1
            found.append(Marker(path=path, line=line_meant, kind=match[1], rule=rule, words=tuple(words), code=code))
    return found


def problems(case: Case, found: tuple[Finding, ...]) -> list[str]:
    """One sentence for each difference between the markers and the findings; empty if they agree."""
    by_place: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in found:
        by_place.setdefault((finding.rule, finding.site.path, finding.site.line), []).append(finding)
    result = _unexpected(case, by_place)
    groups: dict[str, list[bool]] = {}
    for marker in case.of("finding"):
        reported = by_place.get((marker.rule, *marker.place), [])
        if group := marker.keys.get("one-of"):
            groups.setdefault(group, []).append(bool(reported))
        elif not reported and "maybe" not in marker.flags:
            result.append(_line(marker, "not reported"))
        if len(reported) > 1 and marker.code.count("(") < 2:
            result.append(_line(marker, f"reported {len(reported)} times"))
        if reported and not any(_differences(marker, finding, case) == [] for finding in reported):
            result += [_line(marker, text) for text in _differences(marker, reported[0], case)]
    result += [f"no line of the group {name!r} is reported" for name, some in groups.items() if not any(some)]
    return result


def _unexpected(case: Case, by_place: dict[tuple[str, str, int], list[Finding]]) -> list[str]:
    expected = {(marker.rule, *marker.place) for marker in case.of("finding")}
    safe = {(marker.rule, *marker.place) for marker in case.of("safe")}
    return [
        f"{path}:{line}: reported by {rule}, {'marked safe' if (rule, path, line) in safe else 'not marked'}"
        f" ({findings[0].site.code!r}: {findings[0].message})"
        for (rule, path, line), findings in sorted(by_place.items())
        if (rule == EXACT or (rule, path, line) in safe) and (rule, path, line) not in expected
    ]


def _line(marker: Marker, text: str) -> str:
    return f"{marker.path}:{marker.line}: {marker.rule}: {text}   | {marker.code}"


def _differences(marker: Marker, finding: Finding, case: Case) -> list[str]:
    endpoint = finding.endpoint or Endpoint()
    actual = {
        "source": finding.source.kind,
        "auth": endpoint.authentication,
        "role": endpoint.role,
        "transport": endpoint.transport,
        "sink": finding.sink,
        "confidence": finding.confidence.value,
        "incomplete": finding.incomplete.kind if finding.incomplete else "none",
    }
    result = [
        f"{key} is {actual[key]}, not {want}" for key, want in marker.keys.items() if actual.get(key, want) != want
    ]
    for flag in sorted(marker.flags):
        if flag in REACHES and endpoint.reach != flag:
            result.append(f"reach is {endpoint.reach} ({endpoint.role} {endpoint.address!r}), not {flag}")
        if flag in SEVERITIES and finding.severity.value != flag:
            result.append(f"severity is {finding.severity.value}, not {flag}")
    if endpoint.effective != ("effective" in marker.flags):
        result.append(
            f"authentication {endpoint.authentication} is called {'' if endpoint.effective else 'not '}effective"
        )
    if (want := marker.keys.get("receive")) and not _passes(case, finding, marker.path, want):
        result.append(f"the flow misses {want}: {[f'{step.site.path}:{step.site.line}' for step in finding.flow]}")
    return result


def _passes(case: Case, finding: Finding, path: str, want: str) -> bool:
    sites = [step.site for step in finding.flow] + ([finding.source.site] if finding.source.site else [])
    passed = {(site.path, site.line) for site in sites}
    if want.startswith("@"):
        return any(marker.place in passed for marker in case.of("at", want[1:]))
    file, _, line = want.rpartition(":")
    return (file or path, int(line)) in passed
