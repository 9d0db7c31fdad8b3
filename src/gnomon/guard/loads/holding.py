"""Asks, for each name that a load wants, whether the load's site may have it; compiled to the code that had it before.

The audit event `pickle.find_class` comes from C and Python unpicklers alike, before a name is looked up, with the name
as the pickle has it. A site is known again by its code object: two functions on one line, or one that `exec` made with
another's lines, are two sites. `sys._getframe` raises an audit event of its own, so a generator, whose own frame is
known, looks at the frame of whoever asked it. `frame.f_code` raises one too, but nothing cheaper is exact.
"""

import sys
from collections.abc import Callable, Generator
from collections.abc import Set as AbstractSet
from types import CodeType, FrameType, FunctionType
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from ..errors import Refused
from ..policy import Name
from ..sites import Site, is_plumbing, site_of

MARKER: Final = "gnomon_guard_marker"
"""A module that nobody has: loads that name it are refused everywhere. The self-test asks for it."""
FIND: Final = "pickle.find_class"
OURS: Final = "object.__getattr__"
"""What `frame.f_code` raises in the middle of a check."""
MOST_CODES: Final = 256
"""Functions that are kept for one name; a program which makes them at run time is not to fill the memory with them."""
IMPORTERS: Final = ("importlib", "zipimport", "pkgutil", "runpy")
"""Modules that unmarshal code because somebody imports or runs a file."""

Hook: TypeAlias = Callable[[str, tuple[object, ...]], None]
_Where: TypeAlias = list[Any]
"""Who had a name: the code that was seen last, and all of it by id, which is nobody else's while the code is there."""
_BUSY: Final = ("generator already executing",)
"""What CPython says with its ValueError."""


class Load(NamedTuple):
    """One name that a load asks for."""

    site: Site
    line: int
    module: str
    name: str


class Judge(Protocol):
    """Says what a site may have, and what is done with a load that asks for more."""

    @property
    def anywhere(self) -> AbstractSet[Name]:
        """Those that every load may have."""

    def names(self, site: Site) -> AbstractSet[Name] | None:
        """Those that need no second look at this site; None if the site is not known."""

    def other(self, load: Load, frame: FrameType | None) -> None:
        """Allows the name by returning; raises Refused, or ends the process."""


class Hold:
    """The loads of this process, held to a judge. `check` is for those that raise no audit event."""

    def __init__(self, judge: Judge, others: dict[str, Callable[[tuple[object, ...]], None]] | None = None) -> None:
        self._judge = judge
        self._others = {"marshal.loads": self._unmarshal, "marshal.load": self._unmarshal, **(others or {})}
        self._had: dict[tuple[object, ...], _Where] = {}
        self._plumbing: dict[int, dict[str, object]] = {}
        """Globals of modules that pass bytes on, by their id."""
        self._finders: dict[int, CodeType] = {}
        """Code of the program's own `find_class` methods, by its id: the load is their caller's."""
        self._functions: dict[int, FunctionType] = {}
        self.hook: Final = self._hook()
        """What `sys.addaudithook` takes, and what a `find_class` that raises no event calls as if it were one.

        It is called for all events of the process, and mostly leaves at once.
        """

    def _hook(self) -> Hook:
        by_site = self._hook_by_site()
        if not self._judge.anywhere:
            return by_site
        # By name, since finding a tuple takes longer. Of two modules with one name, the other's is left to `check`.
        modules: dict[object, str] = {name: module for module, name in self._judge.anywhere}

        def hook(event: str, args: tuple[object, ...]) -> None:
            if event == FIND and args[1] in modules and modules[args[1]] == args[0]:
                return
            by_site(event, args)

        return hook

    def _hook_by_site(self) -> Hook:
        others, check, fresh, had = self._others.get, self.check, self._watched, self._had.get
        send = fresh()

        def hook(event: str, args: tuple[object, ...]) -> None:
            nonlocal send
            if event == FIND:
                try:
                    if (where := had(args)) is not None and send(where):
                        return
                except ValueError as error:
                    if error.args != _BUSY:  # it is what a signal's handler raised
                        raise
                    # Another thread is in it.
                except StopIteration:
                    send = fresh()  # what a signal's handler raised has ended it
                check(args[0], args[1], _caller())
            elif event != OURS and (other := others(event)) is not None:
                other(args)

        return hook

    def check(self, module: object, name: object, frame: FrameType | None) -> None:
        """Returns if the load that runs in `frame`, or for whom `frame` runs, may have the name. Raises Refused."""
        if module == MARKER:
            raise Refused("gnomon guard: its own marker is refused everywhere")
        wanted = str(module), str(name)
        if wanted in self._judge.anywhere:
            return
        inner = frame
        while frame is not None and self._passes_on(frame):
            frame = frame.f_back
        site = site_of(frame or inner)
        names = self._judge.names(site)
        if names is not None and wanted in names:
            if frame is not None:
                self._remember(wanted, frame.f_code)
            return
        self._judge.other(Load(site, (frame.f_lineno or 0) if frame else 0, *wanted), inner)

    def belongs_to_caller(self, finder: FunctionType) -> None:
        """Loads that reach us through this function are its caller's."""
        if id(finder) in self._functions:
            return
        if len(self._functions) >= MOST_CODES:
            self._functions.clear()
            self._finders.clear()
        code = finder.__code__
        self._finders[id(code)] = code
        self._functions[id(finder)] = finder

    def _passes_on(self, frame: FrameType) -> bool:
        if not is_plumbing(frame):
            return id(frame.f_code) in self._finders
        if len(self._plumbing) >= MOST_CODES:
            self._plumbing.clear()
        self._plumbing[id(frame.f_globals)] = frame.f_globals
        return True

    def _remember(self, name: Name, code: CodeType) -> None:
        codes = self._had[name][1] if name in self._had else {}
        self._had[name] = [code, {**(codes if len(codes) < MOST_CODES else {}), id(code): code}]

    def _watched(self) -> Callable[[_Where], bool]:
        generator = self._watching()
        next(generator)
        generator.send(generator.gi_frame)  # type: ignore[attr-defined]
        return generator.send

    def _watching(self) -> Generator[bool, Any, None]:
        """Sent who had a name, yields whether it is one of them that asks now."""
        plumbing, finders, is_inner = self._plumbing, self._finders, bool(self._judge.anywhere)
        passing: dict[str, object] | None = None
        """Globals of the module that passed bytes on last: comparing them costs less than looking them up."""
        mine: Any = yield False
        where: _Where = yield False
        while True:
            frame = mine.f_back.f_back  # None: C calls by itself at a thread's start, and at the end
            if is_inner:  # it was the hook's for names that may be had anywhere
                frame = frame.f_back
            known = False
            while frame is not None:
                if frame.f_globals is not passing:
                    code = frame.f_code
                    if code is where[0]:
                        known = True
                        break
                    if id(code) in where[1]:
                        where[0] = code
                        known = True
                        break
                    if id(frame.f_globals) in plumbing:
                        passing = frame.f_globals
                    elif id(code) not in finders:
                        break
                frame = frame.f_back
            # A frame that is kept would keep a message alive until the next one.
            frame = code = None
            where = yield known

    def _unmarshal(self, _args: tuple[object, ...]) -> None:
        frame = _caller()
        importer = str(frame.f_globals.get("__name__")).partition(".")[0] if frame else ""
        if importer not in IMPORTERS:
            self.check("marshal", "loads", frame)


def _caller() -> FrameType | None:
    """The first frame outwards that is not of this module; None if no function of Python is there: C called."""
    ours = globals()
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_globals is ours:
        frame = frame.f_back
    return frame
