"""What `gnomon watch` has to tell as Markdown, for an issue or the summary of a workflow.

Untrusted text is written through `gnomon.render.markup`, so that it can neither place markup nor name people.
"""

from collections.abc import Iterator

from gnomon.core.watch import Change, News, Watched
from gnomon.render.markup import code, prose
from gnomon.render.outcome import Document
from gnomon.render.watch_outcome import WatchOutcome, advised, beginning, heading, said, summary, what, why

LIMIT = 65_536
"""Characters of an issue or comment, beyond which it is refused."""
_RESERVED = 300
_MARK = "<!-- gnomon watch -->"  # lets a bot find the comment again


def write(outcome: WatchOutcome) -> Document:
    """At most LIMIT characters; the last line says what is left out."""
    packages = outcome.report.packages
    quiet = all(each.is_quiet for each in packages)
    head = f"{_MARK}\n### gnomon watch: {'nothing new' if quiet else summary(packages)}\n"
    parts = [part for package in packages for part in _package(package)]
    kept, room = [], LIMIT - _RESERVED - len(head)
    for part in parts:
        room -= len(part)
        if room < 0:
            break
        kept.append(part)
    left = len(parts) - len(kept)
    left_out = f"{left:,} of {len(parts):,} entries have no room here; --format json has no limit." if left else ""
    foot = f"\n{left_out}\n" if left_out else ""
    foot += f"\nReport {outcome.report.number:,} of gnomon {code(outcome.tool_version)}\n"
    return Document(data="".join([head, *kept, foot]).encode(), left_out=left_out)


def _package(package: Watched) -> Iterator[str]:
    if package.problem:
        yield f"\n**{code(package.name)}**: {prose(package.problem)}\n"
    for each in package.withdrawn:
        why = f": {prose(each.why)}" if each.why else ""
        yield f"\n**{code(f'{package.name} {each.label}')}** was withdrawn by its makers{why}\n"
    if package.begun:
        yield f"\n**{code(package.name)}** {prose(beginning(package))}\n"
    for news in package.news:
        if not news.baseline or news.problem:
            yield from _news(package, news)


def _news(package: Watched, news: News) -> Iterator[str]:
    day = f" {prose(f'({news.date})')}" if news.date else ""
    lines = [f"\n**{code(f'{package.name} {news.label}')}**{day} {prose(heading(news))}\n"]
    lines += [f"\n- {prose(news.problem)}"] if news.problem else []
    compared = news.compared
    if compared is not None:
        lines += [f"\n- advisory {prose(advised(each))}" for each in compared.advised]
    yield "".join(lines)
    for change in compared.changes if compared is not None else ():
        yield f"\n- {_change(change)}"
    yield "\n"


def _change(change: Change) -> str:
    flaw = change.flaw
    known = f", {', '.join(map(code, flaw.advisories))}" if flaw.advisories else ""
    reason = f"<br>{prose(why(change))}" if why(change) else ""
    return f"**{said(change)}**, {flaw.severity}: {code(f'{flaw.path}:{flaw.line}')} {code(what(flaw))}{known}{reason}"
