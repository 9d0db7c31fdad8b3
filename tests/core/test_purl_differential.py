"""Our reading of package URLs is that of the library that the specification's authors keep."""

from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from gnomon.core.purl import parsed, pypi

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9][A-Za-z0-9.!+]{0,15}", fullmatch=True)


@given(NAMES, VERSIONS)
def test_both_write_what_the_other_reads(name, version):
    """For names and versions of packages; dots and underscores in a name mean the same to an index."""
    ours = pypi(name, version)
    theirs = PackageURL("pypi", None, name, version)

    assert PackageURL.from_string(str(ours)).version == version
    found = parsed(theirs.to_string())
    assert found is not None
    assert (found.name, found.version) == (ours.name, version)
