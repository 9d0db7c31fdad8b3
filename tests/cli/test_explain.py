"""`gnomon explain`: pages of rules, offline."""

import pytest

from gnomon.knowledge.load import load


def test_without_a_rule_all_are_listed(gnomon):
    """Each rule has its line, those on by default first."""
    lines = gnomon("explain").stdout.splitlines()

    by_default = sorted(rule.id for rule in load().rules if rule.default)
    assert [line.split()[0] for line in lines[: len(by_default)]] == by_default
    assert {line.split()[0] for line in lines[:-2]} == {rule.id for rule in load().rules}


@pytest.mark.parametrize("rule", load().rules, ids=lambda rule: rule.id)
def test_a_rule_is_explained_in_full(gnomon, rule):
    """What, why, what to do, how it is found and what is not seen: every word of the rule's file."""
    page = gnomon("explain", rule.id).stdout
    words = page.split()

    for text in (rule.title, rule.what, rule.why, rule.remedy, rule.fix, rule.detection, rule.blind_spots):
        assert [word for word in text.split() if word not in words] == []
    assert [case.link for case in rule.cases if case.link not in page] == []


@pytest.mark.parametrize("name", ["CVE-2025-32444", "ghsa-hj4w-hm2g-p6w5", "PYSEC-2025-42"])
def test_an_advisory_is_explained_under_each_of_its_ids(gnomon, name):
    """What it is, which releases have it, which rule reports it, and where to read on."""
    page = gnomon("explain", name).stdout

    assert page.startswith("CVE-2025-32444: vLLM: the Mooncake pipe")
    assert "- vllm: from 0.6.5 to before 0.8.5" in page
    assert "`gnomon explain pickle-over-network`" in page
    assert "https://github.com/advisories/GHSA-hj4w-hm2g-p6w5" in page


def test_a_kind_of_incomplete_fix_is_explained(gnomon):
    """What it has, what it lacks, and how it is completed."""
    page = gnomon("explain", "assert").stdout

    assert "A check is an `assert`." in page
    assert "`python -O` removes an assert." in page


@pytest.mark.parametrize(
    ("name", "problem", "remedy"),
    [
        ("pickle-over-netwrk", "Did you mean pickle-over-network?", "gnomon explain pickle-over-network"),
        ("pickle-ov", "Did you mean pickle-over-network?", "gnomon explain pickle-over-network"),
        ("denylist", "Did you mean deny-list?", "gnomon explain deny-list"),
        ("CVE-2025-32443", "The nearest that it knows: ", "gnomon audit --online"),
        ("zzzzzz", "there is no rule", "gnomon explain, which lists the rules"),
    ],
)
def test_an_unknown_word_names_the_nearest(gnomon, name, problem, remedy):
    """A misspelt name is answered with the one that was meant; a number that is unknown is never taken for another."""
    answer = gnomon("explain", name)

    assert answer.returncode == 2
    assert problem in answer.stderr
    assert f"try: {remedy}" in answer.stderr


def test_prose_is_wrapped_in_a_pipe(gnomon):
    """A page is readable without a terminal: at most 100 columns, links excepted."""
    page = gnomon("explain", "pickle-over-network").stdout

    assert [line for line in page.splitlines() if len(line) > 100 and "https://" not in line] == []
