"""Methods by which Python's own types are known: what has them, if it is no object of the target."""

import ast

from gnomon.core.shape import Mapping, Plain, Sequence, Shape, Unknown

_ANYTHING = Unknown(why="what is in it is not looked at")
_DICT = Mapping(key=_ANYTHING, value=_ANYTHING)
_LIST = Sequence(kind="list", element=_ANYTHING)
_BY_TYPE: tuple[tuple[Shape, str], ...] = (
    (Plain("str"), "encode format format_map isdecimal isnumeric isidentifier isprintable casefold"),
    (Plain("bytes"), "decode hex"),
    (_DICT, "items keys values"),
    (_LIST, "append extend insert sort reverse"),
)
METHODS: dict[str, Shape] = {name: shape for shape, names in _BY_TYPE for name in names.split()}
"""What has a method of this name, as far as Python's own types go."""
_OF_EITHER = frozenset({
    "startswith", "endswith", "split", "rsplit", "partition", "rpartition", "replace", "strip", "lstrip", "rstrip",
    "find", "rfind", "index", "count", "join", "removeprefix", "removesuffix",
})  # fmt: skip


def of_argument(method: str, call: ast.Call) -> Shape | None:
    """What has a method that texts and bytes both have, by the constant that it is given."""
    if method not in _OF_EITHER:
        return None
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, (str, bytes)):
            return Plain("str" if isinstance(argument.value, str) else "bytes")
    return None
