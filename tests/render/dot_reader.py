"""A reader of the DOT language, as much of it as our graphs are written in (https://graphviz.org/doc/info/lang.html)."""

import re

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<arrow>->)|(?P<sign>[{}\[\]=,;]))"""
)
_ESCAPE = re.compile(r"\\(.)")


def statements(document: str) -> list[tuple[tuple[str, ...], dict[str, str]]]:
    """Each statement: the names it is about (two for an edge), and its attributes as they are meant.

    Raises ValueError if the document is no graph.
    """
    tokens = _tokens(document)
    if tokens[:3] != ["digraph", "lineage", "{"] or tokens[-1] != "}":
        raise ValueError(document)
    found = []
    body = tokens[3:-1]
    while body:
        end = body.index(";")
        found.append(_statement(body[:end]))
        body = body[end + 1 :]
    return found


def _tokens(document: str) -> list[str]:
    tokens, at = [], 0
    while document[at:].strip():
        match = _TOKEN.match(document, at)
        if not match:
            raise ValueError(document[at : at + 80])
        tokens.append(match[0].strip())
        at = match.end()
    return tokens


def _statement(tokens: list[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    opening = tokens.index("[")
    names, attributes = tokens[:opening], tokens[opening + 1 : -1]
    if tokens[-1] != "]" or not re.fullmatch(r"\w+( -> \w+)?", " ".join(names)):
        raise ValueError(tokens)
    values = {}
    while attributes:
        name, sign, value, *attributes = attributes
        if sign != "=" or (attributes and attributes.pop(0) != ","):
            raise ValueError(tokens)
        values[name] = _meant(value)
    return tuple(names[::2]), values


def _meant(string: str) -> str:
    """What Graphviz shows for a string in double quotes; line breaks as such."""
    text = _ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], string[1:-1])
    return text.replace("&amp;", "&")
