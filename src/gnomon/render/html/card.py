"""One finding in full: what and where, the way of the bytes, who can reach the endpoint, and what to do."""

from collections.abc import Iterator

from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.found import Found
from gnomon.render.html.words import REACH, advisory, code, named, place, said, severity, severity_class, short
from gnomon.render.json import JsonEndpoint, JsonEvidence, JsonFinding, JsonIncomplete
from gnomon.render.page import counted

_STEPS, _EVIDENCE, _ADVISORIES = 30, 12, 40
_ALSO = 4  # targets
_REMEDY = 2_000  # characters
_ALL_OF_IT = "`--format json` has all of it."


def card(found: Found, explained: frozenset[str], *, several: bool, is_open: bool) -> Element:
    """The finding as an article that names its target if there are `several`; `explained` rules are linked."""
    finding = found.finding
    what = _what(finding)
    summary = el("summary", None, "Evidence", el("span", {"class": "dim"}, f" {what}" if what else ""))
    details = el("details", {"open": ""} if is_open else None, summary, *_details(finding))
    return el(
        "article",
        {"id": found.id, "class": f"finding {severity_class(finding.severity)}", "aria-labelledby": f"{found.id}-t"},
        _head(found, explained, several=several),
        el("h3", {"id": f"{found.id}-t"}, *said(finding.message, 600)),
        _where(finding),
        details,
    )


def rule(id_: str, explained: frozenset[str]) -> Element:
    """A rule's id, as a link to what it means if that is on the page."""
    return el("a", {"href": f"#rule-{id_}"}, id_) if id_ in explained else code(id_)


def _head(found: Found, explained: frozenset[str], *, several: bool) -> Element:
    finding = found.finding
    return el(
        "p",
        {"class": "facts"},
        severity(finding.severity),
        el("span", None, named(found.of)) if several else None,
        el("span", None, also(found)) if found.also else None,
        el("span", None, rule(finding.rule, explained)),
        el("span", None, f"confidence {short(finding.confidence)}"),
    )


def also(found: Found) -> str:
    """`also in vllm 0.8.5, line 171, and 3 more`."""
    named_ = [f"{named(of)}, line {line}" if line else named(of) for of, line in found.also[:_ALSO]]
    more = f" and {counted(len(found.also) - _ALSO, 'target')} more" if len(found.also) > _ALSO else ""
    return f"also in {'; '.join(named_)}{more}"


def _where(finding: JsonFinding) -> Element:
    inside: list[Child] = (
        [" in ", code(finding.qualname)] if finding.qualname and finding.qualname != "<module>" else []
    )
    return el("p", {"class": "where"}, place(finding.path, finding.line), *inside)


def _what(finding: JsonFinding) -> str:
    """What is behind the fold, in a few words."""
    parts = [counted(len(finding.flow), "step")] if finding.flow else []
    parts += ["the endpoint"] if finding.endpoint else []
    parts += ["what the fix lacks"] if finding.incomplete else []
    return ", ".join([*parts, "what to do"]) if finding.remedy else ", ".join(parts)


def _details(finding: JsonFinding) -> Iterator[Element]:
    if finding.sink or finding.flow:
        yield el("h4", None, *_heading_of_flow(finding))
        yield el("ol", {"class": "flow"}, *_steps(finding))
    if finding.other_sources:
        ways = counted(finding.other_sources, "further, milder way")
        yield el("p", {"class": "dim"}, f"{ways} lead{'s' * (finding.other_sources == 1)} to the same call.")
    if finding.endpoint:
        yield el("h4", None, "Who can reach it")
        yield el("dl", {"class": "card"}, *_endpoint(finding.endpoint, finding.path))
    if finding.remedy or finding.incomplete:
        yield el("h4", None, "What to do")
    if finding.incomplete:
        yield _lacking(finding.incomplete, finding.path)
    if to_do := finding.remedy or (finding.incomplete.completion if finding.incomplete else ""):
        yield el("p", None, *said(to_do, _REMEDY))
    yield from _known(finding)


def _lacking(lacks: JsonIncomplete, near: str) -> Element:
    """What a fix lacks that is there already, and where."""
    at = place(lacks.path, lacks.line, near)
    kind = el("b", {"class": "warn"}, f"Incomplete fix, {short(lacks.kind)}: ")
    return el("p", None, kind, *said(lacks.what), *(() if at is None else (" at ", at)), ".")


def _heading_of_flow(finding: JsonFinding) -> list[Child]:
    origin = finding.source.api or finding.source.kind
    begin = "an origin that was not found" if origin == "unknown" else code(origin)
    return ["From ", begin, " to ", code(finding.sink)]


