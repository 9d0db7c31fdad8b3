"""Writes docs/demo.svg: `gnomon demo` as a terminal shows it, as a picture that moves without a script.

The demo is run on a terminal of 80 columns, and what arrives is written down with its time. Ports, process ids, ids of
keys and times, which differ from run to run, become the same ones each time; a duration, the second above it. The
machine's waits are shortened to WAIT_S, and the demo's pauses are as long as it takes to read what is on the screen.

usage: python tools/recording.py
"""

import fcntl
import math
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "demo.svg"
COLUMNS, ROWS = 80, 32
TOGETHER_S, LEAST_S, WAIT_S = 0.05, 0.3, 1.2
"""What arrives in so short a time is one picture; for how long a command is waited at least, and at most."""
READING_S, READ_LINE_S, END_S, LONGEST_S = 2.5, 0.15, 8.0, 60.0
"""A pause in the picture, and what each line since the last one adds; how long the end stands; and all of it."""
WIDE, HIGH, BASE, MARGIN, BAR = 8.4, 18, 13, 18, 34
"""A cell's width and height, its base line, and what is around them, in pixels; the font is 14 pixels."""
COLOURS = {
    "1": "b", "2": "d", "31": "r", "32": "g", "33": "y", "34": "u", "36": "c", "97": "w", "41": "k",
}  # fmt: skip
"""Class of each code that the house's pages use (https://ecma-international.org/publications-and-standards/standards/ecma-48/)."""
STYLE = """\
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#c9d1d9;white-space:pre}
.b{font-weight:700}.d{fill:#8b949e}.r{fill:#ff7b72}.g{fill:#7ee787}.y{fill:#e3b341}.u{fill:#79a8ff}.c{fill:#76e3ea}
.w{fill:#fff}.k{fill:#ffb3ad}"""
_PAINT = re.compile(r"\x1b\[([0-9;]*)m")
_DURATION = re.compile(r"(passed(?:\x1b\[[0-9;]*m)* in )(\d+\.\d+)(?=s)")
_OTHER = re.compile(r"[\x00-\x1f\x7f]")
_STEP = re.compile(r"^── \d of \d · ")


class Line(NamedTuple):
    """A line as it arrived, with colours, and when, in seconds."""

    at_s: float
    text: str


def recorded(command: list[str]) -> list[Line]:
    """What the command writes to a terminal. Ends the program if it fails, or moves the cursor."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    variables = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(command, stdout=theirs, env=variables | {"TERM": "xterm-256color"}) as process:
        os.close(theirs)
        lines = list(_lines(ours))
    os.close(ours)
    if process.returncode or any(_OTHER.search(plain(line.text)) for line in lines):
        sys.exit("\n".join(line.text for line in lines))
    return lines


def _lines(terminal: int) -> Iterator[Line]:
    begun, rest = time.monotonic(), b""
    while piece := _piece(terminal):
        *whole, rest = (rest + piece).split(b"\n")
        at_s = time.monotonic() - begun
        yield from (Line(at_s, line.decode().rstrip("\r")) for line in whole)


def _piece(terminal: int) -> bytes:
    """The next bytes; none once the command has ended (Linux says so with an error)."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def plain(text: str) -> str:
    """Without colours."""
    return _PAINT.sub("", text)


def steady(lines: Iterable[str]) -> list[str]:
    """The lines with the same ports, process ids, ids of keys, times and durations each time."""
    ports, pids = _Renamed(40_101), _Renamed(4_101)
    shown = []
    for line in lines:
        text = re.sub(r"(?<=127\.0\.0\.1[: ])( *)(\d{4,5})\b", lambda match: match[1] + ports.of(match[2]), line)
        text = re.sub(r"(?<=TOY_PORT=)\d+", lambda match: ports.of(match[0]), text)
        text = re.sub(r"(?:(?<=process )|(?<=\"pid\": ))\d+", lambda match: pids.of(match[0]), text)
        text = re.sub(r"(?<=stranger\.py tcp://127\.0\.0\.1:\d{5} )\d+", lambda match: pids.of(match[0]), text)
        text = re.sub(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])", "0123456789abcdef", text)
        text = re.sub(r"(?<=\"time\": \")[^\"]+", "2026-01-01T00:00:00.000Z", text)
        shown.append(_DURATION.sub(lambda match: f"{match[1]}{math.ceil(float(match[2]))}", text))
    return shown


