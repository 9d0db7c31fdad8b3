"""Any answer of a package index is a list of links, or none."""

import contextlib

from gnomon.io.simple_index import NotIndex, links

_BASE = "https://index.example/simple/a/"
SEEDS = (
    b'{"files": [{"filename": "a.whl", "url": "../a.whl", "hashes": {"sha256": "0"}, "yanked": "why"}]}',
    b'<!DOCTYPE html><base href="//x/"><a href="a-1.whl#sha256=' + b"0" * 64 + b'" data-yanked>a</a>',
    b"<a href=\"http://[::1/%2f%00\"><a href='javascript:x'><![CDATA[<!-- <a href=x>",
)


def once(data: bytes) -> None:
    """As JSON and as a page."""
    for kind in ("application/json", "text/html"):
        with contextlib.suppress(NotIndex):
            for link in links(data, kind, _BASE):
                assert link.sha256 == link.sha256.lower()
