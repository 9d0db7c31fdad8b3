"""What the scanner says of an answer's files, here and now; a browser's Python runs this too."""

from collections.abc import Mapping

from gnomon.core.finding import Finding, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.tree import SourceFile, Tree
from gnomon.learn.verdict import Scanned
from gnomon.scan.detect import findings


def scanned(files: Mapping[str, bytes], knowledge: Knowledge) -> Scanned:
    """The findings in the Python files, and what could not be analysed."""
    named = [SourceFile(path=name, data=data) for name, data in sorted(files.items()) if name.endswith(".py")]
    results = tuple(findings(Tree(target="", files=tuple(named)), knowledge))
    return Scanned(
        findings=tuple(result for result in results if isinstance(result, Finding)),
        skipped=tuple(result for result in results if isinstance(result, Skipped)),
    )
