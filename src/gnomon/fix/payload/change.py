"""The code of both ends with a format's functions in pickle's place: replacements, imports, and what is unneeded."""

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.channel import Channel, Dump, Load
from gnomon.core.patch import Import, Replacement
from gnomon.fix import modules
from gnomon.fix.payload.formats import Format
from gnomon.fix.payload.handlers import caught
from gnomon.fix.payload.wording import Unfit, Words, dropped, dumped, loaded
from gnomon.fix.sources import Sources


class Change(Struct, frozen=True, kw_only=True):
    """What changes, and why a person has to look at it."""

    replacements: tuple[Replacement, ...] = ()
    imports: tuple[Import, ...] = ()
    unneeded: tuple[Import, ...] = ()
    why: tuple[str, ...] = ()
    """Clauses."""
    uncaught: tuple[str, ...] = ()
    """Loads in loops that a refused message ends, as one that could not be unpickled did before: places."""
    unfit: tuple[str, ...] = ()
    """Why there is no such change: clauses. Nothing else counts then."""


def changed(channel: Channel, made: Format, module: str, sources: Sources) -> Change:
    """The loads, and the dumps if the format has a function for them; `module` is the generated one's path."""
    files = {place.site.path: _File(place.site.path, made, module, sources) for place in _places(channel, made)}
    parts = [files[place.site.path].of(place) for place in _places(channel, made)]
    return Change(
        replacements=tuple(dict.fromkeys(item for part in parts for item in part.replacements)),
        imports=tuple(dict.fromkeys(item for part in parts for item in part.imports)),
        unneeded=tuple(dict.fromkeys(item for part in parts for item in part.unneeded)),
        why=tuple(dict.fromkeys(clause for part in parts for clause in part.why)),
        uncaught=tuple(dict.fromkeys(place for part in parts for place in part.uncaught)),
        unfit=tuple(dict.fromkeys(clause for part in parts for clause in part.unfit)),
    )


def _places(channel: Channel, made: Format) -> Iterator[Load | Dump]:
    yield from channel.loads
    yield from channel.dumps if made.dumps else ()


class _File:
    """One file, and what the format's names are called in it."""

    def __init__(self, path: str, made: Format, module: str, sources: Sources) -> None:
        self.path = path
        self.made = made
        self.module = module
        self.sources = sources
        self._taken = frozenset(_own_names(sources.module(path)))

    def of(self, place: Load | Dump) -> Change:
        """The change of one place."""
        try:
            if isinstance(place, Dump):
                words = self._words(self.made.as_type(place.shape))
                replacement = dumped(place, words, self.sources)
                return self._change(replacement)
            return self._load(place)
        except Unfit as unfit:
            return Change(unfit=(str(unfit),))

    def _load(self, load: Load) -> Change:
        replacement = loaded(load, self._words(""), self.sources)
        raised = self.made.raised
        if raised is None:
            return self._change(replacement)
        error = self._called(raised.name) if raised.module else raised.name
        errors = (error, *raised.more)
        found = caught(load, errors, raised.kinds, self.sources, pickles=bool(self.made.signs))
        change = self._change(replacement, *found.replacements)
        return Change(
            replacements=change.replacements,
            imports=change.imports,
            unneeded=change.unneeded,
            why=found.why,
            uncaught=found.uncaught,
        )

    def _change(self, *replacements: Replacement) -> Change:
        """The replacements, with the imports that follow from them."""
        written = " ".join(piece for item in replacements for piece in item.pieces if isinstance(piece, str))
        used = [name for name in self._importable() if re.search(rf"\b{re.escape(self._called(name))}\b", written)]
        gone = {name for item in replacements for name in dropped(item, self.sources)}
        own = [item for item in self.sources.imports(self.path) if item.top and item.bound in gone]
        return Change(
            replacements=replacements,
            imports=tuple(self._import(name) for name in used),
            unneeded=tuple(item.source for item in own),
        )

    def _words(self, type_: str) -> Words:
        made = self.made
        return Words(
            loads=self._called(made.loads),
            dumps=self._called(made.dumps) if made.dumps else "",
            signs=self._called(made.signs) if made.signs else "",
            type=self._called(type_) if type_ else "",
            reads=bool(made.dumps),
        )

    def _importable(self) -> list[str]:
        """Names that may be imported for the change."""
        raised = self.made.raised
        own = [self.made.loads, self.made.dumps, self.made.signs, *(name for _, name in self.made.types)]
        return [*filter(None, own), *([raised.name] if raised is not None and raised.module else [])]

    def _called(self, name: str) -> str:
        """What a name is called in this file: another one if the file has that already."""
        if name not in self._taken:
            return name
        stem = self.module.rpartition("/")[2].partition("_")[0]
        return f"{name}_{stem}" if name.islower() else f"{stem.capitalize()}{name}"

    def _import(self, name: str) -> Import:
        called = self._called(name)
        raised = self.made.raised
        if raised is not None and name == raised.name and raised.module != ".":
            found = Import(path=self.path, module=raised.module, name=name)
        else:
            found = modules.imported(self.path, self.module, name, self.sources)
        alias = "" if called == name else called
        return Import(path=found.path, module=found.module, name=found.name, alias=alias)


def _own_names(module: ast.Module | None) -> Iterator[str]:
    """Names that mean something in a file by themselves: `loads` in `pickle.loads` does not."""
    for node in ast.walk(module) if module is not None else ():
        match node:
            case ast.Name(id=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=alias):
                yield alias or name.partition(".")[0]
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
