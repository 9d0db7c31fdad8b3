"""The labels of releases that were read after the engine was written, and their page."""

import msgspec

from bench.accuracy import labels, unseen


def test_the_labels_are_consistent():
    """Ids are unique, each case is in a listed archive, and each release counts its labels."""
    cases, releases = labels.cases(unseen.LABELS), labels.releases(unseen.LABELS)
    counted = {(one.package, one.version, one.archive, one.sha256): one.labelled for one in releases}
    actual = dict.fromkeys(counted, 0)
    for case in cases:
        actual[case.package, case.version, case.archive.file, case.archive.sha256] += 1

    assert len({case.id for case in cases}) == len(cases)
    assert counted == actual


def test_no_release_is_labelled_twice():
    """No release is among those that the engine was written with."""
    seen = {(one.package.lower(), one.version) for one in labels.releases()}

    assert not seen & {(one.package.lower(), one.version) for one in labels.releases(unseen.LABELS)}


def test_both_answers_are_to_all_labels():
    """The first answer and today's speak of exactly the labelled calls."""
    wanted = {case.id for case in labels.cases(unseen.LABELS)}

    assert {case.id for case in unseen.read(unseen.FIRST).cases} == wanted
    assert {case.id for case in unseen.read(unseen.COMMITTED).cases} == wanted


def test_a_false_alarm_shows_in_the_report():
    """A harmless call that is called critical is counted and named."""
    run = unseen.read(unseen.COMMITTED)
    harmless = next(case for case in run.cases if case.verdict == "not-network")
    serious = next(case.said for case in run.cases if case.serious)
    loud = msgspec.structs.replace(harmless, said=serious, found=True)
    changed = msgspec.structs.replace(run, cases=(loud,))

    report = unseen.report(changed, changed)

    assert "1/1 (100 %)" in report
    assert harmless.path in report.partition("False alarms:")[2]
