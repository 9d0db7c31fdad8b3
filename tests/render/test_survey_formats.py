"""What `gnomon survey` writes: golden files, harmless whatever targets are called, and rows that have all of it."""

from collections import Counter
from itertools import permutations

import msgspec
import pytest

from gnomon.render.page import Style
from gnomon.render.survey_formats import FORMATS, writer
from gnomon.render.survey_rows import TABLES, parsed, rows
from gnomon.render.survey_tally import Counting
from tests.render.survey_sample import AUDITED, TRACED, documents, outcome

SUFFIX = {"text": "txt"}


@pytest.mark.parametrize("name", FORMATS)
def test_the_summary_is_the_golden_one(name, matches_golden):
    """`make golden` rewrites it."""
    assert matches_golden(f"survey-{name}.{SUFFIX.get(name, name)}", writer(name)(outcome()).data)


def test_the_document_of_a_target_is_the_golden_one(matches_golden):
    """With the answers of all three verbs."""
    assert matches_golden("surveyed.json", documents()[0])


@pytest.mark.parametrize("name", [*FORMATS, "text-narrow", "document"])
def test_no_text_of_others_is_obeyed(name):
    """Escape sequences, controls that reorder, and commands of build systems are made visible or are JSON escapes."""
    if name == "document":
        written = b"".join(documents())
    else:
        style = Style(width=40) if name == "text-narrow" else Style()
        written = writer(name.partition("-")[0])(outcome(style)).data
    text = written.decode()

    assert text.endswith("\n")
    assert not [char for char in text if not char.isprintable() and char != "\n"]
    assert "##[" not in text


def test_the_numbers_do_not_depend_on_the_order_of_answers():
    """Two runs finish in different orders; ties are broken by names."""
    told = [parsed(each) for each in documents()]

    def tally(order):
        counting = Counting()
        for each in order:
            counting.add(each)
        return counting.tally()

    first = tally(told)

    assert first.status == {"examined": 3, "incomplete": 1, "failed": 2}
    assert (first.targets, first.empty, first.is_whole, first.finds) == (6, 1, False, True)
    for order in list(permutations(told[:4]))[::5]:
        assert tally([*reversed(told[4:]), *order]).failures == first.failures
        assert [each.project for each in tally([*order, *told[4:]]).flawed] == [each.project for each in first.flawed]


def test_every_answer_has_its_rows():
    """A row a finding, copy, verdict, skipped place and failure; each is what its table's columns say."""
    found = [(name, row) for key, each in enumerate(documents()) for name, row in rows(str(key), parsed(each), b"")]
    counts = Counter(name for name, _ in found)
    first = parsed(documents()[0])

    assert all(type(row) is TABLES[name] for name, row in found)
    assert counts["targets"] == 6
    assert counts["failures"] == 2
    assert counts["findings"] == 2 * len(first.scan.findings)
    assert counts["copies"] == len(TRACED.copies)
    assert counts["packages"] >= len(AUDITED.verdicts)
    assert [row.number for name, row in found if name == "copies"] == list(range(1, len(TRACED.copies) + 1))
    msgspec.json.encode([row for _, row in found])
