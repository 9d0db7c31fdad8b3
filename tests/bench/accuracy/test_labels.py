"""The labels are consistent, so that a score means something."""

import re

from bench.accuracy import labels
from bench.accuracy.score import CONTRACT_KINDS, REACHES
from gnomon.core.endpoint import Reach
from gnomon.core.rule import SourceKind


def test_every_case_decodes_and_has_its_own_id():
    """Each line of the case files is a valid label (kinds, binds and verdicts are known), and ids are unique."""
    identities = [case.id for case in (*labels.cases(), *labels.git_cases())]

    assert len(identities) > 100
    assert len(identities) == len(set(identities))


def test_every_case_is_in_a_listed_archive():
    """A case's package, version, file and digest are those of one row of packages.csv."""
    listed = {(one.package, one.version, one.archive, one.sha256) for one in labels.releases()}
    unlisted = [
        case.id
        for case in labels.cases()
        if (case.package, case.version, case.archive.file, case.archive.sha256) not in listed
    ]

    assert unlisted == []


def test_every_release_counts_its_labels():
    """packages.csv says of each release how many of its calls are labelled."""
    counted = {(one.package, one.version): one.labelled for one in labels.releases()}
    actual = dict.fromkeys(counted, 0)
    for case in labels.cases():
        actual[case.release] += 1

    assert counted == actual


def test_lines_are_positive():
    """Lines count from 1, in the call itself and in every `path:line` reference."""
    references = [
        labels.site(reference)[1]
        for case in labels.cases()
        for reference in (case.receive_at, case.socket_setup)
        if reference is not None
    ]

    assert min(references) >= 1
    assert min(case.line for case in labels.cases()) >= 1


def test_paths_stay_in_the_archive():
    """No label points outside its archive or at something that is not Python."""
    strange = [
        case.id
        for case in labels.cases()
        if case.path.startswith("/") or ".." in case.path.split("/") or not case.path.endswith(".py")
    ]

    assert strange == []


def test_digests_are_sha256():
    """Every archive is pinned by a whole sha256."""
    pinned = [bool(re.fullmatch("[0-9a-f]{64}", one.sha256)) for one in labels.releases()]

    assert all(pinned)


def test_authentication_says_whether_it_is_effective():
    """A label with a mechanism says if it works, one without doesn't, and `authenticated` means an effective one."""
    for case in labels.cases():
        assert (case.auth == "none") == (case.auth_effective is None), case.id
        if case.verdict == "authenticated":
            assert case.auth_effective == "yes", case.id


def test_kinds_map_to_the_reports_vocabulary():
    """Every label kind but `other` has a source kind in the report, every reach is one of the product's."""
    assert set(CONTRACT_KINDS.values()) <= set(SourceKind.__args__)
    assert set(labels.Kind.__args__) - set(CONTRACT_KINDS) == {"other"}
    assert set(REACHES.values()) <= set(Reach.__args__)
