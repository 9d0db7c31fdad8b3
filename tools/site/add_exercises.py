"""Adds the exercises to the site in build/site: python tools/site/add_exercises.py, after assemble.py.

Beside the page come a Python for the browser, gnomon's pure parts, and what the lessons say as JSON. The options of a
choice are tried out here, once, since their files are fixed: a browser starts no servers.
"""

import base64
import re
import shutil
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from assemble import SITE  # noqa: E402 (beside this file)
from browser_runtime import gather  # noqa: E402 (in the folder above)

from gnomon.core.lesson import Lesson, LessonFile, Option, laid_over  # noqa: E402 (as above)
from gnomon.io.behaviour import behaviour_of  # noqa: E402
from gnomon.io.confined import Bounds  # noqa: E402
from gnomon.knowledge.lessons import load  # noqa: E402
from gnomon.learn.verdict import Behaviour  # noqa: E402
from gnomon.render.fix_outcome import FileChange  # noqa: E402
from gnomon.render.prose import Span, blocks, spans  # noqa: E402
from gnomon.render.unified import diff  # noqa: E402

FOLDER = "exercises"
OWN = sorted(path.name for path in (HERE / FOLDER).iterdir() if path.is_file())
_INLINE = re.compile(r"<script(?P<about>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_PATIENT = Bounds(wall_s=60)
Trials = dict[str, dict[str, Behaviour]]
"""Exercise -> key of an option -> what its check says of it."""


class Paragraph(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A block of prose: words, or code."""

    spans: tuple[Span, ...] = ()
    mark: str = ""
    code: str = ""


class Choice(Struct, frozen=True, kw_only=True):
    """An option."""

    key: str
    text: tuple[Span, ...]
    difference: str
    """To the files that are given; "" if it changes none."""


class Exercise(Struct, frozen=True, kw_only=True):
    """A lesson as the page shows it, without its solution; whoever looks for that finds it in the zip."""

    number: int
    id: str
    title: str
    minutes: int
    kind: str
    one_right: bool
    goal: tuple[Span, ...]
    story: tuple[Paragraph, ...]
    task: tuple[Paragraph, ...]
    explanation: tuple[Paragraph, ...]
    hints: tuple[tuple[Span, ...], ...]
    files: tuple[LessonFile, ...]
    options: tuple[Choice, ...]


class Contents(Struct, frozen=True, kw_only=True):
    """exercises.json."""

    bytes: int
    """How much the worker fetches."""
    exercises: tuple[Exercise, ...]


def main() -> int:
    """Adds them; says what is wrong, or how large they are."""
    page = SITE / "exercises.html"
    if not page.exists():
        print("build/site has no exercises.html: make site", file=sys.stderr)
        return 1
    lessons = load()
    trials = tried(lessons)
    if undecided := [id_ for id_, options in trials.items() if not any(each.passed for each in options.values())]:
        print(
            f"no option of {', '.join(undecided)} passes its check; the extras wire and fix have to be installed",
            file=sys.stderr,
        )
        return 1
    add(SITE, lessons, trials)
    size = sum(file.stat().st_size for file in (SITE / FOLDER).iterdir())
    print(
        f"build/site/exercises.html: {len(lessons)} exercises, {size / 1e6:.1f} MB; a browser needs it from a server:"
    )
    print(f"{sys.executable} -m http.server --directory build/site --bind 127.0.0.1 8000")
    return 0


def add(site: Path, lessons: Iterable[Lesson], trials: Trials) -> None:
    """Writes the folder, and makes the page load its script."""
    folder = site / FOLDER
    gather(folder)
    (folder / "trials.json").write_bytes(msgspec.json.encode(trials))
    fetched = sum(file.stat().st_size for file in folder.iterdir() if file.suffix != ".mjs")
    for name in OWN:
        shutil.copy(HERE / FOLDER / name, folder)
    contents = Contents(bytes=fetched, exercises=tuple(map(exercise, lessons)))
    (folder / "exercises.json").write_bytes(msgspec.json.encode(contents))
    page = site / "exercises.html"
    page.write_text(loading(page.read_text(encoding="utf-8")), encoding="utf-8")


def tried(lessons: Iterable[Lesson]) -> Trials:
    """What the check of each choice says of each of its options, from real processes."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        asked = {
            lesson.id: {option.key: pool.submit(_behaviour, lesson, option) for option in lesson.options}
            for lesson in lessons
            if lesson.kind == "choice" and lesson.check
        }
        return {id_: {key: each.result() for key, each in options.items()} for id_, options in asked.items()}


def _behaviour(lesson: Lesson, option: Option) -> Behaviour:
    return behaviour_of(laid_over(lesson.files, option.files), lesson.check, _PATIENT)


def exercise(lesson: Lesson) -> Exercise:
    """What the page is told of it."""
    return Exercise(
        number=lesson.number,
        id=lesson.id,
        title=lesson.title,
        minutes=lesson.minutes,
        kind=lesson.kind,
        one_right=lesson.one_right,
        goal=tuple(spans(lesson.goal)),
        story=_paragraphs(lesson.story),
        task=_paragraphs(lesson.task),
        explanation=_paragraphs(lesson.explanation),
        hints=tuple(tuple(spans(hint)) for hint in lesson.hints),
        files=lesson.files,
        options=tuple(
            Choice(key=option.key, text=tuple(spans(option.text)), difference=_difference(lesson, option))
            for option in lesson.options
        ),
    )


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    return tuple(
        Paragraph(code="\n".join(block.lines))
        if block.code
        else Paragraph(spans=tuple(spans(block.text)), mark=block.mark)
        for block in blocks(text)
    )


def _difference(lesson: Lesson, option: Option) -> str:
    before = laid_over(lesson.files, ())
    changes = [
        FileChange(path=file.name, before=before.get(file.name), after=file.text.encode()) for file in option.files
    ]
    return diff(changes).decode()


def loading(text: str) -> str:
    """The page with its script and style, held to its own host."""
    inline = [match["text"] for match in _INLINE.finditer(text) if "src=" not in match["about"]]
    known = " ".join(f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'" for script in inline)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {known}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    text = text.replace(
        '<meta charset="utf-8">',
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">',
        1,
    )
    text = text.replace("</head>", f'<link rel="stylesheet" href="{FOLDER}/exercises.css">\n</head>', 1)
    return text.replace("</body>", f'<script type="module" src="{FOLDER}/exercises.js"></script>\n</body>', 1)


if __name__ == "__main__":
    sys.exit(main())
