"""Places, targets, advisories and prose are said alike all over the page."""

import pytest

from gnomon.render.html.elements import el, written
from gnomon.render.html.words import advisory, brief_place, named, place, prose, said, titled


def test_a_place_has_a_strong_file_name_and_no_folders_beside_its_own():
    """The folders are weak, and left out where the same file was just named."""
    strong = "<b>b.py:7</b></code>"

    assert written(place("x/a/b.py", 7)) == f'<code class="place">x/a/{strong}'
    assert written(place("x/a/b.py", 7, near="x/a/b.py")) == f'<code class="place">{strong}'
    assert place(None, None) is None


def test_a_brief_place_ends_in_the_file_and_tells_the_whole_path():
    """Two folders are kept."""
    assert written(brief_place("w/x/a/b.py")) == '<code class="place" title="w/x/a/b.py">…/x/a/<b>b.py</b></code>'
    assert written(brief_place("x/a/b.py")) == '<code class="place" title="x/a/b.py">x/a/<b>b.py</b></code>'


@pytest.mark.parametrize(
    ("targets", "title"),
    [
        (["pypi:vllm==0.8.4"], "vllm 0.8.4"),
        (["."], "this folder"),
        (["a", "b"], "a and b"),
        (["a", "b", "a", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b and 2 more"),
        (["pypi:x==1<b>"], "pypi:x==1<b>"),
    ],
)
def test_targets_make_a_title(targets, title):
    """A release is called by its name and version, everything else as it was named."""
    assert titled(targets) == title
    assert named(targets[0]) in title


def test_an_advisory_links_to_who_publishes_it():
    """If its number is of a known kind, and nothing else is in it."""
    assert 'href="https://www.cve.org/CVERecord?id=CVE-2025-30165"' in written(advisory("CVE-2025-30165"))
    assert 'href="https://github.com/advisories/GHSA-pgr7-mhp5-fgjp"' in written(advisory("GHSA-pgr7-mhp5-fgjp"))
    assert "href" not in written(advisory("ACME-1"))
    assert "href" not in written(advisory('CVE-2025-1" onclick="x'))


def test_prose_keeps_paragraphs_lists_and_code():
    """As `gnomon explain` shows them; numbers stay as they are written."""
    text = "One `x`\nline.\n\n    if a:\n        b\n\n- first\n- second\n\n1. third\n"

    assert written(el("div", None, *prose(text))).split("\n") == [
        "",
        "<div>",
        "<p>One <code>x</code> line.</p>",
        '<pre tabindex="0"><code>if a:',
        "    b</code></pre>",
        "<ul>",
        "<li>first</li>",
        "<li>second</li></ul>",
        '<ul class="numbered">',
        "<li>1. third</li></ul></div>",
    ]


def test_a_backtick_alone_is_a_character():
    """Code is what stands between two of them; long text is cut."""
    assert written(el("p", None, *said("a ` b"))) == "\n<p>a ` b</p>"
    assert written(el("p", None, *said("x" * 500))) == f"\n<p>{'x' * 400}…</p>"
