"""Tests for a project that got another format: what a stranger sends is refused, and the old loads stay away."""

import ast
from collections.abc import Iterator

from gnomon.core.channel import Channel
from gnomon.core.patch import Patch, Section, Style
from gnomon.core.shape import Record
from gnomon.fix import modules, regression
from gnomon.fix.payload.formats import Format, Home
from gnomon.fix.refusals.places import places
from gnomon.fix.refusals.subject import Subject
from gnomon.fix.samples import Samples
from gnomon.fix.sources import Sources

_ALONE: tuple[Style, ...] = ("hmac", "restrict")
"""Styles whose module imports nothing of the target's, and takes any plain value."""


def tests(
    style: Style, channel: Channel, made: Format, home: Home, patch: Patch, sources: Sources
) -> tuple[Section, ...]:
    """Sections of the module's test file; those of the old loads alone where no message can be made up."""
    subject = Subject(
        style=style,
        module=home.path,
        test=home.tests,
        label=home.name,
        loads=made.loads,
        dumps=made.dumps,
        allowed=made.allowed,
    )
    if style in _ALONE:
        return regression.tests(subject, channel.loads, patch, sources)
    good = _good(channel, made, subject.name)
    if good is None:
        return places(subject, channel.loads, patch, sources)
    expression, as_type = good
    root = sources.package_root(home.path)
    whole = Subject(
        style=style,
        module=home.path,
        test=home.tests,
        label=home.name,
        loads=made.loads,
        dumps=made.dumps,
        good=expression,
        as_type=f"{subject.name}.{as_type}" if as_type else "",
        dotted=modules.dotted(home.path, sources),
        root=root if root is not None else home.path.rpartition("/")[0],
    )
    return regression.tests(whole, channel.loads, patch, sources)


def _good(channel: Channel, made: Format, module: str) -> tuple[str, str] | None:
    """An expression of a message, by the names that the module has, and the type that it is dumped as."""
    bound = {name for section in made.sections for name in _bound(section)}
    for dump in channel.dumps:
        missing: list[str] = []

        def named(record: Record, missing: list[str] = missing) -> tuple[str, str]:
            if record.qualname.partition(".")[0] not in bound:
                missing.append(record.qualname)
            return f"{module}.{record.qualname}", ""

        samples = Samples(named)
        sample = samples.of(dump.shape)
        if sample is not None and not missing and not samples.libraries and not any(samples.imports):
            return sample, made.as_type(dump.shape)
    return None


def _bound(section: Section) -> Iterator[str]:
    """Names that the module of a section has of its own or imports under their own names."""
    for node in ast.walk(ast.parse("\n".join((*section.imports, section.body)))):
        match node:
            case ast.ClassDef(name=name) | ast.alias(name=name, asname=None):
                yield name
