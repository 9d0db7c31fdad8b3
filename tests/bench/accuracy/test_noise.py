"""Verdicts from reading are kept in order."""

from bench.accuracy.noise import Noise, largest, read_verdicts


def test_verdicts_are_unique_and_explained():
    """Each finding is read once, in one of the largest releases, with a note saying why."""
    names = {release.name for release in largest()}
    verdicts = read_verdicts()

    assert len({verdict.key for verdict in verdicts}) == len(verdicts)
    assert [verdict for verdict in verdicts if not verdict.note or verdict.release not in names] == []


def test_ten_releases_are_read():
    """The largest labelled releases come first."""
    lines = [release.py_lines for release in largest()]

    assert len(lines) == 10
    assert lines == sorted(lines, reverse=True)


def test_unread_findings_are_counted():
    """What nobody has read is neither right nor wrong."""
    assert Noise(release="toy 1", findings=5, real=2, wrong=1).unread == 2
