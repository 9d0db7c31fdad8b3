"""What versions, the public record and files say, joined into one status."""

import pytest

from gnomon.audit.evidence import Holding, Reading, Seen
from gnomon.audit.remedy import remedy
from gnomon.audit.verdicts import Known, verdict, worst_first
from gnomon.core.advisory import Advisory, AffectedPackage, FlawedCode, PublicRecord, Range
from gnomon.core.package import Package
from gnomon.core.purl import pypi
from gnomon.core.severity import Severity
from gnomon.core.tree import SourceFile, Tree

REASON = "f uses pickle.loads"


def advisory(identity="CVE-1", fixed="2", record="2", **more):
    """A flaw of `acme`, verified to be fixed in one release, and published to be in another."""
    given = {
        "id": identity,
        "title": "t",
        "summary": "s",
        "kind": "network-pickle",
        "reach": "any-host",
        "verified": True,
        "affected": (
            AffectedPackage(purl="pkg:pypi/acme", ranges=(Range(fixed=fixed) if fixed else Range(unfixed=True),)),
        ),
        "record": PublicRecord(ranges=(Range(fixed=record),) if record else ()),
    }
    return Advisory(**(given | more))


def package(version="1", **more):
    """A release of `acme`."""
    return Package(purl=pypi("acme", version), naming="installed", where="acme.dist-info", **more)


def judged(version, code, known=None):
    """The verdict on a version of which the files say `code`."""
    found = package(version)
    [match] = Known([known or advisory()]).about(found)
    return verdict(found, match, Seen(code=code, reason=REASON))


@pytest.mark.parametrize(
    ("version", "fixed", "record", "code", "status"),
    [
        ("1", "2", "2", "present", "affected"),
        ("1", "2", "2", "absent", "code-absent"),
        ("1", "2", "2", "not-looked-at", "by-version"),
        ("2", "2", "2", "present", "still-flawed"),
        ("2", "2", "2", "absent", "clear"),
        ("2", "2", "2", "not-looked-at", "clear"),
        ("2", "2", "2", "mitigated", "mitigated"),
        ("2", "3", "2", "present", "still-flawed"),  # the record calls the wrong release fixed
        ("2", "3", "2", "not-looked-at", "by-version"),
        ("2", "2", "3", "absent", "code-absent"),  # the record calls too many affected
        ("2", "2", "3", "present", "affected"),
        ("9", "", "2", "present", "still-flawed"),
        ("9", "2", "", "present", "still-flawed"),
        ("", "2", "2", "present", "affected"),
        ("", "2", "2", "not-looked-at", "unknown"),
        ("git-7a8aa77", "2", "2", "absent", "clear"),
    ],
)
def test_every_way_that_versions_and_files_can_differ(version, fixed, record, code, status):
    """Files decide what is there; versions where there are none; nothing known is never clear."""
    assert judged(version, code, advisory(fixed=fixed, record=record)).status == status


def test_reasons_say_who_is_wrong():
    """In a sentence."""
    found = judged("2", "present", advisory(fixed="3", record="2"))

    assert found.reason == f"the public record calls this release fixed, and the flawed code is there: {REASON}"


def test_a_verified_advisory_without_ranges_is_in_no_release():
    """Such as one about a script of the repository."""
    known = advisory(affected=(AffectedPackage(purl="pkg:pypi/acme"),), record="")

    assert judged("1", "not-looked-at", known).status == "clear"


@pytest.mark.parametrize(("allows", "status"), [(">=1", "unknown"), (">=2", "clear")])
def test_a_requirement_is_not_a_version(allows, status):
    """What is not pinned is undecided if an affected release is allowed."""
    found = Package(purl=pypi("acme"), naming="required", where="requirements.txt", allows=allows)
    [match] = Known([advisory()]).about(found)

    assert verdict(found, match, Seen(code="not-looked-at", reason="")).status == status


def test_severity_comes_from_reach():
    """Harmless statuses are notes."""
    assert judged("1", "present").severity is Severity.CRITICAL
    assert judged("1", "absent").severity is Severity.NOTE
    assert judged("1", "not-looked-at", advisory(kind="other", stated="MODERATE")).severity is Severity.MEDIUM


