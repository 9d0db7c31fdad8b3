"""Generated code as a formatter would leave it."""

from collections.abc import Iterable

WIDTH = 88
"""Characters of a line: what formatters do when nobody says otherwise."""


def quoted(text: str) -> str:
    """A string literal, in double quotes where it has none itself; ASCII alone."""
    literal = ascii(text)
    return literal if literal[0] == '"' or '"' in literal else f'"{literal[1:-1]}"'


def call(before: str, arguments: Iterable[str], after: str = ")") -> str:
    """`before` with its opening bracket, arguments and `after` on a line; a line each if that is too long."""
    given = list(arguments)
    line = f"{before}{', '.join(given)}{after}"
    if len(line) <= WIDTH:
        return line
    indent = before[: len(before) - len(before.lstrip())]
    return "\n".join([before, *(f"{indent}    {each}," for each in given), f"{indent}{after}"])
