"""An index's answer is a list of files, or is refused: an index may be anybody's."""

import contextlib

import pytest

from gnomon.io.simple_index import NotIndex, links

BASE = "https://index.example/simple/pkg/"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"files": [{"filename": "p\xff", "url": ""}]}'),
        ("application/json", b"[" * 100_000),
        ("text/html", b'<a href="http://[::1/a">'),
    ],
    ids=["no text", "nested", "no address"],
)
def test_what_is_no_list_of_files_is_refused(kind, body):
    """Found by fuzzing: none of these raises anything else."""
    with pytest.raises(NotIndex):
        links(body, kind, BASE)


def test_a_declaration_that_is_none_breaks_nothing():
    """Python's parser of pages refuses it with an AssertionError, or takes it for a comment, as its version is."""
    with contextlib.suppress(NotIndex):
        assert links(b"<![OCPE x", "text/html", BASE) == ()


def test_a_page_and_a_list_say_the_same():
    """Names, hashes, and what was withdrawn."""
    digest = "0" * 64
    page = f'<a href="../../p-1.whl#sha256={digest}" data-yanked="why">p-1.whl</a>'.encode()
    listed = (
        b'{"files": [{"filename": "p-1.whl", "url": "../../p-1.whl", "hashes": {"sha256": "%s"}, "yanked": "why"}]}'
    )

    (from_page,), (from_list,) = links(page, "text/html", BASE), links(listed % digest.encode(), "text/JSON", BASE)

    assert (from_page.filename, from_page.sha256, from_page.yanked) == ("p-1.whl", digest, True)
    assert (from_list.filename, from_list.sha256, from_list.yanked) == ("p-1.whl", digest, True)
    assert from_list.url == "https://index.example/p-1.whl"
