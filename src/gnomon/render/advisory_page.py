"""An advisory's page, and that of a kind of incomplete fix, as text for people."""

from gnomon.core.advisory import Advisory, FlawKind, Range
from gnomon.core.incomplete import COMPLETION, MEANING, IncompleteKind
from gnomon.core.purl import parsed
from gnomon.core.rule import RealCase
from gnomon.render.explanation import write_section
from gnomon.render.page import Page, Style, Words
from gnomon.render.rule_page import Section

RULE_OF: dict[FlawKind, str] = {
    "network-pickle": "pickle-over-network",
    "network-exposure": "zmq-without-authentication",
    "data-pickle": "pickle-of-unknown-origin",
    "file-pickle": "pickle-from-file",
}
"""Kind of flaw -> the rule that reports it."""
_PAGES = {
    "CVE-": "https://nvd.nist.gov/vuln/detail/",
    "GHSA-": "https://github.com/advisories/",
    "PYSEC-": "https://osv.dev/vulnerability/",
}


def render(advisory: Advisory, style: Style) -> str:
    """What it is, which releases have it, where it is in their files, which rule reports it, and links."""
    page = Page(style)
    page.line(Words(advisory.id, "high"), Words(": "), Words(advisory.title, "strong"))
    page.line(Words(_facts(advisory), "dim"))
    for section in (
        Section(title="What it is", text=_what(advisory)),
        Section(title="Affected releases", text=_affected(advisory)),
        Section(title="Where it is", text="\n".join(f"- {each.path}: {each.qualname}" for each in advisory.code)),
        Section(title="Which rule reports it", text=_rule(advisory.kind)),
        Section(title="More about it", cases=tuple(RealCase(title=_site(url), link=url) for url in _links(advisory))),
    ):
        if section.text or section.cases:
            write_section(page, section)
    return page.text()


def render_incomplete(kind: IncompleteKind, style: Style) -> str:
    """What such a fix has and lacks, and how it is completed."""
    page = Page(style)
    page.line(Words(kind, "high"), Words(": "), Words("a fix that is incomplete", "strong"))
    said = "`gnomon scan` says so beside its finding, and JSON has it as `incomplete.kind`."
    write_section(page, Section(title="What it is", text=MEANING[kind]))
    write_section(page, Section(title="How it is completed", text=COMPLETION[kind]))
    write_section(page, Section(title="Where it is told", text=f"{said} {_rule('network-pickle')}"))
    return page.text()


def range_words(each: Range) -> str:
    """`from 0.6.5 to before 0.8.5`."""
    start = "from the beginning" if each.introduced == "0" else f"from {each.introduced}"
    end = f"to before {each.fixed}" if each.fixed else f"to {each.last}" if each.last else "to this day"
    return f"{start} {end}"


def package_name(purl: str) -> str:
    """`vllm`, or `ROCm/aiter` for a repository."""
    known = parsed(purl)
    return purl if known is None else f"{known.namespace}/{known.name}".lstrip("/")


def _facts(advisory: Advisory) -> str:
    also = f"also known as {', '.join(advisory.aliases)}" if advisory.aliases else ""
    reach = "" if advisory.reach == "unknown" else f"reach {advisory.reach}"
    return " • ".join(filter(None, (also, advisory.transport, reach)))


def _what(advisory: Advisory) -> str:
    parts = [advisory.summary]
    if advisory.precondition:
        parts.append(f"It matters only with: {advisory.precondition}.")
    if advisory.disputed:
        parts.append(f"Its makers dispute it: {advisory.disputed.rstrip('.')}.")
    return "\n\n".join(parts)


def _affected(advisory: Advisory) -> str:
    rows = [
        f"- {package_name(each.purl)}: {'; '.join(map(range_words, each.ranges)) or 'no release is known'}"
        for each in advisory.affected
    ]
    looked = f"Held against the files of {len(advisory.checked)} releases: " if advisory.checked else ""
    told = looked + ", ".join(f"{each.version} {each.code}" for each in advisory.checked)
    if not advisory.verified:
        told = f"{told}. Not verified: {advisory.unverified}" if told else f"Not verified: {advisory.unverified}"
    parts = ["\n".join(rows), f"{told}."]
    if advisory.record.wrong:
        parts.append(f"What is wrong with the public record: {advisory.record.wrong.rstrip('.')}.")
    return "\n\n".join(parts)


def _rule(kind: FlawKind) -> str:
    rule = RULE_OF.get(kind)
    return f"{rule}: `gnomon explain {rule}` tells what to do." if rule else ""


def _links(advisory: Advisory) -> list[str]:
    """Its references, and the pages of its other ids; each once."""
    pages = [
        f"{page}{each}" for each in sorted(advisory.ids) for begin, page in _PAGES.items() if each.startswith(begin)
    ]
    return list(dict.fromkeys((*advisory.references, *pages)))


def _site(url: str) -> str:
    return url.removeprefix("https://").partition("/")[0]