def test_records_of_one_flaw_are_one():
    """The first that is given speaks, and withdrawn ones don't."""
    own = advisory("CVE-1", aliases=("GHSA-a",))
    imported = advisory("PYSEC-1", aliases=("CVE-1",), fixed="9", kind="other")
    other = advisory("PYSEC-2", kind="other")
    known = Known([own, imported, other, advisory("PYSEC-3", withdrawn="2026-01-01")])

    assert [match.advisory.id for match in known.about(package())] == ["CVE-1", "PYSEC-2"]


def test_the_nearest_release_with_the_fewest_flaws_is_the_remedy():
    """One that repairs this flaw and has no more of the others than any."""
    flaws = [advisory("CVE-1", "2"), advisory("CVE-2", "3"), advisory("CVE-3", "4"), advisory("CVE-9", "", "")]
    matches = Known(flaws).about(package())
    verdicts = [verdict(package(), match, Seen(code="present", reason="")) for match in matches]

    found = remedy(verdicts[0], matches, verdicts)

    assert (found.version, found.note) == ("4", "repairs CVE-1, CVE-2, CVE-3; what stays is CVE-9")
    last = remedy(verdicts[-1], matches, verdicts)
    assert (last.version, last.note.partition(":")[0]) == ("", "no release is known to be without it")


def test_a_pre_release_is_called_one():
    """It may be the only one that is good."""
    matches = Known([advisory("CVE-1", "2rc1")]).about(package())
    verdicts = [verdict(package(), match, Seen(code="present", reason="")) for match in matches]

    assert remedy(verdicts[0], matches, verdicts).note == "repairs CVE-1; it is a pre-release"


def test_the_worst_comes_first():
    """By status, then by severity."""
    verdicts = [judged("1", "absent"), judged("2", "mitigated"), judged("1", "present"), judged("1", "not-looked-at")]

    assert [each.status for each in worst_first(verdicts)] == ["affected", "by-version", "mitigated", "code-absent"]


def _reading(files, skipped=()):
    tree = Tree(target="x", files=tuple(SourceFile(path=p, data=d.encode()) for p, d in files.items()), skipped=skipped)
    return Reading(Holding(tree=tree, recorded={"acme/a.py": "0" * 64}), ())


def test_evidence_names_files_with_their_hashes():
    """And says whether a file is the one that was installed."""
    known = advisory(code=(FlawedCode(path="acme/a.py", qualname="f", uses=("pickle.loads",)),))

    seen = _reading({"acme/a.py": "def f(b):\n    return pickle.loads(b)\n"}).seen(known)

    assert seen.code == "present"
    assert [(sight.path, sight.line, sight.what) for sight in seen.sights] == [("acme/a.py", 2, "pickle.loads")]
    assert [(each.path, each.unchanged) for each in seen.examined] == [("acme/a.py", False)]
    assert seen.sights[0].sha256 == seen.examined[0].sha256 != ""


def test_no_python_is_not_looked_at():
    """A release that installs its code from elsewhere is not clear."""
    known = advisory(code=(FlawedCode(path="acme/a.py", qualname="f", uses=("pickle.loads",)),))

    assert _reading({}).seen(known).code == "not-looked-at"
    assert _reading({"setup.py": ""}).seen(known).code == "absent"
    assert _reading({"a.py": "("}).seen(advisory()).code == "not-looked-at"


def test_a_repair_by_address_of_an_exposure_is_a_repair():
    """Where the open socket is the flaw, there is no load that stays."""
    code = FlawedCode(path="a.py", qualname="f", uses=("bind",), holds=("tcp://*",))
    text = {"a.py": "def f(s):\n    s.bind('tcp://10.0.0.1:1')\n"}

    assert _reading(text).seen(advisory(kind="network-exposure", code=(code,))).code == "absent"
    assert _reading(text).seen(advisory(code=(code,))).code == "mitigated"
