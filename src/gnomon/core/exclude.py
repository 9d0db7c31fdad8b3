"""A tree without the files that the configuration leaves out, and how many each pattern took."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from gnomon.core.glob import matches
from gnomon.core.tree import Tree


def without(tree: Tree, patterns: Sequence[str], prefix: str) -> tuple[Tree, Mapping[str, int]]:
    """The rest of the tree, with what was left out among `excluded`; pattern -> files, for those that took any.

    `prefix` is put before the tree's paths for matching. That reading stopped early is never left out.
    """
    taken: dict[str, str] = {}
    for path in {*(file.path for file in tree.everything), *(entry.path for entry in tree.skipped)} - {"."}:
        pattern = next((pattern for pattern in patterns if matches(pattern, prefix + path)), None)
        if pattern is not None:
            taken[path] = pattern
    if not taken:
        return tree, {}
    rest = replace(
        tree,
        files=tuple(file for file in tree.files if file.path not in taken),
        deployments=tuple(file for file in tree.deployments if file.path not in taken),
        skipped=tuple(entry for entry in tree.skipped if entry.path not in taken),
        excluded=tuple(sorted({*tree.excluded, *taken})),
    )
    counts = Counter(taken.values())
    return rest, {pattern: counts[pattern] for pattern in patterns if pattern in counts}
