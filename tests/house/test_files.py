"""The repository stands alone and stays light."""

import re

MAX_BYTES = 1_000_000
ELSEWHERE = re.compile(r"/(work|root/gt|root/brief|root/\.)/|\.\./(shared)\b|\b(shared)/(ground-truth|hostile|design)")


def test_no_file_is_larger_than_a_megabyte(files):
    """Data that large is downloaded and verified, not kept."""
    large = [path.name for path in files if path.stat().st_size > MAX_BYTES]

    assert large == []


def test_nothing_points_outside_of_the_repository(root, files):
    """No file names a folder of somebody's machine."""
    pointing = [
        f"{path.relative_to(root)}: {match.group()}"
        for path in files
        if (match := ELSEWHERE.search(path.read_bytes().decode("utf-8", "replace")))
    ]

    assert pointing == []


def test_no_work_is_left_to_do_in_the_source(modules):
    """No module carries a note to finish it later."""
    unfinished = [
        module.path for module in modules if re.search(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError", module.text)
    ]

    assert unfinished == []
