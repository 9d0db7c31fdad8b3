"""Asks, for each name that a load wants, whether the load's site may have it; compiled to one set of names per line.

The audit event `pickle.find_class` comes from C and Python unpicklers alike, before a name is looked up, with the name
as the pickle has it. `sys._getframe` and `frame.f_code` raise audit events of their own, which would double the cost of
small loads. So a generator, whose own frame is known, looks at its caller's line: it belongs to one function.
"""

import sys
from collections.abc import Callable, Generator
from collections.abc import Set as AbstractSet
from types import CodeType, FrameType
from typing import Final, NamedTuple, Protocol, TypeAlias

from .errors import Refused
from .policy import Name
from .sites import Site, is_plumbing, site_of

MARKER: Final = "gnomon_guard_marker"
"""A module that nobody has: loads that name it are refused everywhere. The self-test asks for it."""
MOST_LINES: Final = 4_096
"""Lines that are kept; a program which makes functions at run time is not to fill the memory with them."""
IMPORTERS: Final = ("importlib", "zipimport", "pkgutil", "runpy")
"""Modules that unmarshal code because somebody imports or runs a file."""

_Line: TypeAlias = tuple[object, AbstractSet[Name] | None]
"""Globals of the function, and the names of its site; None for plumbing: ask its caller."""


class Load(NamedTuple):
    """One name that a load asks for."""

    site: Site
    line: int
    module: str
    name: str


class Judge(Protocol):
    """Says what a site may have, and what is done with a load that asks for more."""

    def names(self, site: Site) -> AbstractSet[Name] | None:
        """Those that need no second look at this site; None if the site is not known."""

    def other(self, load: Load, frame: FrameType | None) -> None:
        """Allows the name by returning; raises Refused, or ends the process."""


class Hold:
    """The loads of this process, held to a judge. `check` is for those that raise no audit event."""

    def __init__(self, judge: Judge, others: dict[str, Callable[[tuple[object, ...]], None]] | None = None) -> None:
        self._judge = judge
        self._others = {"marshal.loads": self._unmarshal, "marshal.load": self._unmarshal, **(others or {})}
        self._lines: dict[int | None, _Line] = {}
        self._crowded: dict[tuple[int, int | None], _Line] = {}
        """Lines whose number another module's took first."""
        self._finders: dict[int, CodeType] = {}
        """Code of the program's own `find_class` methods, by its id: the load is their caller's."""

    def hook(self) -> Callable[[str, tuple[object, ...]], None]:
        """What `sys.addaudithook` takes. It is called for all events of the process, and mostly leaves at once."""
        others, check, fresh = self._others, self.check, self._watched
        send = fresh()

        def hook(event: str, args: tuple[object, ...]) -> None:
            nonlocal send
            if event == "pickle.find_class":
                try:
                    if send(args):
                        return
                except ValueError:
                    pass  # another thread is in it
                except StopIteration:
                    send = fresh()  # what a signal's handler raised has ended it
                check(args[0], args[1], sys._getframe(1))
            elif (other := others.get(event)) is not None:
                other(args)

        return hook

    def check(self, module: object, name: object, frame: FrameType | None) -> None:
        """Returns if the load that runs in `frame`, or for whom `frame` runs, may have the name. Raises Refused."""
        if module == MARKER:
            raise Refused("gnomon guard: its own marker is refused everywhere")
        module, name = str(module), str(name)
        inner = frame
        while frame is not None and self._passes_on(frame):
            frame = frame.f_back
        site = site_of(frame or inner)
        names = self._judge.names(site)
        if names is not None:
            if frame is not None:
                self._remember(inner, frame, names)
            if (module, name) in names:
                return
        self._judge.other(Load(site, (frame.f_lineno or 0) if frame else 0, module, name), inner)

    def belongs_to_caller(self, finder: CodeType) -> None:
        """Loads that reach us through this function are its caller's."""
        self._finders[id(finder)] = finder

    def _passes_on(self, frame: FrameType) -> bool:
        return is_plumbing(frame) or id(frame.f_code) in self._finders

    def _remember(self, inner: FrameType | None, site: FrameType, names: AbstractSet[Name]) -> None:
        frame = inner
        while frame is not None and frame is not site:
            self._put(frame, None)
            frame = frame.f_back
        self._put(site, names)

    def _put(self, frame: FrameType, names: AbstractSet[Name] | None) -> None:
        if len(self._crowded) >= MOST_LINES:
            self._crowded.clear()
        line: _Line = (frame.f_globals, names)
        if self._lines.setdefault(frame.f_lineno, line)[0] is frame.f_globals:
            self._lines[frame.f_lineno] = line
        else:
            self._crowded[id(frame.f_globals), frame.f_lineno] = line

    def _watched(self) -> Callable[[tuple[object, ...]], bool]:
        generator = self._watching()
        next(generator)
        generator.send(generator.gi_frame)  # type: ignore[attr-defined]
        return generator.send

    def _watching(self) -> Generator[bool, object, None]:
        """Sent a name, yields whether the line that loads is known and may have it."""
        lines, crowded = self._lines, self._crowded
        mine = yield False
        assert isinstance(mine, FrameType)  # noqa: S101
        name: object = yield False
        while True:
            known = False
            hook = mine.f_back
            frame = hook.f_back if hook is not None else None
            while frame is not None:
                line = lines.get(frame.f_lineno)
                if line is None or line[0] is not frame.f_globals:
                    line = crowded.get((id(frame.f_globals), frame.f_lineno))
                    if line is None or line[0] is not frame.f_globals:
                        break
                if line[1] is not None:
                    known = type(name) is tuple and name in line[1]
                    break
                frame = frame.f_back
            # A frame that is kept would keep a message alive until the next one.
            hook = frame = None
            name = yield known

    def _unmarshal(self, _args: tuple[object, ...]) -> None:
        frame = sys._getframe(2)
        importer = str(frame.f_globals.get("__name__")).partition(".")[0]
        if importer not in IMPORTERS:
            self.check("marshal", "loads", frame)
