"""Generated tests: each declared type comes back as it was sent."""

from gnomon.core.shape import Array, Failure, Record, Shape, within
from gnomon.fix.naming import words
from gnomon.fix.samples import Samples
from gnomon.fix.text import wrapped
from gnomon.fix.types import Types

SUMMARY = "What the program sends arrives as it was sent, and nothing else arrives."


def round_trips(
    types: Types, samples: Samples, name: str, calls: tuple[str, str], declared: frozenset[str]
) -> list[str]:
    """A test function for each type that a sample can be made of.

    `calls` are the names of what makes bytes (or frames) of a value, and back; `declared` those of the types that the
    module itself declares.
    """
    given = {type_name for _, type_name in types.given}
    tests: list[str] = []
    taken: set[str] = set()
    for each in types.all:
        samples.libraries.clear()
        made = samples.of(each.shape)
        if made is None:
            continue
        title = _title(each.name, name, taken)
        lines = [f"def test_{title}_comes_back() -> None:", f'    """A message of type {each.name} arrives whole."""']
        lines += [f'    {library} = pytest.importorskip("{library}")' for library in samples.libraries]
        if samples.libraries:
            samples.imports["import pytest"] = None
        annotated = f": {each.name}" if each.name in declared else ""
        lines.append(wrapped(f"    sent{annotated} = ", made))
        dumps, loads = calls
        second = f", {each.name}" if each.name in given else ""
        lines += ["", f"    received = {loads}({dumps}(sent{second}))", ""]
        again = f"{dumps}(received{second}) == {dumps}(sent{second})"
        lines.append(f"    assert {again if not _has_equality(each.shape) else 'received == sent'}")
        tests.append("\n".join(lines))
    return tests


def _title(type_name: str, name: str, taken: set[str]) -> str:
    base = "_".join(words(type_name) or ["message"]) + (f"_of_{name}" if name else "")
    title, number = base, 1
    while title in taken:
        number += 1
        title = f"{base}_{number}"
    taken.add(title)
    return title


def _has_equality(shape: Shape) -> bool:
    """True if values that are alike are equal: not for arrays, exceptions, and classes that may not say so."""
    return not any(
        isinstance(each, Array | Failure) or (isinstance(each, Record) and each.kind == "class")
        for each in within(shape)
    )
