"""The scan engine against the marked projects: exact lines, and what is said of reach and authentication."""

import ast
import json
import warnings

import pytest

from gnomon.core.finding import Finding, Skipped
from gnomon.core.tree import DeploymentFile, SourceFile, Tree
from gnomon.io.notebooks import source_of
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings
from tests.scan.cases import EXACT, FLAGS, KEYS, REACHES, SEVERITIES, Case, cases, problems

CASES = cases()
RULES = ("deserialization-escape-hatch", "pickle-over-network", "pickle-from-file", "pickle-of-unknown-origin")
LESSONS = {
    "across-classes": "the receive and the load sit in different classes: bases, subclasses, wrappers, overrides",
    "across-files": "the receive and the load sit in different files, in any package layout",
    "across-functions": "the receive and the load sit in different functions of one file",
    "authentication": "a verification counts if it comes before the load, is on by default, and stops on failure",
    "complete-fixes": "what a careful maintainer writes in place of a pickle is seen: no finding, or a note",
    "curve": "CURVE counts if a key list is enforced and it is on by default",
    "deployments": "files that deploy the program widen an endpoint's reach, and never narrow it",
    "endpoints": "addresses are variables: every way of writing one, and all alternatives are kept",
    "escape-hatches": "a deployment switches a library's protection off",
    "factories": "sockets come from factories in other places, where an argument decides between bind and connect",
    "gates": "a guard behind an environment variable or a type check after the load is no protection",
    "grpc": "bytes come in a field or a stream of a remote procedure call",
    "hooks": "the load is a callback of another decoder",
    "http": "bytes come in the body, a field or a header of a request, or in a response",
    "incomplete-fixes": "what looks like a fix and is none says what it lacks; the right one beside it does not",
    "imports": "names are resolved through aliases, stars, conditions and layouts",
    "local-files": "files, caches and models are another rule, off by default",
    "messaging": "bytes come from a broker or a key-value server",
    "moving-sockets": "sockets move: tuples, dicts, lists, constructors, aliases, self",
    "not-deserializers": "what only looks like a deserializer",
    "other-channels": "multiprocessing connections and shared memory",
    "peers": "connecting is not safe either: the peer may be chosen by a request",
    "proxies": "a proxy feeds an inner socket from an outer one",
    "round-trips": "what the same process pickled is harmless to unpickle",
    "same-function": "the receive and the load share a function",
    "sink-values": "the deserializer is a value: a default, an attribute, a table entry, a partial",
    "sinks": "every deserializer that runs code, and its harmless twin",
    "stdlib-sockets": "raw sockets, socketserver, asyncio streams and protocols, http.server",
    "syntax": "every shape of statement that carries bytes",
    "threads-and-queues": "queues, threads and executors between the receive and the load",
    "torch-distributed": "collectives and the key-value store of a process group",
    "unpicklers": "an exact allow-list restricts; a deny-list, a prefix or a fall-through does not",
    "verdicts": "one function can hold a remote, a loopback and a shared-memory load: verdicts are per call",
}
"""Topic (folder) -> what real releases taught."""


def _source(case: Case, index: int) -> SourceFile:
    path, data = case.code[index], case.code[index].read_bytes()
    if path.suffix == ".ipynb":
        data = source_of(data, limit=1 << 20)
    return SourceFile(path=path.relative_to(case.folder).as_posix(), data=data)


def _answers(case: Case) -> tuple[Finding | Skipped, ...]:
    files = tuple(_source(case, index) for index in range(len(case.code)))
    deployments = tuple(
        DeploymentFile(path=path.relative_to(case.folder).as_posix(), data=path.read_bytes())
        for path in case.deployments
    )
    return tuple(findings(Tree(target=case.name, files=files, deployments=deployments), load()))


def _scan(case: Case) -> tuple[Finding, ...]:
    return tuple(answer for answer in _answers(case) if isinstance(answer, Finding))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_findings_are_the_marked_ones(case: Case) -> None:
    """The engine reports exactly the marked lines, with the reach, authentication and flow that the markers state."""
    different = problems(case, _scan(case))

    assert not different, "\n" + "\n".join([case.name, *different])


@pytest.mark.parametrize("case", [case for case in CASES if case.unparsable()], ids=lambda case: case.name)
def test_what_does_not_parse_is_analysed_or_listed(case: Case) -> None:
    """A file in a syntax that this Python can't read is never dropped silently."""
    told = {answer.path if isinstance(answer, Skipped) else answer.site.path for answer in _answers(case)}

    assert case.unparsable() <= told


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_finding_and_a_look_alike(rule: str) -> None:
    """Each rule is pinned from both sides."""
    marked = {marker.kind for case in CASES for marker in case.markers if marker.rule == rule}

    assert {"finding", "safe"} <= marked


def test_every_lesson_has_cases() -> None:
    """The folders are exactly the declared lessons."""
    assert {case.topic for case in CASES} == set(LESSONS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_markers_are_well_formed(case: Case) -> None:
    """Each case has a marker that can fail, known words only, and names places that exist."""
    places = {marker.rule for marker in case.of("at")}
    judged = case.of("finding") + case.of("safe")

    assert judged
    assert {marker.rule for marker in judged} <= set(RULES)
    assert {flag for marker in judged for flag in marker.flags} <= REACHES | SEVERITIES | FLAGS
    assert {key for marker in judged for key in marker.keys} <= KEYS
    assert {marker.keys["receive"][1:] for marker in judged if "@" in marker.keys.get("receive", "")} == places
    assert not [marker for marker in case.of("safe") if marker.words]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_severity_follows_reach_and_authentication(case: Case) -> None:
    """A marker's severity agrees with its own reach, by the one table."""
    table = {"any-host": "critical", "configurable": "high", "this-host": "medium", "process": "low", "unknown": "high"}
    for marker in case.of("finding", EXACT):
        reach, severity = marker.flags & REACHES, marker.flags & SEVERITIES
        if "effective" in marker.flags:
            assert severity == {"note"}, marker
        elif reach and severity:
            assert severity == {table[reach] for reach in reach}, marker


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cases_are_code_with_a_lesson(case: Case) -> None:
    """Files parse as Python, except those whose first line says `syntax:`, and one tells the lesson."""
    for path in case.code:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            assert json.loads(text)["cells"]
        elif path.relative_to(case.folder).as_posix() not in case.unparsable():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text, filename=str(path))
    starts = [path.read_text(encoding="utf-8")[:3] for path in case.files]

    assert any(start == '"""' or start[0] in "#{" for start in starts if start)


def test_a_difference_is_told() -> None:
    """The comparison itself fails on a missing and on an unmarked finding."""
    case = next(
        case for case in CASES if case.of("finding", EXACT) and not any("=" in w for m in case.markers for w in m.words)
    )

    assert len(problems(case, ())) == len([marker for marker in case.of("finding") if "maybe" not in marker.flags])
