"""The labels of bench/audit are about advisories and releases that there are, and the kept figures are of them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from bench.audit import results
from bench.audit.run import labelled
from bench.audit.tables import report
from gnomon.core.purl import pypi
from gnomon.knowledge import advisories

STATUSES = {"affected", "still-flawed", "mitigated", "code-absent", "clear"}
KNOWN = {each.id: each for each in advisories.load().advisories}


def test_every_advisory_of_a_labelled_package_is_labelled():
    """So that none is left out for being difficult."""
    for each in labelled():
        about = {key for key, known in KNOWN.items() if pypi(each.package).package in {e.purl for e in known.affected}}

        assert set(each.says) == about, each
        assert set(each.says.values()) <= STATUSES


def test_every_labelled_release_is_one_that_was_checked():
    """Its file and sha256 are those of the advisory."""
    for each in labelled():
        files = [checked for key in each.says for checked in KNOWN[key].checked if checked.version == each.version]

        assert files, each


def test_the_kept_figures_are_of_these_labels():
    """A label that changes needs a new run."""
    kept = results.read()

    assert [(each.package, each.version) for each in kept.releases] == [(e.package, e.version) for e in labelled()]
    for release, each in zip(kept.releases, labelled(), strict=True):
        assert {judged.advisory: judged.label for judged in release.judged} == each.says
    assert "gnomon right" in report(kept)
