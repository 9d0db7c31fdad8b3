"""Verdicts from reading are kept in order."""

from bench.accuracy.noise import Read, counts, largest, read_verdicts


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


def test_findings_are_counted_by_what_reading_said():
    """Local paths are real ones too but shown apart; what nobody has read is neither right nor wrong."""
    far = Read(release="toy 1", path="a.py", line=1, verdict="real-network-path", channel="network", note="tcp")
    near = Read(release="toy 1", path="a.py", line=2, verdict="real-network-path", channel="this-host", note="ipc")
    wrong = Read(release="toy 1", path="a.py", line=3, verdict="not", channel="none", note="a file")
    counted = counts("toy 1", [far, near, wrong, None])

    assert (counted.findings, counted.real, counted.local, counted.wrong, counted.unread) == (4, 2, 1, 1, 1)


def test_a_real_path_has_a_channel():
    """A verdict and its channel agree."""
    assert [one for one in read_verdicts() if (one.verdict == "not") != (one.channel == "none")] == []
