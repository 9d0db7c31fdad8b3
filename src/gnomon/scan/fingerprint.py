"""The identity of a finding, kept when its code moves: rule, sink, enclosing name and the code of the call itself."""

import hashlib
import re

from gnomon.core.finding import Finding

_BLANK = re.compile(r"\s+")


def fingerprint(finding: Finding) -> str:
    """32 hexadecimal digits over what does not change when lines are added above or the file is renamed."""
    source = finding.source.api or finding.source.kind
    parts = (finding.rule, finding.sink, source, finding.qualname, _BLANK.sub(" ", finding.site.code))
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
