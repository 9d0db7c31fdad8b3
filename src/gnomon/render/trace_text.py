"""What `gnomon trace` found as text for people: unsafe copies as cards, the others in a line, then the lineage."""

from collections import Counter
from collections.abc import Iterator

from gnomon.core.lineage import UNSAFE, Copy, Traced
from gnomon.render.asides import write_excluded, write_skipped
from gnomon.render.lineage_text import write_lineage
from gnomon.render.outcome import Document
from gnomon.render.page import Page, Words, counted
from gnomon.render.tone import WORST_FIRST, state_words, worst_first
from gnomon.render.trace_outcome import TraceOutcome, nothing_found


def write(outcome: TraceOutcome) -> Document:
    """The targets one below the other, then the lineage that they share."""
    page = Page(outcome.style)
    for traced in outcome.traced:
        if len(outcome.traced) > 1:
            page.line(Words(traced.target, "strong"), first=Words("── ", "gutter"))
            page.blank()
        _write_traced(page, traced, outcome.signatures)
        page.blank()
    if outcome.lineage is not None:
        write_lineage(page, outcome.lineage)
        page.blank()
    _write_numbers(page, outcome)
    return Document(data=page.text().encode())


def _write_traced(page: Page, traced: Traced, signatures: int) -> None:
    copies = worst_first(traced.copies)
    for copy in copies:
        if copy.state in UNSAFE:
            _write_card(page, copy)
    for copy in copies:
        if copy.state not in UNSAFE:
            _write_line(page, copy)
    page.blank()
    write_skipped(page, traced.skipped)
    target = "this folder" if traced.target == "." else traced.target
    page.line(Words(target, "strong"), Words(": "), *_verdict(traced, signatures))
    looked = f"{counted(traced.files, 'file')} and {counted(traced.functions, 'function')} compared"
    page.line(Words(looked + (f" • {traced.digest}" if traced.digest else ""), "dim"))
    write_excluded(page, traced.excluded)


def _write_card(page: Page, copy: Copy) -> None:
    page.line(
        state_words(copy.state, copy.state.upper()),
        Words(" "),
        Words(copy.title, "strong"),
        rest=Words("    "),
    )
    page.line(_place(copy), Words(" in "), Words(copy.qualname), first=Words("  at "))
    page.line(
        Words(_origin(copy), "strong"),
        Words(f", {copy.shared:,} of {counted(copy.of, 'statement')}"),
        Words(f" • similarity {copy.similarity:.2f} • signature {copy.signature}", "dim"),
        first=Words("  "),
        rest=Words("    "),
    )
    page.line(Words(copy.reason), first=Words("  why: "), rest=Words("    "))
    if copy.attribution:
        says = f"  says so itself, line {copy.attribution.line}: "
        page.line(Words(copy.attribution.text, "dim"), first=Words(says), rest=Words("    "))
    if copy.advisories:
        page.line(Words(", ".join(copy.advisories)), first=Words("  advisories: "), rest=Words("    "))
    page.blank()


def _write_line(page: Page, copy: Copy) -> None:
    page.line(
        Words(" "),
        _place(copy),
        Words("  "),
        Words(copy.qualname, "strong"),
        Words(f": {_origin(copy)}; {copy.reason}"),
        first=state_words(copy.state),
    )


def _origin(copy: Copy) -> str:
    return f"the original of {copy.origin}" if copy.is_origin else f"copied from {copy.origin}"


def _place(copy: Copy) -> Words:
    return Words(f"{copy.path}:{copy.line}", "place")


def _verdict(traced: Traced, signatures: int) -> Iterator[Words]:
    """The copies by state, and whether the answer is complete, in a few words."""
    counts = Counter(copy.state for copy in traced.copies)
    found = [(state, counts[state]) for state in WORST_FIRST if counts[state]]
    for index, (state, count) in enumerate(found):
        yield Words(", " if index else "")
        yield state_words(state, f"{count:,} {state}")
    if not found:
        yield Words(nothing_found(signatures, traced.functions), "" if traced.skipped else "good")
    if traced.skipped:
        yield Words(", ")
        yield Words(f"incomplete ({len(traced.skipped):,} skipped)", "warn")


def _write_numbers(page: Page, outcome: TraceOutcome) -> None:
    took = f"{outcome.elapsed_s:.{1 if outcome.elapsed_s >= 1 else 2}f} s"
    known = f"{counted(outcome.signatures, 'signature')} {outcome.pack_version}".rstrip()
    page.line(Words(f"{took} • gnomon {outcome.tool_version} • {known}", "dim"))
    if outcome.skipped and len(outcome.traced) > 1:
        page.line(Words(f"Incomplete: {outcome.skipped:,} skipped in all targets together.", "warn"))
