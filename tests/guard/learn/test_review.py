"""A review says of each site how bytes get there and what it may load, and can't be made to say something else."""

from gnomon.guard.learn.collecting import LeftOut
from gnomon.guard.learn.review import not_learned, reviewed, unexpected
from gnomon.guard.learn.widening import widened
from gnomon.guard.policy import ChannelRule, Policy, SiteRule, digest_of
from gnomon.guard.sites import Site

HERE = Site("server/rpc.py", "Server.run")
POLICY = Policy(
    sites=(
        SiteRule(
            HERE, "socket", "loaded by zmq", "drop",
            frozenset({("builtins", "getattr"), ("server.messages", "Request"), ("collections", "OrderedDict")}),
        ),
        SiteRule(Site("server/cache.py", "load"), "file", "read from an opened file", "raise", frozenset()),
    ),
    channels=(ChannelRule(Site("server/rpc.py", "Server.__init__"), (HERE,)),),
    unknown_sites="exit",
    binds=(("tcp://*", "tcp://127.0.0.1"),),
    accepted=("builtins:getattr",),
    described=(("server.messages:Request", "a dataclass with __setstate__"),),
)  # fmt: skip


def test_each_site_each_name_and_each_consequence_is_there():
    """Source, outcome, every name with a verdict and its reason, channels, binds, unknown sites, and the digest."""
    text = reviewed(POLICY)

    assert "2 load sites, 3 names: 1 danger, 1 harmless, 1 look" in text
    assert "server/rpc.py:Server.run\n  source   socket: loaded by zmq\n  outcome  drop" in text
    assert "DANGER   builtins:getattr" in text
    assert "taken on purpose" in text
    assert "harmless collections:OrderedDict" in text
    assert "look     server.messages:Request  a dataclass with __setstate__: whoever sends" in text
    assert "names    none" in text
    assert "Sockets made at server/rpc.py:Server.__init__ feed server/rpc.py:Server.run" in text
    assert "Sockets that would bind tcp://* bind tcp://127.0.0.1" in text
    assert "A load anywhere else that asks for a name ends the process." in text
    assert text.endswith(f"Digest  {digest_of(POLICY)}\n")


def test_names_and_places_cannot_change_the_terminal_or_the_layout():
    """Escape codes, line ends and directional marks of names, files and reasons are shown as text."""
    evil = "\x1b[2J\nharmless os:system\u202e"
    rule = SiteRule(Site(evil, evil), "socket", evil, "drop", frozenset({(evil, evil)}))
    policy = Policy(
        sites=(rule,), anywhere=frozenset({(evil, evil)}), described=((f"{evil}:{evil}", evil),), binds=((evil, evil),)
    )

    text = reviewed(policy) + not_learned((LeftOut(Site(evil, evil), (evil, evil), "it runs code"),))

    assert all(line.isprintable() and line.isascii() for line in text.splitlines())
    assert not any(line.startswith("harmless os:system") for line in text.splitlines())
    assert len(text.splitlines()) == len(reviewed(policy._replace(sites=(rule,))).splitlines()) + 3


def test_what_is_allowed_anywhere_stands_first_and_is_judged_as_the_rest():
    """Names for every load are counted, marked, said to be for every load, and fail the review if they run code."""
    policy = POLICY._replace(anywhere=frozenset({("os", "system"), ("server.messages", "Reply")}))

    text = reviewed(policy)

    assert "2 load sites, 5 names: 2 danger, 1 harmless, 2 look" in text
    assert "\nAt EVERY load, also where nothing was learned\n" in text
    assert text.index("DANGER   os:system") < text.index("server/rpc.py:Server.run")
    assert "A load anywhere else that asks for another name ends the process." in text
    assert unexpected(policy) == [("os", "system")]


def test_a_class_that_runs_nothing_of_its_own_is_harmless_and_one_that_is_known_to_run_code_never():
    """By what it was when it was learned; the tables of known names come before that."""
    described = (
        ("server.messages:Request", "a dataclass that runs no code of its own"),
        ("builtins:getattr", "a class that runs no code of its own"),
        ("functools:partial", "a class that runs no code of its own"),
    )
    names = frozenset({("server.messages", "Request"), ("builtins", "getattr"), ("functools", "partial")})
    policy = Policy(sites=(SiteRule(HERE, "socket", "loaded by zmq", "drop", names),), described=described)

    text = reviewed(policy)

    assert "1 load site, 3 names: 1 danger, 1 harmless, 1 look" in text
    assert "harmless server.messages:Request  a dataclass that runs no code of its own; whoever sends can set" in text
    assert widened(policy).anywhere == {("server.messages", "Request")}
    assert widened(policy).sites == policy.sites
    assert "At EVERY load" in reviewed(widened(policy))


def test_what_was_not_learned_comes_with_the_option_that_takes_it():
    """Name, reason, place, and `--i-know`; nothing if nothing was left out."""
    text = not_learned((LeftOut(HERE, ("os", "system"), "it starts a process"),))

    assert "os:system  it starts a process" in text
    assert "at server/rpc.py:Server.run" in text
    assert "--i-know os:system" in text
    assert not_learned(()) == ""
