"""A policy is read whole or not at all, signed with its digest, merged to what any of several allows."""

import json

import pytest

from gnomon.guard.errors import PolicyError
from gnomon.guard.policy import ChannelRule, Policy, SiteRule, as_stated, digest_of, merged, read, written
from gnomon.guard.sites import Site

HERE, THERE = Site("a/b.py", "Server.run"), Site("a/c.py", "<module>")
RULE = SiteRule(HERE, "socket", "loaded by zmq", "drop", frozenset({("a", "Request"), ("numpy", "ndarray")}))
POLICY = Policy(
    sites=(RULE,),
    channels=(ChannelRule(THERE, (HERE,)),),
    unknown_sites="exit",
    binds=(("tcp://*", "tcp://127.0.0.1"),),
    anywhere=frozenset({("a", "Reply"), ("collections", "OrderedDict")}),
    accepted=("a:Request",),
    described=(("a:Request", "a dataclass"),),
)


def test_a_written_policy_reads_as_itself(tmp_path):
    """Writing and reading give an equal policy, and equal policies equal text."""
    path = tmp_path / "policy.json"
    path.write_text(written(POLICY), encoding="utf-8")

    assert read(path) == POLICY
    assert read(path, digest_of(POLICY)) == POLICY
    assert written(as_stated(path)[0]) == path.read_text(encoding="utf-8")


def test_an_edited_policy_is_not_taken_until_it_is_signed(tmp_path):
    """Whoever adds a name without signing gets an error that names the digests and what to type."""
    path = tmp_path / "policy.json"
    table = json.loads(written(POLICY))
    table["sites"][0]["names"].append(["os", "system"])
    path.write_text(json.dumps(table), encoding="utf-8")

    with pytest.raises(PolicyError, match="edited after it was signed") as caught:
        read(path)

    assert "gnomon guard sign" in caught.value.remedy


def test_another_policy_than_the_reviewed_one_is_not_taken(tmp_path):
    """A digest that was given pins the policy, though the file is signed rightly."""
    path = tmp_path / "policy.json"
    path.write_text(written(Policy()), encoding="utf-8")

    with pytest.raises(PolicyError, match="not the one that was asked for"):
        read(path, digest_of(POLICY))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.update(gnomon_policy=2), "gnomon_policy is 2; this gnomon reads version 1"),
        (lambda table: table.update(more=1), "the file has an unknown key 'more'"),
        (lambda table: table.pop("binds"), "the file has no 'binds'"),
        (lambda table: table.update(sites={}), "sites is no array"),
        (lambda table: table.update(unknown_sites="allow"), "unknown_sites is 'allow'; it can be raise, exit"),
        (
            lambda table: table["sites"][0].update(outcome="log"),
            "sites[0].outcome is 'log'; it can be drop, raise",
        ),
        (
            lambda table: table["sites"][0].update(names=[["a", "b", "c"]]),
            "sites[0].names has an entry that is no",
        ),
        (lambda table: table["sites"][0].update(names=[["a", 1]]), "sites[0].names is no text"),
        (lambda table: table["sites"][0]["source"].update(kind="pipe"), "sites[0].source.kind is 'pipe'"),
        (lambda table: table["sites"].append(table["sites"][0]), "sites names one site twice"),
        (lambda table: table["channels"][0].update(feeds=[["a"]]), "channels[0].feeds has an entry that is no pair"),
        (lambda table: table["channels"][0].update(starts=[]), "channels[0].starts is no list of numbers from 0 to 64"),
        (lambda table: table["channels"][0].update(starts=[65]), "channels[0].starts is no list of numbers from 0"),
        (lambda table: table.update(binds={"tcp://*": 1}), "binds.tcp://* is no text"),
        (lambda table: table.update(anywhere=["a:Reply"]), "anywhere is no array"),
        (lambda table: table["anywhere"][0].append("x"), "anywhere has an entry that is no pair"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, said):
    """A field that is missing, unknown or of another kind is an error that says which one."""
    table = json.loads(written(POLICY))
    change(table)
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(table), encoding="utf-8")

    with pytest.raises(PolicyError) as caught:
        read(path)

    assert said in caught.value.problem


@pytest.mark.parametrize("text", ["", "[", "[]", "7", '{"sites": [], "sites": []}', "[" * 100_000, "\x00"])
def test_what_is_no_policy_is_an_error(tmp_path, text):
    """Whatever else a file holds, the answer is a PolicyError."""
    path = tmp_path / "policy.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PolicyError):
        read(path)


def test_no_file_is_an_error_with_the_command_that_makes_one(tmp_path):
    """A policy that isn't there names `guard learn`."""
    with pytest.raises(PolicyError) as caught:
        read(tmp_path / "none.json")

    assert caught.value.remedy.startswith("gnomon guard learn")


def test_merging_allows_what_any_allows_and_keeps_the_stricter_outcome():
    """Names are united site by site; drop gives way to raise, raise to exit; a known source wins."""
    other = Policy(
        sites=(
            SiteRule(HERE, "unknown", "not seen", "raise", frozenset({("a", "Reply")})),
            SiteRule(THERE, "file", "read from a file", "raise", frozenset()),
        ),
        channels=(ChannelRule(THERE, (THERE,), (4,)),),
        anywhere=frozenset({("a", "Else")}),
    )

    policy = merged([other, POLICY])

    assert policy.sites == (
        SiteRule(HERE, "socket", "loaded by zmq", "raise", RULE.names | {("a", "Reply")}),
        SiteRule(THERE, "file", "read from a file", "raise", frozenset()),
    )
    assert policy.channels == (ChannelRule(THERE, (HERE, THERE), (0, 4)),)
    assert (policy.unknown_sites, policy.binds, policy.accepted) == ("exit", POLICY.binds, POLICY.accepted)
    assert policy.anywhere == POLICY.anywhere | {("a", "Else")}


def test_policies_that_narrow_one_address_differently_are_not_merged():
    """Which interface is meant is for the user to say."""
    with pytest.raises(PolicyError, match="narrow"):
        merged([POLICY, POLICY._replace(binds=(("tcp://*", "tcp://10.0.0.1"),))])


def test_an_edited_policy_can_be_reviewed_before_it_is_signed(ground):
    """Review shows what it says now, that it is not signed, and how to sign it: exit code 1; afterwards 0."""
    table = json.loads(written(POLICY._replace(sites=(), accepted=())))
    table["unknown_sites"] = "raise"
    ground.policy.write_text(json.dumps(table), encoding="utf-8")

    edited = ground.guard("review", ground.policy)
    signed = ground.guard("sign", ground.policy)
    after = ground.guard("review", ground.policy)

    assert (edited.code, signed.code, after.code) == (1, 0, 0)
    assert "raises UnpicklingError" in edited.out
    assert "Not signed" in edited.out
    assert "gnomon guard sign" in edited.out
    assert "Not signed" not in after.out
