"""Package URLs: taken apart and put together as the specification has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.core.purl import Purl, parsed, pypi


@pytest.mark.parametrize(
    ("text", "purl"),
    [
        ("pkg:pypi/vllm@0.8.4", Purl("pypi", "", "vllm", "0.8.4")),
        ("pkg:PyPI/Flask_SQLAlchemy@3", Purl("pypi", "", "flask-sqlalchemy", "3")),
        ("pkg:pypi/vllm@0.8.4%2Bcu121?file_name=x.whl#sub/path", Purl("pypi", "", "vllm", "0.8.4+cu121")),
        ("pkg:github/ModelTC/LightLLM@main", Purl("github", "modeltc", "lightllm", "main")),
        ("pkg:npm/%40angular/core@1", Purl("npm", "@angular", "core", "1")),
        ("pkg:deb/debian/curl", Purl("deb", "debian", "curl")),
        ("pkg://pypi/vllm", Purl("pypi", "", "vllm")),
    ],
)
def test_what_a_url_names(text, purl):
    """Qualifiers and subpaths are of no use here."""
    assert parsed(text) == purl


@pytest.mark.parametrize(
    "text", ["", "vllm", "pkg:", "pkg:pypi", "pkg:pypi/", "http://pypi/x", "pkg:p y/x", "pkg:a/" + "x" * 3000]
)
def test_what_is_none(text):
    """None, never an error."""
    assert parsed(text) is None


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_written_and_read_again(name, version):
    """Whatever is in a name or version comes back, but for lone surrogates."""
    purl = pypi(name, version)
    clean = "".join(char if not "\ud800" <= char <= "\udfff" else "?" for char in purl.name)
    if clean.strip("/") and purl.name == clean:
        again = parsed(str(purl))

        assert again is not None
        assert (again.name, again.version) == (pypi(clean).name, version.encode("utf-8", "replace").decode())


@given(st.text())
def test_no_text_is_too_strange(text):
    """It is a package URL or none."""
    parsed(f"pkg:{text}")
