"""Contents of pages for tests: many findings, a run of several targets, and text that wants to be obeyed."""

from msgspec.structs import replace

from gnomon.core.finding import Report
from gnomon.core.site import CodeSite
from gnomon.render.html.contents import Contents
from gnomon.render.json import report_of
from tests.render.sample import CLEAN, REPORT, RULES

MADE = "2026-01-28T03:26:02"


def contents(*reports: Report) -> Contents:
    """What a scan of these reports puts onto its page."""
    return Contents(title="a run", scans=tuple(map(report_of, reports)), rules=RULES, made=MADE, tool_version="0.1.0")


def many(number: int) -> Report:
    """The sample's findings again and again, each in a place of its own, under paths as long as real ones."""
    findings = []
    for count in range(number):
        finding = REPORT.findings[count % 3]
        site = finding.site
        assert isinstance(site, CodeSite)
        span = replace(site.span, line=count + 1, end_line=count + 1)
        path = f"inference_server_1.2/engine/distributed/part_{count // 40}/{site.path.rpartition('/')[2]}"
        findings.append(replace(finding, site=replace(site, path=path, span=span), fingerprint=f"{count:032x}"))
    return replace(REPORT, findings=tuple(findings))


ESCAPES = (
    "</script><script>window.ran=1</script>",
    "</style><script>window.ran=1</script>",
    '"><img src=x onerror=window.ran=1>',
    "' autofocus onfocus='window.ran=1",
    "<svg onload=window.ran=1>",
    "]]><script>window.ran=1</script>",
    "--><script>window.ran=1</script>",
    "</title><base href=https://evil.example/>",
    "javascript:window.ran=1",
    "data:text/html,<script>window.ran=1</script>",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
    "<a href=javascript:window.ran=1 id=search>x</a>",
    "<details open ontoggle=window.ran=1>",
    "${window.ran=1}`",
    "\u202egnp.exe\u2066",
    "\x1b]0;x\x07\x00\udcff",
    "<meta http-equiv=refresh content=0;url=https://evil.example/>",
    "x" * 3_000,
    "🦀推理e\u0301",
)


def hostile() -> Report:
    """The sample with each of ESCAPES wherever a target has a say."""
    findings = []
    for number, text in enumerate(ESCAPES):
        base = REPORT.findings[number % 3]
        site = replace(base.site, path=f"{text}/{text}.py", code=text)
        endpoint = base.endpoint
        assert endpoint is not None
        evidence = tuple(replace(entry, note=text, site=site) for entry in endpoint.evidence)
        findings.append(
            replace(
                base,
                rule=text if number % 5 == 4 else base.rule,
                message=f"`{text}` {text}",
                site=site,
                qualname=text,
                sink=text,
                source=replace(base.source, api=text),
                flow=tuple(replace(step, note=text, site=site) for step in base.flow),
                endpoint=replace(endpoint, address=text, evidence=evidence),
                advisories=(text, f"CVE-{text}", "CVE-2024-50050"),
                remedy=f"{text} `{text}`",
                fingerprint=text if number % 4 == 3 else f"{number:032x}",
            )
        )
    texts = "".join(ESCAPES[:16])
    return replace(
        REPORT,
        target=ESCAPES[0],
        findings=tuple(findings),
        skipped=tuple(replace(REPORT.skipped[0], path=text, reason=text) for text in ESCAPES),
        suppressed=tuple(replace(REPORT.suppressed[0], reason=text) for text in ESCAPES),
        remarks=tuple(replace(REPORT.remarks[0], path=text, note=text) for text in ESCAPES),
        excluded=ESCAPES,
        digest=texts,
        tool_version=ESCAPES[2],
        knowledge_version=ESCAPES[3],
    )


SEVERAL = (REPORT, CLEAN)
