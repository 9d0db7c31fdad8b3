"""The copies found in each target laid out as a list: the picture there is without a lineage."""

from collections.abc import Iterator, Sequence

from gnomon.core.lineage import Copy
from gnomon.render.page import counted
from gnomon.render.timeline.legend import marks_legend
from gnomon.render.timeline.picture import MARGIN, WIDTH, Band, Label, Mark, Picture, label
from gnomon.render.tone import tone_of, worst_first
from gnomon.render.trace_outcome import TraceOutcome, nothing_found

_ROW = 44.0
_ROOM = WIDTH - 2 * MARGIN


def listing(outcome: TraceOutcome, notes: Sequence[str] = (), footer: str = "") -> Picture:
    """A row for each copy; for a target without any, one that says so. `notes` are warnings below the heading."""
    copies = [(traced.target, copy) for traced in outcome.traced for copy in traced.copies]
    heading = f"{counted(len(copies), 'place')} like known-flawed code"
    labels = [label(heading, (MARGIN, 34), _ROOM, size=18, ink="strong", is_bold=True)]
    labels += [
        label(note, (MARGIN, 56 + 18 * number), _ROOM, size=13, ink="warning", is_bold=True)
        for number, note in enumerate(notes)
    ]
    y = 60.0 + 18 * len(notes)
    bands: list[Band] = []
    marks: list[Mark] = []
    for traced in outcome.traced:
        labels.append(label(traced.target, (MARGIN, y + 16), _ROOM, size=13, ink="strong", is_bold=True))
        y += 26
        if not traced.copies:
            text = nothing_found(outcome.signatures, traced.functions)
            labels.append(label(text, (MARGIN, y + 14), _ROOM, ink="dim"))
            y += 26
        for number, copy in enumerate(worst_first(traced.copies)):
            bands.append(Band(top=y, height=_ROW, is_shaded=number % 2 == 0))
            marks.append(Mark(x=MARGIN + 8, y=y + 14, tone=tone_of(copy.state), note=tuple(_told(copy))))
            labels += _labels(copy, y)
            y += _ROW
        y += 10
    key = marks_legend(y + 24, footer)
    return Picture(
        height=key.bottom + MARGIN,
        summary=f"{heading}.",
        bands=tuple(bands),
        marks=(*marks, *key.marks),
        labels=(*labels, *key.labels),
    )


def _labels(copy: Copy, top: float) -> Iterator[Label]:
    state = label(copy.state, (MARGIN + 24, top + 18), 110, ink=tone_of(copy.state), is_bold=True)
    yield state
    place = f"{copy.path}:{copy.line} {copy.qualname}"
    yield label(place, (MARGIN + 140, top + 18), _ROOM - 140)
    origin = f"the original of {copy.origin}" if copy.is_origin else f"copied from {copy.origin}"
    told = f"{origin}, {copy.shared:,} of {counted(copy.of, 'statement')}; {copy.reason}"
    yield label(told, (MARGIN + 140, top + 35), _ROOM - 140, size=11, ink="dim")


def _told(copy: Copy) -> Iterator[str]:
    yield copy.title
    yield f"{copy.state}: {copy.reason}"
    if copy.attribution:
        yield f"says so itself, line {copy.attribution.line}: {copy.attribution.text}"
    yield from copy.advisories
