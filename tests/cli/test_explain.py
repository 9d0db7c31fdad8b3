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


def test_prose_is_wrapped_in_a_pipe(gnomon):
    """A page is readable without a terminal: at most 100 columns, links excepted."""
    page = gnomon("explain", "pickle-over-network").stdout

    assert [line for line in page.splitlines() if len(line) > 100 and "https://" not in line] == []
