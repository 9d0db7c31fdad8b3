"""One finding for people: what and where, the way the bytes take, who can reach it, and what to do."""

from collections.abc import Iterator

from gnomon.core.endpoint import Endpoint, Evidence
from gnomon.core.finding import Finding
from gnomon.core.incomplete import COMPLETION, parts
from gnomon.core.severity import Severity
from gnomon.core.site import FoundAt, SocketSite, Step
from gnomon.render.page import Page, Words, counted

_LABEL = 16
_REACH_STYLE = {
    "any-host": "bad",
    "configurable": "warn",
    "unknown": "warn",
    "this-host": "",
    "process": "",
}


def write_card(page: Page, finding: Finding, *, told: bool = False) -> None:
    """Adds the whole finding to the page; `told` if its remedy is on the page already."""
    _write_head(page, finding)
    page.blank()
    _write_flow(page, finding)
    if finding.endpoint:
        page.blank()
        _write_endpoint(page, finding.endpoint)
    page.blank()
    _write_incomplete(page, finding, first="  ")
    _write_remedy(page, finding, told=told)
    page.blank()


def write_note(page: Page, finding: Finding) -> None:
    """Adds the finding to the page in one line."""
    page.line(
        Words(" "),
        _place(finding.site, column=True),
        Words("  "),
        Words(finding.rule, "strong"),
        Words(": "),
        Words(finding.message),
        first=Words("note", "note"),
    )
    _write_incomplete(page, finding, first="     ")


def _write_head(page: Page, finding: Finding) -> None:
    name = finding.severity.value.upper()
    badge = f" {name} " if page.color and name == "CRITICAL" else name
    page.line(
        Words(badge, finding.severity.value),
        Words(" "),
        Words(finding.rule),
        Words(": "),
        Words(finding.message, "strong"),
        rest=Words("    "),
    )
    page.line(
        _place(finding.site, column=True),
        Words(" in "),
        Words(finding.qualname),
        Words(f" • confidence {finding.confidence.value}", "dim"),
        first=Words("  at "),
    )


def _write_flow(page: Page, finding: Finding) -> None:
    origin = finding.source.api or finding.source.kind
    if not finding.flow or finding.flow[0].role == "source":
        page.line(
            Words("from "),
            Words("an origin that was not found" if origin == "unknown" else origin, "strong"),
            Words(" to "),
            Words(finding.sink, "strong"),
            first=Words("  "),
        )
    for number, step in enumerate(finding.flow, start=1):
        _write_step(page, number, step)
    if not finding.flow:
        _write_code(page, finding.site)
    if finding.other_sources:
        ways = counted(finding.other_sources, "further, milder way")
        page.line(Words(f"{ways} lead{'s' * (finding.other_sources == 1)} to the same call.", "dim"), first=_gutter())


def _write_step(page: Page, number: int, step: Step) -> None:
    style = "bad" if step.role in ("source", "sink") else ""
    page.line(
        _place(step.site),
        Words("  "),
        Words(step.note, style),
        first=_gutter(number),
        rest=Words(f"{_gutter().text}  ", "gutter"),
    )
    _write_code(page, step.site)


def _write_code(page: Page, site: FoundAt) -> None:
    if site.code:
        page.line(
            Words(site.code.expandtabs(4)),
            first=Words(f"{_gutter().text}    ", "gutter"),
            rest=Words(f"{_gutter().text}        ", "gutter"),
        )


def _gutter(number: int | None = None) -> Words:
    return Words(f"{number or '':>4} │ ", "gutter")


def _write_endpoint(page: Page, endpoint: Endpoint) -> None:
    reach = "any-host" if endpoint.peer_chosen_by_request else endpoint.reach
    values: dict[str, tuple[Words, ...]] = {
        "role": (Words(endpoint.role),),
        "transport": (Words(endpoint.transport),),
        "address": (Words(endpoint.address or "unknown", "strong"),),
        "reach": (Words(endpoint.reach, _REACH_STYLE[reach]),),
        "authentication": tuple(_authentication(endpoint)),
    }
    page.line(Words("endpoint"), first=Words("  ╭ ", "gutter"))
    shown: set[FoundAt] = set()
    for claim, value in values.items():
        _write_row(page, claim, value, [entry for entry in endpoint.evidence if entry.claim == claim], shown)
    page.line(Words(""), first=Words("  ╰", "gutter"))


def _authentication(endpoint: Endpoint) -> Iterator[Words]:
    if endpoint.effective:
        yield Words(f"{endpoint.authentication}, effective", "good")
    elif endpoint.authentication == "none":
        yield Words("none", "bad")
    else:
        yield Words(f"{endpoint.authentication}, not effective", "warn")


def _write_row(page: Page, claim: str, value: tuple[Words, ...], evidence: list[Evidence], shown: set[FoundAt]) -> None:
    """One claim with the evidence for it, each code line that it was read from once; further evidence below."""
    margin = Words(f"  │ {'':{_LABEL}}", "gutter")
    label = Words(f"  │ {claim:{_LABEL}}", "gutter")
    if not evidence:
        page.line(*value, first=label, rest=margin)
    for entry in evidence:
        page.line(*value, *_because(entry)[0 if value else 1 :], first=label, rest=margin)
        if entry.site and entry.site.code and entry.site not in shown:
            page.line(Words(entry.site.code.expandtabs(4)), first=Words(f"{margin.text}    ", "gutter"), rest=margin)
            shown.add(entry.site)
        value, label = (), margin


def _because(evidence: Evidence) -> tuple[Words, ...]:
    why = Words(": "), Words(evidence.note), Words(f" • {evidence.basis}", "dim")
    return (*why, Words(" at ", "dim"), _place(evidence.site)) if evidence.site else why


def _write_incomplete(page: Page, finding: Finding, *, first: str) -> None:
    """What a fix lacks; the remedy below tells how to complete it, beside a note nothing else does."""
    lacks = finding.incomplete
    if lacks is None:
        return
    where = (Words(" • ", "dim"), _place(lacks.site)) if lacks.site else ()
    how = () if finding.severity is not Severity.NOTE else (Words(f". {COMPLETION[lacks.kind]}"),)
    label = Words(f"{first}incomplete fix ({lacks.kind}): ", "warn")
    page.line(Words(lacks.what), *where, *how, first=label, rest=Words(f"{first}  "))


def _write_remedy(page: Page, finding: Finding, *, told: bool) -> None:
    if finding.remedy:
        first, rest = parts(finding.remedy, finding.incomplete)
        page.line(
            Words(first),
            Words("as above", "dim") if told else Words(rest),
            first=Words("  remedy: ", "good"),
            rest=Words("    "),
        )
    for fix in finding.fixes:
        kind = "fix" if fix.safe else "fix (review it)"
        page.line(Words(fix.note), first=Words(f"  {kind}: ", "good"), rest=Words("    "))
    if finding.advisories:
        page.line(Words(", ".join(finding.advisories)), first=Words("  advisories: "), rest=Words("    "))
    if finding.copied_from:
        copied = finding.copied_from
        page.line(Words(f"{copied.origin}: {copied.note}"), first=Words("  copied from: "), rest=Words("    "))


def _place(site: FoundAt, *, column: bool = False) -> Words:
    """`path:line` or `path:line:column`, which editors and terminals make a link."""
    if isinstance(site, SocketSite):
        return Words(site.address, "place")
    end = f":{site.line}:{site.span.column}" if column else f":{site.line}"
    return Words(f"{site.path}{end}", "place")
