"""Nodes of YAML -> what they say in any of these formats: words, variables, numbers."""

from collections.abc import Iterator

from gnomon.deployment.commands import Started, of_script, of_words
from gnomon.deployment.documents import Listing, Mapping, Node, Scalar
from gnomon.deployment.facts import Variable, Word


def text_of(node: Node | None) -> str:
    """The node's text, "" for a collection or nothing."""
    return node.text.strip() if isinstance(node, Scalar) else ""


def is_on(node: Node | None) -> bool:
    """True for a text that YAML reads as true."""
    return text_of(node).lower() in ("true", "yes", "on")


def number_of(node: Node | None) -> int:
    """A port's number, 0 if it is none."""
    text = text_of(node)
    return int(text) if text.isdecimal() and len(text) <= 5 else 0


def words(node: Node | None) -> list[Word]:
    """The words of a list."""
    items = node.items if isinstance(node, Listing) else ()
    return [Word(item.text, _first_line(item)) for item in items if isinstance(item, Scalar)]


def started(*nodes: Node | None) -> Started:
    """What a command, and the arguments after it, run; each is a list of words, or a text as a shell reads it."""
    given = [node for node in nodes if isinstance(node, Listing | Scalar)]
    if len(given) == 1 and isinstance(given[0], Scalar):
        return of_script(given[0].text, _first_line(given[0]))
    found: list[Word] = []
    for node in given:
        if isinstance(node, Listing):
            found += words(node)
        else:
            commands = of_script(node.text, _first_line(node)).commands
            found += [word for command in commands for word in command]
    return of_words(found)


def variables(node: Node | None) -> Iterator[Variable]:
    """Variables in each way of writing them: a mapping, `NAME=value` texts, or `name:` and `value:` pairs."""
    if isinstance(node, Mapping):
        for key, value in node.pairs:
            if isinstance(value, Scalar):
                yield Variable(key.text, value.text, key.line)
            elif isinstance(value, Mapping) and (inner := value.get("value")) is not None:
                yield Variable(key.text, text_of(inner), key.line)
    for item in node.items if isinstance(node, Listing) else ():
        if isinstance(item, Scalar):
            name, given, text = item.text.partition("=")
            yield from [Variable(name.strip(), text, item.line)] if given else []
        elif isinstance(item, Mapping):
            named, value_node = item.get("name"), item.get("value")
            if isinstance(named, Scalar) and isinstance(value_node, Scalar):
                yield Variable(named.text, value_node.text, value_node.line)


def _first_line(node: Scalar) -> int:
    """The line that the text begins on: of a block, the one after its mark."""
    lines = node.text.rstrip("\n").count("\n") + 1
    return node.line + 1 if node.block and lines + node.line <= node.end else node.line
