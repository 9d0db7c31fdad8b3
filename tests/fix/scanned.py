"""Small targets in memory, what scan finds in them, and a patch's replacements applied to them as text."""

from functools import cache

from gnomon.core.finding import Finding
from gnomon.core.tree import DeploymentFile, SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings
from gnomon.scan.ends import channels

knowledge = cache(load)


def tree(files):
    """The target of these files, path -> text."""
    python = [SourceFile(path=path, data=text.encode()) for path, text in sorted(files.items()) if path.endswith(".py")]
    others = [
        DeploymentFile(path=path, data=text.encode())
        for path, text in sorted(files.items())
        if not path.endswith(".py")
    ]
    return Tree(target="target", files=tuple(python), deployments=tuple(others))


def found(target):
    """The findings of a tree."""
    return tuple(item for item in findings(target, knowledge()) if isinstance(item, Finding))


def channel_of(target, finding):
    """The channel of a finding, None if it has none."""
    every = channels(target, knowledge(), found(target))
    return next((each for each in every if any(load.site == finding.site for load in each.loads)), None)


def applied(files, patch):
    """The files with a patch's replacements, which keep nothing of what they replace."""
    changed = {path: text.encode().split(b"\n") for path, text in files.items()}
    for item in sorted(patch.replacements, key=lambda item: (item.span.line, item.span.column), reverse=True):
        assert item.span.line == item.span.end_line
        line = changed[item.path][item.span.line - 1]
        new = "".join(item.pieces).encode()
        changed[item.path][item.span.line - 1] = line[: item.span.column - 1] + new + line[item.span.end_column :]
    return {path: b"\n".join(lines).decode() for path, lines in changed.items()}
