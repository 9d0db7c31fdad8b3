"""The identity of a finding, kept when its code moves: rule, sink, kind of source, enclosing name, the call itself."""

import hashlib
import re

from gnomon.core.finding import Finding

_BLANK = re.compile(r"\s+")


def fingerprint(finding: Finding) -> str:
    """32 hexadecimal digits over what does not change when lines are added above or the file is renamed.

    Nor when the variable that takes the loaded object is renamed: of the line, only what begins with the call counts.
    """
    parts = (finding.rule, finding.sink, finding.source.kind, finding.qualname, _call(finding))
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _call(finding: Finding) -> str:
    """The line from where the sink's call begins; all of it if the sink is not called by its name there."""
    code = _BLANK.sub(" ", finding.site.code)
    name = re.escape(finding.sink.rpartition(".")[2])
    found = re.search(rf"[\w.]*\b{name}\b.*", code)
    return found.group() if found is not None else code
