"""Findings of a tree: every sink, joined with its origins, its endpoint and its authentication by the rules.

Files are asked one by one, each with an evaluator of its own: what a file's sinks give depends on the tree alone, so it
does not matter in which order, or in which process, they are asked. Texts and syntax trees are shared.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding, Recognised, Skipped, Source
from gnomon.core.incomplete import Incomplete
from gnomon.core.model import Knowledge
from gnomon.core.rule import Rule
from gnomon.core.severity import Confidence, Severity, severity_of
from gnomon.core.site import CodeSite, Step, StepRole
from gnomon.core.spread import IN_TURN, Spread
from gnomon.core.tree import Tree
from gnomon.python.facts import last_name
from gnomon.python.order import guards
from gnomon.python.parse import TOO_DEEP
from gnomon.python.project import Project
from gnomon.python.scopes import Scope
from gnomon.scan.authentication import Authentications
from gnomon.scan.candidates import candidates
from gnomon.scan.catalog import Catalog
from gnomon.scan.channels import Channels
from gnomon.scan.deployments import Deployments
from gnomon.scan.evaluate import Evaluator
from gnomon.scan.exposure import Exposure
from gnomon.scan.fingerprint import fingerprint
from gnomon.scan.hatches import hatches
from gnomon.scan.identity import naming
from gnomon.scan.incompletion import Incompletion, remedied
from gnomon.scan.origins import Origins, origins_of
from gnomon.scan.programs import Programs
from gnomon.scan.questions import BUDGET, CONDITION_BUDGET, SMALL_BUDGET
from gnomon.scan.restriction import is_exact
from gnomon.scan.siblings import Restricted, compared
from gnomon.scan.sinks import Sinks, SinkSite
from gnomon.scan.truth import truth
from gnomon.scan.values import Found, Instance, Outside
from gnomon.scan.wording import ending, merged, message, source_note

_ORDER = list(Severity)  # worst first
RECURSION_LIMIT = 6_000
"""Python calls inside one another while one sink is followed."""
LOST = "its calls were not analysed"
"""How the reason begins where a process that shared the work ended early."""
INTERNAL_ERROR = "internal error"
"""How the reason begins why a place was skipped in which gnomon itself failed."""
WORTH_SPREADING = 6
"""Files with calls of sinks; fewer are asked sooner than workers are started."""
MAX_SOURCES = 24
"""Origins of one sink that are joined with endpoints; further ones are only counted."""


Recognise = Callable[[Scope], Recognised | None]
"""What is known of the function that a load stands in."""


class _Way(Struct, frozen=True):
    """One way from a source to a sink."""

    found: Found
    outside: Outside
    endpoint: Endpoint
    severity: Severity
    confidence: Confidence
    lacks: Incomplete | None


class Candidate(Struct, frozen=True):
    """A file that may call sinks."""

    path: str
    names: frozenset[str]
    """Last names of the sinks."""


class Answer(Struct, frozen=True):
    """What the sinks of one file gave."""

    findings: tuple[Finding, ...] = ()
    restricted: tuple[Restricted, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """What could not be analysed, in whatever files the walks led to."""


def findings(
    tree: Tree,
    knowledge: Knowledge,
    spread: Spread = IN_TURN,
    project: Project | None = None,
    recognise: Recognise | None = None,
) -> Iterator[Finding | Skipped]:
    """Every finding of every rule, and what could not be analysed; the same however the work is spread.

    `project` is the one of the tree's files, if there is one already; `recognise` says what is known of a function.
    """
    # the walk nests by questions (at most MAX_DEPTH), each a dozen Python calls deep
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    project, catalog = project or Project(tree.files, spread), Catalog(knowledge)
    deployments = Deployments(tree.deployments)
    named = sorted(candidates(project, catalog).items())
    questions = [Candidate(path, frozenset(names)) for path, names in named]

    def inspect(candidate: Candidate) -> Answer:
        project.begin()
        exposure = Exposure(deployments, Programs(project))
        return Detector(Evaluator(project, catalog), knowledge, exposure, recognise).answer(candidate)

    best: dict[tuple[str, int, int, str], Finding] = {}
    skipped: set[tuple[str, str]] = set()
    with naming():
        answers = list((spread if len(questions) >= WORTH_SPREADING else IN_TURN)(inspect, questions, Answer, _lost))
    for answer in answers:
        skipped.update((entry.path, entry.reason) for entry in answer.skipped)
        for finding in answer.findings:
            key = (finding.site.path, finding.site.line, finding.site.span.column, finding.rule)
            known = best.get(key)
            if known is None or _ORDER.index(finding.severity) < _ORDER.index(known.severity):
                best[key] = finding
    restricted = [entry for answer in answers for entry in answer.restricted]
    for finding in compared(_without_weaker_twins(best), restricted):
        yield remedied(finding)
    yield from hatches(deployments, knowledge)
    for path, reason in sorted(skipped | set(deployments.skipped.items())):
        yield Skipped(path=path, reason=reason)


def _lost(candidate: Candidate, why: str) -> Answer:
    return Answer(skipped=(Skipped(path=candidate.path, reason=f"{LOST}: {why}"),))


class Detector:
    """Joins the sinks of one file with their origins, endpoints, authentication and deployment files."""

    def __init__(
        self, evaluator: Evaluator, knowledge: Knowledge, exposure: Exposure, recognise: "Recognise | None" = None
    ) -> None:
        self.recognise = recognise
        self.restricted: list[Restricted] = []
        self.evaluator = evaluator
        self.exposure = exposure
        self.channels = Channels(evaluator)
        self.authentications = Authentications(evaluator, self.channels)
        self.incompletion = Incompletion(evaluator, self.authentications.verifications)
        self.rules = knowledge.rules

    def answer(self, candidate: Candidate) -> Answer:
        """The findings of one file, for each place and rule maybe several."""
        found = tuple(self._of_file(Sinks(self.evaluator), candidate.path, candidate.names))
        skipped = sorted(self.evaluator.project.skipped | set(self.exposure.deployments.skipped.items()))
        return Answer(
            found, tuple(self.restricted), tuple(Skipped(path=path, reason=reason) for path, reason in skipped)
        )

    def _of_file(self, sinks: Sinks, path: str, names: AbstractSet[str]) -> Iterator[Finding]:
        with self._noting(path, 1):
            for site in sinks.sites(path, names):
                scope, node = site.where
                with self._noting(scope.path, getattr(node, "lineno", 0)):
                    yield from self._join(site)

    @contextmanager
    def _noting(self, path: str, line: int) -> Iterator[None]:
        """Note what goes wrong in one place and go on: a defect of ours must not hide all other findings."""
        try:
            yield
        except RecursionError:
            self.evaluator.project.skip(path, f"{TOO_DEEP} around line {line}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the run becomes incomplete and says where
            reason = f"{INTERNAL_ERROR} near line {line} ({type(error).__name__}): please report it"
            self.evaluator.project.skip(path, reason)

    def _join(self, site: SinkSite) -> Iterator[Finding]:
        budget = BUDGET if self._takes_data(site) else SMALL_BUDGET
        self.evaluator.refill(budget, is_extensible=budget == BUDGET)
        with self.evaluator.allowance(min(budget, CONDITION_BUDGET)):
            if self._is_restricted(site) or self._is_dead(site):
                return
        origins = origins_of(self.evaluator, site)
        if origins.network:
            rule = (
                self._rule(site, (origins.network[0].value.kind,))
                if isinstance(origins.network[0].value, Outside)
                else None
            )
            if rule is not None:
                yield self._network(site, rule, origins)
        elif (origins.files and not self.evaluator.extended) or (origins.unknown and not self._takes_data(site)):
            rule = self._rule(site, ("file",))
            if rule is not None:
                yield self._weakness(site, rule, origins.files[0] if origins.files else None, "file")
        elif origins.unknown or origins.files or self.evaluator.exhausted or self.evaluator.extended:
            rule = self._rule(site, ("unknown",))
            if rule is not None:
                yield self._weakness(site, rule, origins.unknown[0] if origins.unknown else None, "unknown")

    @staticmethod
    def _takes_data(site: SinkSite) -> bool:
        """False for a loader that takes paths too, unless a buffer is made for it on the spot."""
        if not site.model.takes_path:
            return True
        given = site.arguments.positional[:1]
        return any(isinstance(node, ast.Call) and last_name(node.func) in ("BytesIO", "memoryview") for node in given)

    def _rule(self, site: SinkSite, kinds: tuple[str, ...]) -> Rule | None:
        for rule in self.rules:
            if site.model.kind in rule.sinks and any(kind in rule.sources for kind in kinds):
                return rule
        return None

    def _is_restricted(self, site: SinkSite) -> bool:
        """True if the sink is an unpickler with an exact allow-list."""
        for receiver in site.receivers:
            value = receiver.value
            if isinstance(value, Instance) and isinstance(value.type, Scope):
                exact = is_exact(self.evaluator, value.type)
                if exact:
                    scope, node = site.where
                    at = self.evaluator.site(node, scope)
                    self.restricted.append(Restricted(at, scope.qualname, value.type.name))
                return exact
        return False

    def _is_dead(self, site: SinkSite) -> bool:
        """True if a parameter that every caller sets to a constant closes the branch."""
        facts = site.scope.facts
        frame = self.evaluator.root(site.scope)
        for test, needed in guards(site.arguments.node, facts):
            names = [part for part in ast.walk(test) if isinstance(part, ast.Name)]
            bound = [binding for name in names for binding in facts.bindings.get(name.id, ())]
            if not bound or any(binding.kind != "param" for binding in bound):
                continue
            if self.evaluator.callers.of(site.scope) and truth(self.evaluator, test, frame) is (not needed):
                return True
        return False

    def _network(self, site: SinkSite, rule: Rule, origins: Origins) -> Finding:
        self.evaluator.refill()
        self.channels.refreshed()
        # the endpoints of all sources first: looking for what authenticates one must not starve the others of budget
        reached = [(found, self._endpoints(found)) for found in origins.network[:MAX_SOURCES]]
        ways = [way for found, endpoints in reached for way in self._ways(site, found, endpoints, origins)]
        ways.sort(
            key=lambda way: (
                way.confidence is Confidence.LOW,
                _ORDER.index(way.severity),
                way.confidence is not Confidence.HIGH,
                way.endpoint.role != "bind",
            )
        )
        worst = ways[0]
        scope, node = site.where
        at = self.evaluator.site(node, scope)
        source_site = self.evaluator.site(worst.outside.node, worst.outside.frame.scope)
        lacks = worst.lacks
        if not worst.endpoint.effective:
            lacks = self.incompletion.of(site, worst.found, worst.lacks or _verified_elsewhere(ways))
        known = (self.recognise(scope) if self.recognise is not None else None) or Recognised()
        finding = Finding(
            rule=rule.id,
            severity=worst.severity,
            confidence=worst.confidence,
            message=message(site, worst.outside, worst.endpoint),
            site=at,
            qualname=scope.qualname,
            sink=site.api,
            source=Source(kind=worst.outside.kind, site=source_site, api=worst.outside.api),
            flow=self._flow(site, worst.found, source_site, worst.outside),
            endpoint=worst.endpoint,
            incomplete=lacks,
            remedy=rule.remedy,
            advisories=known.advisories,
            copied_from=known.copied_from,
            other_sources=max(len({way.outside.key for way in ways}) - 1, 0),
            other_addresses=len({(way.endpoint.role, way.endpoint.address) for way in ways}) - 1,
        )
        return replace(finding, fingerprint=fingerprint(finding))

    def _endpoints(self, found: Found) -> list[Endpoint]:
        """The worst endpoints the data can have come through."""
        assert isinstance(found.value, Outside)
        return self.channels.endpoints(found.value)[:3]

    def _ways(self, site: SinkSite, found: Found, endpoints: list[Endpoint], origins: Origins) -> Iterator[_Way]:
        outside = found.value
        assert isinstance(outside, Outside)
        for endpoint in endpoints:
            checked = self.authentications.checked(endpoint, outside, site, found)
            confidence = self._confidence(outside, checked.endpoint, origins)
            deployed = self.exposure.informed(checked.endpoint)
            yield _Way(found, outside, deployed, severity_of(deployed), confidence, checked.lacks)

    @staticmethod
    def _confidence(outside: Outside, endpoint: Endpoint, origins: Origins) -> Confidence:
        if endpoint.reach == "unknown" or outside.key in origins.assumed:
            return Confidence.LOW
        if outside.by_name or any(item.claim == "reach" and item.basis == "assumed" for item in endpoint.evidence):
            return Confidence.MEDIUM
        return Confidence.HIGH

    def _flow(self, site: SinkSite, found: Found, source_site: CodeSite, outside: Outside) -> tuple[Step, ...]:
        """Steps from the source to the sink; neighbours on the same line are one step."""
        steps: list[Step] = [Step(site=source_site, role="source", note=source_note(outside))]
        walked = list(found.trail.steps()) if found.trail is not None else []
        for cell in reversed(walked):
            place = self.evaluator.site(cell.node, cell.frame.scope)
            steps.append(Step(site=place, role=cell.role, note=cell.note))
        if site.named_at:
            steps.append(self._step(site.arguments.node, site.scope, "propagation", "the deserializer is called here"))
        scope, node = site.where
        note = f"`{site.api}` is handed on here" if site.named_at else f"`{site.api}` deserializes them"
        if site.model.receives:
            note = f"`{site.api.rpartition('.')[2]}()` receives and unpickles in one call"
        steps.append(self._step(node, scope, "sink", note))
        return merged(steps)

    def _step(self, node: ast.AST, scope: Scope, role: StepRole, note: str) -> Step:
        return Step(site=self.evaluator.site(node, scope), role=role, note=note)

    def _weakness(self, site: SinkSite, rule: Rule, found: Found | None, kind: str) -> Finding:
        scope, node = site.where
        at = self.evaluator.site(node, scope)
        source = Source(kind="file" if kind == "file" else "unknown")
        if found is not None and isinstance(found.value, Outside):
            source = Source(
                kind="file", site=self.evaluator.site(found.value.node, found.value.frame.scope), api=found.value.api
            )
        what = (
            f"`{site.api}` loads a file"
            if kind == "file"
            else f"`{site.api}` loads bytes of unknown origin{ending(found)}"
        )
        finding = Finding(
            rule=rule.id,
            severity=Severity.LOW if rule.severity != "note" else Severity.NOTE,
            confidence=Confidence.LOW if kind == "unknown" else Confidence.MEDIUM,
            message=what,
            site=at,
            qualname=scope.qualname,
            sink=site.api,
            source=source,
            remedy=rule.remedy,
        )
        return replace(finding, fingerprint=fingerprint(finding))


def _verified_elsewhere(ways: list[_Way]) -> Incomplete | None:
    """That another way into the same call is authenticated."""
    for way in ways:
        if way.endpoint.effective:
            checks = [entry for entry in way.endpoint.evidence if entry.claim == "authentication"]
            what = "another way into this call is authenticated, and this one is not"
            return Incomplete(kind="one-path", what=what, site=checks[-1].site if checks else None)
    return None


def _without_weaker_twins(best: dict[tuple[str, int, int, str], Finding]) -> Iterator[Finding]:
    """A call that one rule reports with its origin is not reported again as of unknown origin."""
    strength = {"file": 1, "unknown": 0}
    strongest: dict[tuple[str, int, int], int] = {}
    for (path, line, column, _), finding in best.items():
        place = (path, line, column)
        strongest[place] = max(strongest.get(place, -1), strength.get(finding.source.kind, 2))
    for (path, line, column, _), finding in sorted(best.items()):
        if strength.get(finding.source.kind, 2) == strongest[(path, line, column)]:
            yield finding