def _steps(finding: JsonFinding) -> Iterator[Element]:
    """The steps; a long way without its middle, which is counted."""
    if not finding.flow:
        yield _step("sink", "", _code_line(finding.path, finding.line, finding.code, finding.path))
    steps = finding.flow
    left_out = len(steps) - _STEPS
    for number, step in enumerate(steps):
        if left_out > 0 and number == _STEPS // 2:
            yield el("li", {"class": "dim"}, *said(f"{counted(left_out, 'step')} left out; {_ALL_OF_IT}"))
        if left_out <= 0 or number < _STEPS // 2 or number >= len(steps) - _STEPS // 2:
            yield _step(step.role, step.note, _code_line(step.path, step.line, step.code, finding.path))


def _step(role: str, note: str, line: Element | None) -> Element:
    kind = role if role in ("source", "sink") else "between"
    told = el("p", None, el("span", {"class": "role"}, short(role)), " ", *said(note))
    return el("li", {"class": kind}, told, line)


def _code_line(path: str | None, line: int | None, text: str, near: str) -> Element | None:
    """A line of code under its place."""
    at = place(path, line, near)
    if at is None:
        return None
    shown = el("code", {"class": "line"}, short(text.expandtabs(4), 220)) if text else None
    return el("p", {"class": "code"}, at, shown)


def _endpoint(endpoint: JsonEndpoint, near: str) -> Iterator[Element]:
    values: dict[str, Child] = {
        "role": short(endpoint.role),
        "transport": short(endpoint.transport),
        "address": code(endpoint.address) if endpoint.address else "unknown",
        "reach": _reach(endpoint),
        "authentication": _authentication(endpoint),
    }
    left = _EVIDENCE
    shown: set[tuple[str | None, int | None]] = set()
    for claim, value in values.items():
        entries = [entry for entry in endpoint.evidence if entry.claim == claim]
        because = [_because(entry, shown, near) for entry in entries[: max(left, 0)]]
        left -= len(entries)
        yield el("dt", None, claim)
        yield el("dd", None, el("b", None, value), *because)
    if left < 0:
        yield el("dt", None, "more")
        yield el("dd", None, *said(f"{counted(-left, 'piece')} of evidence left out; {_ALL_OF_IT}"))


def _reach(endpoint: JsonEndpoint) -> Element:
    tone = "bad" if endpoint.reach == "any-host" or endpoint.peer_chosen_by_request else "plain"
    words, meaning = REACH.get(endpoint.reach, (short(endpoint.reach), ""))
    if endpoint.peer_chosen_by_request:
        meaning = "the address it connects to is taken from a request"
    return el("span", {"class": tone}, f"{words}{f': {meaning}' if meaning else ''}")


def _authentication(endpoint: JsonEndpoint) -> Element:
    if endpoint.effective:
        return el("span", {"class": "good"}, f"{short(endpoint.authentication)}, effective")
    if endpoint.authentication == "none":
        return el("span", {"class": "bad"}, "none")
    return el("span", {"class": "warn"}, f"{short(endpoint.authentication)}, not effective")


def _because(entry: JsonEvidence, shown: set[tuple[str | None, int | None]], near: str) -> Element:
    """Why a claim is made; each line of code once."""
    spot = (entry.path, entry.line)
    text = "" if spot in shown else entry.code
    shown.add(spot)
    basis = el("span", {"class": "basis"}, short(entry.basis))
    return el(
        "div", {"class": "because"}, el("p", None, *said(entry.note, 800), " ", basis), _code_line(*spot, text, near)
    )


def _known(finding: JsonFinding) -> Iterator[Element]:
    """What is known of it elsewhere, and its own number."""
    items: list[Element] = []
    if finding.advisories:
        names = [el("li", None, advisory(name)) for name in finding.advisories[:_ADVISORIES]]
        if len(finding.advisories) > _ADVISORIES:
            names.append(el("li", None, f"and {len(finding.advisories) - _ADVISORIES} more"))
        items += [el("dt", None, "advisories"), el("dd", None, el("ul", {"class": "inline"}, *names))]
    if finding.copied_from:
        copied = finding.copied_from
        items += [el("dt", None, "copied from"), el("dd", None, code(copied.origin), ": ", *said(copied.note))]
    items += [el("dt", None, "fingerprint"), el("dd", None, code(finding.fingerprint))]
    yield el("dl", {"class": "known"}, *items)
