"""What `gnomon watch` has to tell as text for people: releases with their changes, then the rest in a line."""

from gnomon.core.watch import BAD, Change, News, Watched
from gnomon.render.outcome import Document
from gnomon.render.page import Page, Words, counted
from gnomon.render.watch_outcome import WatchOutcome, advised, beginning, heading, said, summary, what, why

_LISTED = 40
"""Changes of one release, and flaws that stand in the first."""


def write(outcome: WatchOutcome) -> Document:
    """The report; one line if there is nothing to tell."""
    page = Page(outcome.style)
    for package in outcome.report.packages:
        _write_package(page, package)
    packages = outcome.report.packages
    bad, incomplete = any(each.is_bad for each in packages), any(each.is_incomplete for each in packages)
    nothing = "nothing new; " if all(each.is_quiet for each in packages) else ""
    style = "bad" if bad else "warn" if incomplete else "good" if nothing else ""
    page.line(Words(f"{nothing}{summary(packages)}", style))
    page.line(Words(_numbers(outcome), "dim"))
    return Document(data=page.text().encode())


def _numbers(outcome: WatchOutcome) -> str:
    report = outcome.report
    told = " (some of it was found by an earlier run, which ended before it had told it)" if report.delayed else ""
    return f"report {report.number:,}{told} • {outcome.elapsed_s:.1f} s • gnomon {outcome.tool_version}"


def _write_package(page: Page, package: Watched) -> None:
    if package.problem:
        page.line(
            Words(package.name, "strong"), Words(f": {package.problem}", "warn"), first=Words("? "), rest=Words("  ")
        )
        page.blank()
    for each in package.withdrawn:
        why = f": {each.why}" if each.why else ""
        page.line(Words(f"{package.name} {each.label}", "strong"), Words(f" was withdrawn by its makers{why}"))
        page.blank()
    if package.begun:
        page.line(Words(package.name, "strong"), Words(f" {beginning(package)}"), rest=Words("    "))
        page.blank()
    for news in package.news:
        if not news.baseline or news.problem:
            _write_news(page, package, news)


def _write_news(page: Page, package: Watched, news: News) -> None:
    day = f" ({news.date})" if news.date else ""
    page.line(Words(f"{package.name} {news.label}", "strong"), Words(f"{day} {heading(news)}"), rest=Words("    "))
    if news.problem:
        page.line(Words(news.problem, "warn"), first=Words("  ? "))
    compared = news.compared
    if compared is not None:
        for change in compared.changes[:_LISTED]:
            _write_change(page, change)
        if len(compared.changes) > _LISTED:
            more = counted(len(compared.changes) - _LISTED, "more change")
            page.line(Words(f"  {more}; `--format json` lists them all", "dim"))
        for each in compared.advised:
            page.line(Words(advised(each)), first=Words("  advisory "), rest=Words("    "))
    page.blank()


def _write_change(page: Page, change: Change) -> None:
    flaw = change.flaw
    known = f" {', '.join(flaw.advisories)}" if flaw.advisories else ""
    page.line(
        Words(said(change), _style(change)),
        Words(f" {flaw.severity} ", flaw.severity),
        Words(f"{flaw.path}:{flaw.line}", "place"),
        Words(f" {what(flaw)}{known}"),
        first=Words("  "),
        rest=Words("    "),
    )
    if reason := why(change):
        page.line(Words(reason), first=Words("    "))


def _style(change: Change) -> str:
    if change.kind in BAD:
        return "bad" if change.sure else "warn"
    return "good" if change.kind == "fixed" else "warn"
