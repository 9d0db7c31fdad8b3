"""Patterns that name files by path, as configuration has them."""

from fnmatch import fnmatchcase


def matches(pattern: str, path: str) -> bool:
    """True if `pattern` names the `/`-separated path, or a folder that it lies in.

    `*`, `?` and `[…]` stand for parts of one name, `**` for any number of folders. A pattern without a `/` before its
    end names a file or folder at any depth; any other begins at the root. Takes time in proportion to pattern and path.
    """
    parts = pattern.rstrip("/").split("/")
    parts = parts[1:] if parts[0] == "" else parts if len(parts) > 1 else ["**", *parts]
    names = path.split("/")
    reached = {0}
    for part in parts:
        if part == "**":
            reached = set(range(min(reached), len(names) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(names) and fnmatchcase(names[at], part)}
        if not reached:
            return False
    return True