class _Renamed:
    """Other numbers for numbers, counted from the first on."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._known: dict[str, str] = {}

    def of(self, number: str) -> str:
        return self._known.setdefault(number, str(self._first + len(self._known)))


def paced(lines: list[Line]) -> list[Line]:
    """The lines at the times at which the picture shows them, in tenths of a second; the last stands for END_S."""
    shown: list[Line] = []
    before, now, unread = 0.0, 0.0, 0
    for line in lines:
        gap, before = line.at_s - before, line.at_s
        if _is_pause(line, lines):
            now += READING_S + READ_LINE_S * unread
            unread = 0
        elif gap > TOGETHER_S:
            now += min(max(gap, LEAST_S), WAIT_S)
        unread += 1
        shown.append(Line(now, line.text))
    slower = min(1.0, (LONGEST_S - END_S) / now)
    return [Line(round(line.at_s * slower, 1), line.text) for line in shown]


def _is_pause(line: Line, lines: list[Line]) -> bool:
    """True for the first of the lines that arrive with the heading of a step."""
    together = [other for other in lines if other.at_s == line.at_s]
    return line is together[0] and any(_STEP.match(plain(other.text)) for other in together)


def picture(lines: list[Line], caption: str) -> str:
    """The moving picture, as SVG. It stands still, at its end, for whoever prefers that."""
    wide, high = round(COLUMNS * WIDE + 2 * MARGIN), BAR + ROWS * HIGH + MARGIN
    arrivals = [(at_s, list(rows)) for at_s, rows in groupby(enumerate(lines), key=lambda each: each[1].at_s)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"',
        ' role="img" xml:space="preserve">',
        f"<title>{escape(caption)}</title>",
        f"<style>{STYLE}",
        f".s{{transform:translateY({-_offset(len(lines))}px)}}",
        "@media (prefers-reduced-motion:no-preference){",
        *_moments([(at_s, rows[-1][0] + 1) for at_s, rows in arrivals], round(lines[-1].at_s + END_S, 1)),
        "}</style>",
        f'<rect width="{wide}" height="{high}" rx="8" fill="#0d1117"/>',
        *(f'<circle cx="{20 + 18 * n}" cy="17" r="5" fill="#30363d"/>' for n in range(3)),
        f'<svg y="{BAR}" width="{wide}" height="{ROWS * HIGH}"><g class="s">',
        *(
            f'<g class="f{number}">{"".join(_row(row, line.text) for row, line in rows if line.text)}</g>'
            for number, (_, rows) in enumerate(arrivals)
        ),
        "</g></svg></svg>\n",
    ])  # fmt: skip


def _moments(arrivals: list[tuple[float, int]], total_s: float) -> Iterator[str]:
    """The rules of style that show each arrival at its time, and move all up so far that its last row is seen."""
    moves = []
    for number, (at_s, rows) in enumerate(arrivals):
        at = f"{100 * at_s / total_s:.2f}%"
        moves.append(f"{at}{{transform:translateY({-_offset(rows)}px)}}")
        if at_s:
            yield f"@keyframes f{number}{{0%{{visibility:hidden}}{at},to{{visibility:visible}}}}"
            yield f".f{number}{{animation:f{number} {total_s}s step-end infinite}}"
    yield f"@keyframes s{{{''.join(moves)}}}"
    yield f".s{{animation:s {total_s}s step-end infinite}}"


def _offset(rows: int) -> int:
    """By how many pixels so many rows are moved up, so that the last one is on the screen."""
    return max(0, rows - ROWS) * HIGH


def _row(row: int, text: str) -> str:
    cells = "".join(_spans(text))
    length = round(len(plain(text)) * WIDE, 1)
    return f'<text x="{MARGIN}" y="{row * HIGH + BASE}" textLength="{length}">{cells}</text>'


def _spans(text: str) -> Iterator[str]:
    """Runs of one colour: what is painted word by word is one."""
    for classes, run in groupby(_painted(text), key=lambda each: each[0]):
        shown = escape("".join(piece for _, piece in run), quote=False)
        yield f'<tspan class="{classes}">{shown}</tspan>' if classes else shown


def _painted(text: str) -> Iterator[tuple[str, str]]:
    """Each piece with its classes: codes add up, until 0 takes all away."""
    codes: list[str] = []
    for number, piece in enumerate(_PAINT.split(text)):
        if number % 2:
            codes = [] if piece in ("", "0") else [*codes, *piece.split(";")]
        elif piece:
            yield " ".join(COLOURS[code] for code in codes), piece


def shown_lines(svg: str) -> list[str]:
    """The lines of a picture that are not empty, without colours."""
    from html import unescape

    return [unescape(re.sub(r"<[^>]*>", "", text)) for text in re.findall(r"<text [^>]*>(.*?)</text>", svg)]


def main() -> None:
    """Record, and write."""
    found = recorded([sys.executable, "-P", "-m", "gnomon", "demo"])
    texts = steady(line.text for line in found)
    typed = [Line(0.0, "$ gnomon demo"), *(Line(line.at_s, text) for line, text in zip(found, texts, strict=True))]
    PICTURE.write_text(picture(paced(typed), "gnomon demo in a terminal"), encoding="utf-8")
    print(f"{PICTURE.name}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
