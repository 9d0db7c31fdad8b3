"""Versions against ranges: what is affected, fixed, older than the flaw, or nobody knows."""

import pytest

from gnomon.audit.affected import may_be_affected, state_of
from gnomon.core.advisory import AffectedPackage, Range

UNTIL = Range(introduced="0.6.5", fixed="0.8.5")
LAST = Range(introduced="0.6.5", last="0.8.4")
NEVER = Range(introduced="0.5.2", unfixed=True)


@pytest.mark.parametrize(
    ("version", "ranges", "state"),
    [
        ("0.6.4", [UNTIL], "before"),
        ("0.6.5", [UNTIL], "affected"),
        ("0.8.4.post1", [UNTIL], "affected"),
        ("0.8.5rc1", [UNTIL], "affected"),
        ("0.8.5", [UNTIL], "fixed"),
        ("0.8.4", [LAST], "affected"),
        ("0.8.4+cu121", [LAST], "affected"),  # another build of the same code
        ("0.8.4.post1", [LAST], "fixed"),
        ("99!1", [NEVER], "affected"),
        ("0.5.1", [NEVER], "before"),
        ("0.5.1", [Range(introduced="0", unfixed=True)], "affected"),
        ("0.9", [UNTIL, Range(introduced="0.9", fixed="0.9.1")], "affected"),
        ("", [UNTIL], "unknown"),
        ("7a8aa775e5a267cf", [UNTIL], "unknown"),
        ("1." * 300 + "0", [UNTIL], "unknown"),
        ("9" * 199, [UNTIL], "fixed"),
        ("1.0", [], "unknown"),
        ("1.0", [Range(introduced="n/a", fixed="2")], "unknown"),
        ("1.0", [Range(introduced="0", fixed="7a8aa775e5a2")], "unknown"),
    ],
)
def test_the_state_of_a_version(version, ranges, state):
    """Ends are as OSV has them: `introduced` and `last` belong to a range, `fixed` does not."""
    assert state_of(version, ranges) == state


def test_single_versions_count_beside_ranges():
    """However they are spelled."""
    assert state_of("1.0.0", [], ["1.0"]) == "affected"
    assert state_of("1.1", [], ["1.0"]) == "fixed"
    assert state_of("not-a-version", [], ["not-a-version"]) == "affected"


@pytest.mark.parametrize(
    ("allows", "possible"),
    [
        (">=0.6", True),
        (">=0.8.5", False),
        (">=0.9,<1", False),
        ("<0.8", True),
        ("==0.8.*", True),
        ("~=0.8.5", False),
        ("any version", True),
        ("^0.6", True),
    ],
)
def test_what_a_requirement_allows(allows, possible):
    """A requirement is in the clear only if it rules out every affected release."""
    entry = AffectedPackage(purl="pkg:pypi/vllm", ranges=(UNTIL,))

    assert may_be_affected(allows, entry) is possible
