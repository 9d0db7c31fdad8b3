"""Goes through the steps of a tour on a stage, and tells each as it happens; what is not as promised ends it."""

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from gnomon.core.tour import Action, Broken, Run, Start, Step, Stop, plain, shortened
from gnomon.io.stage import Late, Program, Stage
from gnomon.render import tour as text
from gnomon.render.page import Style

_COMMAND_S = 60.0
_STOP_S = 15.0
_FILES = re.compile(r"\$\(cat (?P<names>[\w/.*-]+)\)")
_NOT_HANDED_ON = frozenset(
    {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "GNOMON_KEYS", "PYTHONSAFEPATH", "TOY_LISTEN", "TOY_PORT"}
)
"""What would make commands behave or print otherwise than they are shown."""
_PYTEST = {"PYTEST_ADDOPTS": f"-p no:cacheprovider -c {os.devnull} --rootdir .", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""So that plugins and settings of the user's have no part in it."""


class Tour:
    """What is known while the steps are gone through: the server that runs, and what it has told of itself."""

    def __init__(self, stage: Stage, style: Style, tell: Callable[[str], None]) -> None:
        self._stage = stage
        self._style = style
        self._tell = tell
        self._known: dict[str, str] = {}
        self._server: Program | None = None
        self._seen = 0

    def go(self, steps: Sequence[Step], pause: Callable[[], None]) -> bool:
        """True if all happened as told. `pause` is called between steps."""
        for number, step in enumerate(steps, 1):
            self._tell(text.heading(step, number, len(steps), self._style))
            try:
                for action in step.actions:
                    self._act(action)
            except Broken as error:
                self._tell(text.broken(step, str(error), self._style))
                return False
            self._tell(text.lesson(step, self._style))
            if number < len(steps):
                pause()
        return True

    def _act(self, action: Action) -> None:
        match action:
            case Run():
                self._run(action)
            case Start():
                self._start(action)
            case Stop():
                self._stop(action)

    def _run(self, action: Run) -> None:
        program = self._begun(action)
        try:
            code = program.end(_COMMAND_S)
        except Late:
            raise self._broken(program.lines, f"it has not ended within {_COMMAND_S:g} s") from None
        if code != action.exit_code:
            raise self._broken(program.lines, f"its exit code is {code}, not {action.exit_code}")
        self._show(program.lines, action)

    def _start(self, action: Start) -> None:
        program = self._begun(action, "&")
        try:
            serves = program.read(lambda lines: _told(lines, action.tells) is not None, _COMMAND_S)
        except Late:
            serves = False
        told = _told(program.lines, action.tells)
        if not serves or told is None:
            raise self._broken(program.lines, "the server does not serve")
        self._known |= told.groupdict()
        self._server, self._seen = program, len(program.lines)
        self._tell(text.output(program.lines, self._style))

    def _stop(self, action: Stop) -> None:
        if self._server is None:
            return
        self._tell(text.command(["kill %1"], self._style))
        try:
            self._server.stop(_STOP_S)
        except Late:
            raise self._broken(self._server.lines, f"it has not ended within {_STOP_S:g} s") from None
        if action.shows:
            self._show(self._server.lines[self._seen :], action)

    def _begun(self, action: Run | Start, after: str = "") -> Program:
        words = [word.format_map(self._known) for word in action.words]
        settings = {name: value.format_map(self._known) for name, value in action.settings.items()}
        self._tell(text.command(_typed(settings, words, after), self._style))
        filled = {name: self._filled(value) for name, value in settings.items()}
        return self._stage.start(_started_as(words), _environment(self._style) | filled)

    def _filled(self, value: str) -> str:
        """With files in place of `$(cat FILES)`, as a shell does it."""
        return _FILES.sub(
            lambda match: "".join(path.read_text() for path in sorted(self._stage.folder.glob(match["names"]))).strip(),
            value,
        )

    def _show(self, lines: list[str], action: Run | Stop) -> None:
        try:
            kept = shortened(lines, action.shows)
        except Broken as error:
            raise self._broken(lines, str(error)) from None
        self._tell(text.output(kept, self._style))

    def _broken(self, lines: list[str], what: str) -> Broken:
        """After everything was shown that there is."""
        self._tell(text.output(lines, self._style))
        return Broken(what)


def _told(lines: Sequence[str], pattern: str) -> re.Match[str] | None:
    return next((match for line in lines if (match := re.search(pattern, plain(line)))), None)


def _typed(settings: Mapping[str, str], words: Sequence[str], after: str) -> Iterator[str]:
    """The command in a shell: its variables, itself, the command that it is told to start."""
    yield " ".join(
        f'{name}="{value}"' if _FILES.search(value) else f"{name}={shlex.quote(value)}"
        for name, value in settings.items()
    )
    at = words.index("--") if "--" in words else len(words)
    own, started = shlex.join(words[:at]), shlex.join(words[at:])
    yield f"{own} {after}".rstrip() if not started else own
    yield f"{started} {after}".rstrip() if started else ""


def _started_as(words: Sequence[str]) -> list[str]:
    """The same with this very Python and gnomon, whatever else the user's PATH has."""
    head = [sys.executable, "-P", "-m", "gnomon"] if words[0] == "gnomon" else [words[0]]
    return [sys.executable if word == "python" else word for word in (*head, *words[1:])]


def _environment(style: Style) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON}
    paint = {} if style.color else {"NO_COLOR": "1"}
    return kept | _PYTEST | paint | {"TERM": "xterm", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
