"""Values sorted into groups through files."""

from gnomon.io.sorting import Sorter


def test_groups_come_back_whole_and_in_order(tmp_path):
    """Whatever the number of files, each group comes once, its values as they were put; nothing is left behind."""
    values = [(number % 7, number) for number in range(100)]
    for files in (1, 3, 1_000):
        with Sorter(tmp_path / "work", tuple[int, int], lambda value: value[0], files) as sorter:
            for value in values:
                sorter.put(value)
            groups = list(sorter.groups())

        assert sorted(map(tuple, groups)) == [tuple(values[number::7]) for number in range(7)]
        assert list(tmp_path.iterdir()) == []
