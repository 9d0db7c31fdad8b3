"""Any comment has markers or none."""

from gnomon.core.marker import Malformed, foreign_markers, own_markers
from gnomon.python.comments import comments

SEEDS = (
    b"x = 1  # gnomon: ignore[pickle-over-network] a loopback test, until=2027-01-31\n",
    b"# gnomon: ignore\nx()  # nosec B301 # noqa: S301, E501\n",
    b"y = load(  # type: ignore  # nosemgrep: a.b.c\n    z)  # pragma: gnomon:ignore[x]\n",
)


def once(data: bytes) -> None:
    """Of each comment in a text; a rule and a reason are there unless it is told to be malformed."""
    text = data.decode("utf-8", "replace")
    for comment in comments(text):
        assert 0 < comment.first <= comment.last
        for marker in own_markers(comment.text):
            assert isinstance(marker, Malformed) or (marker.rules and marker.reason)
        list(foreign_markers(comment.text))
