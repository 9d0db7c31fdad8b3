"""Guard's policies as fix reads them."""

import pytest

from gnomon.core.errors import GnomonError
from gnomon.fix.payload.learned import learned
from gnomon.guard.policy import Policy, SiteRule, written
from gnomon.guard.sites import Site
from tests.fix.programs import load

FILES = {"src/app/server.py": "pickle.loads(x)\n"}
JOB = ("app.jobs", "Job")


def policy(*rules, **more):
    """A signed policy's text."""
    sites = tuple(SiteRule(Site(*where), "socket", "seen", "drop", frozenset(names)) for where, names in rules)
    return written(Policy(sites=sites, **more))


def named(text, qualname="Server.run"):
    """What the load may ask for."""
    return learned(text, "policy.json").named((load(FILES, "src/app/server.py", "pickle.loads(x)", qualname=qualname),))


def test_a_load_may_ask_for_what_was_learned_in_its_function():
    """The policy's file is written below the folder that it was imported from."""
    found = named(policy((("app/server.py", "Server.run"), [JOB]), (("app/other.py", "Server.run"), [("os", "x")])))

    assert (found.names, found.guessed, found.impossible) == ({JOB}, (), ())


def test_a_function_in_a_function_is_found():
    """Python and the analyzer write its name in two ways."""
    assert named(policy((("app/server.py", "main.<locals>.handle"), [JOB])), "main.handle").names == {JOB}


def test_what_is_allowed_anywhere_is_allowed_here():
    """A person put it there."""
    text = policy((("app/server.py", "Server.run"), []), anywhere=frozenset({JOB}))

    assert named(text).names == {JOB}


def test_a_load_that_was_not_learned_has_no_list():
    """An empty one would refuse everything; that is said instead."""
    assert named(policy((("app/server.py", "other"), [JOB]))).impossible == (
        "policy.json has nothing for Server.run at src/app/server.py:1",
    )


def test_what_unpickles_again_has_no_list():
    """Guard holds the inner load as well; an unpickler of one's own does not."""
    text = policy((("app/server.py", "Server.run"), [("torch.storage", "_load_from_bytes")]))

    assert "by no list" in named(text).impossible[0]


def test_what_runs_code_is_said():
    """Somebody accepted it for guard; a person decides once more."""
    text = policy((("app/server.py", "Server.run"), [("builtins", "getattr")]), accepted=("builtins:getattr",))

    assert named(text).guessed == ("builtins.getattr, which policy.json accepts, can run code",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is no policy of guard"),
        ("[]", "is no policy of guard"),
        ('{"gnomon_policy": 1}', "is no policy of guard"),
        (policy().replace('"gnomon_policy": 1', '"gnomon_policy": 2'), "version 2"),
        (policy((("app/server.py", "Server.run"), [JOB])).replace("Job", "Jobs"), "edited after it was signed"),
    ],
)
def test_what_is_no_signed_policy_is_refused(text, problem):
    """With the next thing to type."""
    with pytest.raises(GnomonError, match=problem):
        learned(text, "policy.json")
