"""A package's files and an advisory -> whether the flawed code is in them, where, and which files were looked at."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from gnomon.audit.places import Found, Texts, look
from gnomon.core.advisory import Advisory
from gnomon.core.audit import CodeState, Examined, Sight
from gnomon.core.finding import Finding
from gnomon.core.tree import Tree
from gnomon.python.parse import Unparsable


class Holding(Struct, frozen=True, kw_only=True):
    """The files of a package."""

    tree: Tree
    recorded: Mapping[str, str] = {}
    """What they were when they were installed: hexadecimal sha256 by path."""


class Seen(Struct, frozen=True, kw_only=True):
    """What the files say about one flaw."""

    code: CodeState
    reason: str
    sights: tuple[Sight, ...] = ()
    examined: tuple[Examined, ...] = ()


class Reading:
    """A package's files, read once for all of its advisories."""

    def __init__(self, holding: Holding, findings: Sequence[Finding]) -> None:
        self._tree = holding.tree
        self._recorded = holding.recorded
        self._files = {file.path: file.data for file in holding.tree.files}
        self._texts = Texts(self._files)
        self._findings = findings
        self._digests: dict[str, str] = {}

    @property
    def tree(self) -> Tree:
        """The files."""
        return self._tree

    def seen(self, advisory: Advisory) -> Seen:
        """What the files say about the flaw."""
        if not advisory.code and not advisory.signatures:
            return Seen(code="not-looked-at", reason="the advisory names no code to look for")
        if not self._files:
            return Seen(code="not-looked-at", reason="there is no Python in its files")
        try:
            found = [place for code in advisory.code if (place := look(self._texts, code)) is not None]
        except Unparsable as error:
            return Seen(code="not-looked-at", reason=f"a file can't be parsed: {error}")
        examined = tuple(self._examined(path) for path in dict.fromkeys(place.path for place in found))
        states: tuple[CodeState, ...] = (
            ("present",) if advisory.kind == "network-exposure" else ("present", "mitigated")
        )
        for state in states:
            there = [place for place in found if place.state == state]
            if there:
                sights = tuple(sight for place in there for sight in self._sights(place))
                return Seen(code=state, reason=_told(there), sights=sights, examined=examined)
        return self._moved(advisory, found, examined) or self._absent(advisory, found, examined)

    def _moved(self, advisory: Advisory, found: Sequence[Found], examined: tuple[Examined, ...]) -> Seen | None:
        """The flawed code under another name: a finding in code that is like a signature of it."""
        if not advisory.signatures or not is_load_alone(advisory):
            return None
        judged = {(place.path, place.qualname) for place in found}
        alike = [
            each
            for each in self._findings
            if advisory.ids.intersection(each.advisories)
            and each.endpoint is not None
            and not any(each.site.path == path and _in(each.qualname, name) for path, name in judged)
        ]
        return self._alike(alike, examined) if alike else None

    def copies(self) -> Iterator[tuple[str, Seen]]:
        """Ids of advisories whose flawed code, by its signature, is in the files, and where."""
        ids = dict.fromkeys(identity for each in self._findings for identity in each.advisories)
        for identity in ids:
            alike = [each for each in self._findings if identity in each.advisories and each.endpoint is not None]
            if alike:
                yield identity, self._alike(alike, ())

    def _alike(self, alike: Sequence[Finding], examined: tuple[Examined, ...]) -> Seen:
        sights = tuple(
            Sight(
                path=each.site.path,
                line=each.site.line,
                qualname=each.qualname,
                what=each.sink,
                basis="scan",
                endpoint=each.endpoint,
                sha256=self._digest(each.site.path),
            )
            for each in alike
        )
        first = alike[0]
        origin = f", a copy from {first.copied_from.origin}" if first.copied_from is not None else ""
        return Seen(
            code="present",
            reason=f"code like the flawed one is in {first.qualname}{origin}: {first.message}",
            sights=sights,
            examined=(*examined, *map(self._examined, dict.fromkeys(each.site.path for each in alike))),
        )

    def _absent(self, advisory: Advisory, found: Sequence[Found], examined: tuple[Examined, ...]) -> Seen:
        wanted = tuple(dict.fromkeys(code.path for code in advisory.code))
        unread = [each.path for each in self._tree.skipped if any(_ends(each.path, path) for path in (*wanted, "."))]
        if unread:
            return Seen(code="not-looked-at", reason=f"{unread[0]} could not be read", examined=examined)
        if found:
            return Seen(
                code="absent", reason="; ".join(dict.fromkeys(place.reason for place in found)), examined=examined
            )
        if not wanted:
            return Seen(code="absent", reason="nothing in its files is like the flawed code")
        more = f" and {len(wanted) - 1} more" if len(wanted) > 1 else ""
        return Seen(code="absent", reason=f"there is no {wanted[0]}{more} in it")

    def _sights(self, place: Found) -> Iterator[Sight]:
        by_line = {each.site.line: each for each in self._findings if each.site.path == place.path and each.endpoint}
        for line, name in dict.fromkeys((use.line, use.name.lstrip(".")) for use in place.uses):
            finding = by_line.get(line)
            yield Sight(
                path=place.path,
                line=line,
                qualname=place.qualname,
                what=name,
                basis="scan" if finding else "code",
                endpoint=finding.endpoint if finding else None,
                sha256=self._digest(place.path),
            )

    def _examined(self, path: str) -> Examined:
        digest, recorded = self._digest(path), self._recorded.get(path, "")
        return Examined(path=path, sha256=digest, unchanged=digest == recorded if recorded else None)

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            data = self._files.get(path, b"")
            self._digests[path] = hashlib.sha256(data).hexdigest()
        return self._digests[path]


def _told(places: Iterable[Found]) -> str:
    """`recv_bytes uses recv_pyobj`, and what is different."""
    words = []
    for place in places:
        names = " and ".join(dict.fromkeys(use.name.lstrip(".") for use in place.uses))
        words.append(f"{place.qualname} uses {names}" + (f", but {place.reason}" if place.reason else ""))
    return "; ".join(dict.fromkeys(words))


def is_load_alone(advisory: Advisory) -> bool:
    """True if the load is the flaw, whatever address its bytes come from: then it is one wherever it is found."""
    return advisory.kind != "network-exposure" and not any(code.holds or code.when for code in advisory.code)


def _in(qualname: str, place: str) -> bool:
    return qualname == place or qualname.startswith(f"{place}.")


def _ends(path: str, end: str) -> bool:
    return path == end or path.endswith(f"/{end}")
