"""The advisories that come with gnomon are right in form, and mistakes in a file are told by name."""

import pytest

from gnomon.core.errors import KnowledgeError
from gnomon.core.purl import parsed as purl_of
from gnomon.knowledge import advisories, signatures
from gnomon.knowledge.load import data_folder

RIGHT = """\
id = "CVE-2026-1"
title = "t"
summary = "s"
kind = "network-pickle"
verified = false
unverified = "nobody looked"
references = ["https://example.org/1"]
modified = "2026-11-26"
[[affected]]
purl = "pkg:pypi/acme"
ranges = [{ introduced = "1", fixed = "2" }]
"""


def test_every_advisory_of_the_data_is_right():
    """File name, ranges, references, checks: `load` raises otherwise."""
    known = advisories.load()

    assert len(known.advisories) == len(list((data_folder() / "advisories").iterdir()))
    assert len({each.id for each in known.advisories}) == len(known.advisories)
    assert known.date >= "2026-11-26"


def test_signatures_that_are_named_exist():
    """An advisory's signatures are those of the bundled pack, and it is among their advisories."""
    pack = {signature.id: signature for signature in signatures.load().signatures()}
    for advisory in advisories.load().advisories:
        assert set(advisory.signatures) <= set(pack)


def test_what_is_verified_was_seen_on_both_sides():
    """A release with the flaw, or none at all; and where one is called fixed, one without the flaw."""
    for advisory in advisories.load().advisories:
        if not advisory.verified:
            continue
        states = {checked.code for checked in advisory.checked}
        assert advisory.code, advisory.id
        assert "present" in states or not advisory.affected[0].ranges, advisory.id
        if any(each.fixed for each in advisory.affected[0].ranges):
            assert states & {"absent", "mitigated"}, advisory.id


def test_places_that_were_seen_are_noted():
    """As tools/advisories/check.py writes them."""
    for advisory in advisories.load().advisories:
        for checked in advisory.checked:
            assert bool(checked.at) == (checked.code != "absent"), (advisory.id, checked.file)


def test_packages_are_named_by_purl():
    """The packages of this class that people have."""
    names = {entry.purl for each in advisories.load().advisories for entry in each.affected}

    assert {"pkg:pypi/vllm", "pkg:pypi/sglang", "pkg:pypi/max", "pkg:github/modeltc/lightllm"} <= names
    assert all(purl_of(name) for name in names)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("CVE-2026-1", "CVE-2026-2", "it has the id CVE-2026-2, and is not called CVE-2026-2.toml"),
        (', fixed = "2"', "", "needs exactly one end"),
        ('fixed = "2"', 'fixed = "2", unfixed = true', "needs exactly one end"),
        ('["https://example.org/1"]', "[]", "it needs a reference"),
        ("https://example", "http://example", "it needs a reference"),
        ("pkg:pypi/acme", "pkg:pypi/Acme", "no package URL"),
        ("pkg:pypi/acme", "pkg:pypi/acme@1", "no package URL"),
        ("verified = false", "verified = true", "either verified or says why not"),
        ('unverified = "nobody looked"', "", "either verified or says why not"),
        ("2026-11-26", "yesterday", "modified must be a day"),
        ("kind =", "kinds =", "kinds"),
        ("network-pickle", "pickled", "Invalid enum value 'pickled' - at `$.kind`"),
        ('introduced = "1"', 'since = "1"', "Object contains unknown field `since`"),
        ('title = "t"', "title = t", "not TOML"),
    ],
)
def test_mistakes_are_told(was, becomes, told):
    """With the file's name."""
    assert advisories.parsed("advisories/CVE-2026-1.toml", RIGHT.encode()).id == "CVE-2026-1"

    with pytest.raises(KnowledgeError) as caught:
        advisories.parsed("advisories/CVE-2026-1.toml", RIGHT.replace(was, becomes).encode())

    assert caught.value.problem.startswith("advisories/CVE-2026-1.toml: ")
    assert told in caught.value.problem


def test_verified_needs_a_look():
    """Nobody's word alone is a check."""
    text = RIGHT.replace("verified = false\n", "verified = true\n").replace('unverified = "nobody looked"\n', "")

    with pytest.raises(KnowledgeError, match="no release was looked at"):
        advisories.parsed("CVE-2026-1.toml", text.encode())
