"""The loads behind findings: what they are given, which calls received it, and what else gets there."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from gnomon.core.channel import Load
from gnomon.core.finding import Finding
from gnomon.core.site import CodeSite
from gnomon.python.project import is_test_like
from gnomon.python.scopes import Scope
from gnomon.scan.origins import Origins, origins_of
from gnomon.scan.selectors import expression
from gnomon.scan.sinks import Sinks, SinkSite
from gnomon.scan.sockets import Identity, identity_of, is_same
from gnomon.scan.values import Const, Found, Instance, Opaque, Outside

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from gnomon.core.rule import SourceKind
    from gnomon.scan.evaluate import Evaluator


class Arrival:
    """One load with what reaches it from outside."""

    __slots__ = ("finding", "given", "kind", "node", "origins", "site", "sockets")

    def __init__(self, finding: Finding, site: SinkSite, origins: Origins) -> None:
        self.finding = finding
        self.site = site
        self.origins = origins
        self.node = site.where[1]
        """What is to be changed: the call, or the deserializer's name where it is handed on."""
        self.kind: SourceKind = finding.source.kind
        outside = [item.value for item in origins.network if isinstance(item.value, Outside)]
        self.given: dict[ast.AST, Scope] = {value.node: value.frame.scope for value in outside}
        """The calls that receive what is loaded, and where they stand."""
        self.sockets: tuple[Instance, ...] = tuple(
            item.value
            for value in outside
            if value.kind == "zmq"
            for item in value.channels
            if isinstance(item.value, Instance) and item.value.node is not None
        )

    def identities(self, known: Iterable[Identity]) -> list[Identity]:
        """Which of the known sockets it can have come through."""
        mine = [identity_of(value) for value in self.sockets]
        return [identity for identity in known if any(is_same(identity, own) for own in mine)]


class Loads:
    """Finds the loads of findings again, with all that the walk knows of them."""

    def __init__(self, evaluator: "Evaluator", candidates: Mapping[str, "AbstractSet[str]"]) -> None:
        self.evaluator = evaluator
        self.candidates = candidates

    def of(self, findings: Iterable[Finding]) -> Iterator[Arrival]:
        """A load for each finding; a finding that can't be found again is passed over."""
        wanted: dict[str, dict[tuple[int, int], Finding]] = {}
        for finding in findings:
            if isinstance(finding.site, CodeSite):
                place = (finding.site.span.line, finding.site.span.column)
                wanted.setdefault(finding.site.path, {})[place] = finding
        for path, places in sorted(wanted.items()):
            for site in Sinks(self.evaluator).sites(path, self.candidates.get(path, frozenset())):
                scope, node = site.where
                at = self.evaluator.site(node, scope).span
                finding_there = places.pop((at.line, at.column), None)
                if finding_there is not None:
                    self.evaluator.refill()
                    yield Arrival(finding_there, site, origins_of(self.evaluator, site))

    def described(self, arrival: Arrival, loading: "AbstractSet[ast.AST]") -> Load:
        """The load as a value. `loading` are the nodes of all loads of its channel."""
        site, scope = arrival.site, arrival.site.where[0]
        call = arrival.node
        receives = bool(site.model.receives)
        data = None if receives or site.named_at else expression(site.model.input, site.arguments)
        waiting = scope.facts.parents.get(call)
        return Load(
            site=self.evaluator.site(call, scope),
            handed_on=site.named_at,
            api=site.api,
            qualname=scope.qualname,
            receives=receives,
            awaited=self.evaluator.site(waiting, scope) if isinstance(waiting, ast.Await) else None,
            data=self.evaluator.site(data, scope) if data is not None else None,
            received_at=tuple(self.evaluator.site(node, home) for node, home in arrival.given.items()),
            direct=receives or (data is not None and _is_direct(data, scope, arrival, loading)),
            others=tuple(self._others(arrival)),
        )

    def _others(self, arrival: Arrival) -> Iterator[str]:
        """What else can be loaded there; what tests give to the program's own code is none of its messages."""
        tested = not is_test_like(arrival.site.scope.path)
        own = [each for each in arrival.origins.unknown if not (tested and each.trail and each.trail.through_tests)]
        for found in arrival.origins.files[:3]:
            yield f"what is read from a file at {self._place(found)}"
        for found in own[:3]:
            if not isinstance(found.value, Const):
                yield f"{_told(found)}, at {self._place(found)}"
        for found in arrival.origins.network:
            if isinstance(found.value, Outside) and found.value.kind != arrival.kind:
                yield f"what comes over {found.value.kind} at {self._place(found)}"

    def _place(self, found: Found) -> str:
        node, frame = getattr(found.value, "node", None), getattr(found.value, "frame", None)
        if node is None or frame is None:
            return "a place that is not known"
        return f"{frame.scope.path}:{getattr(node, 'lineno', frame.scope.start)}"


def _told(found: Found) -> str:
    """What a value that is not followed is: an attribute's reason says less than its code."""
    value = found.value
    if not isinstance(value, Opaque):
        return "something that is not followed"
    if value.reason.startswith("attribute ") and isinstance(value.node, ast.expr):
        return f"what `{ast.unparse(value.node)[:60]}` gives, which is not followed"
    return value.reason


def _is_direct(data: ast.expr, scope: Scope, arrival: Arrival, loading: "AbstractSet[ast.AST]") -> bool:
    """True if the bytes go from the receiving call into loads of the channel and nowhere else."""
    inner = data.value if isinstance(data, ast.Await) else data
    if inner in arrival.given:
        return True
    index: ast.expr | None = None
    if isinstance(inner, ast.Subscript):
        index = inner.slice
        inner = inner.value
    if not isinstance(inner, ast.Name) or (index is not None and not isinstance(index, (ast.Constant, ast.UnaryOp))):
        return False
    bindings = scope.facts.bindings.get(inner.id, ())
    received = [binding for binding in bindings if _received(binding.value) in arrival.given]
    return (
        bool(received)
        and len(received) == len(bindings)
        and all(_goes_into_loads(name, index, scope, loading) for name in scope.facts.names if name.id == inner.id)
    )


def _received(value: ast.expr | None) -> ast.expr | None:
    return value.value if isinstance(value, ast.Await) else value


def _goes_into_loads(name: ast.Name, index: ast.expr | None, scope: Scope, loading: "AbstractSet[ast.AST]") -> bool:
    """True for a read that is what a load takes, or another item of the same message."""
    parents = scope.facts.parents
    parent: ast.AST | None = parents.get(name)
    if index is not None:
        if not isinstance(parent, ast.Subscript):
            return False
        if ast.dump(parent.slice) != ast.dump(index):
            return True
        return parents.get(parent) in loading
    return parent in loading
