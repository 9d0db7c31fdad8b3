"""The three scores are apart, and each is strict about its own question only."""

import msgspec
import pytest

from bench.accuracy.labels import ArchiveFile, Case
from bench.accuracy.scanner import Endpoint, Finding, Place, Source
from bench.accuracy.score import auth_right, matched, reach_right, scored, source_linked

CASE = Case(
    id="toy-1.0:server.py:serve",
    split="open",
    package="toy",
    version="1.0",
    archive=ArchiveFile(file="toy-1.0.tar.gz", sha256="0" * 64, size=1),
    path="toy-1.0/server.py",
    qualname="serve",
    line=20,
    sink="pickle.loads",
    source="zmq-recv",
    transport="tcp",
    bind="wildcard",
    socket_role="binds",
    auth="none",
    interprocedural=0,
    cross_file=False,
    receive_at="toy-1.0/server.py:18",
    verdict="vulnerable-network",
    shapes=("recv-then-loads",),
    note="",
    basis="read",
)
ENDPOINT = Endpoint(
    role="bind",
    transport="tcp",
    address="tcp://*:5555",
    reach="any-host",
    authentication="none",
    effective=False,
)
FINDING = Finding(
    rule="pickle-over-network",
    severity="critical",
    confidence="high",
    message="",
    path="toy-1.0/server.py",
    line=20,
    qualname="serve",
    sink="pickle.loads",
    source=Source(kind="zmq"),
    endpoint=ENDPOINT,
    flow=(),
)
changed = msgspec.structs.replace


def test_a_right_answer_is_right_three_times():
    """Sink, source, reach and authentication are all credited for the matching finding."""
    (answer,) = scored([CASE], [FINDING])

    assert (answer.found, answer.linked, answer.endpoint_right) == (True, True, True)


@pytest.mark.parametrize(("line", "found"), [(18, True), (22, True), (17, False), (23, False)])
def test_a_sink_is_found_within_two_lines(line, found):
    """A finding answers a label in the same file at most two lines away."""
    (answer,) = scored([CASE], [changed(FINDING, line=line)])

    assert answer.found is found


def test_a_finding_in_another_file_is_no_answer():
    """The same line of another file doesn't count."""
    (answer,) = scored([CASE], [changed(FINDING, path="toy-1.0/client.py")])

    assert answer.found is False


def test_one_finding_answers_one_label():
    """Two labels two lines apart need two findings; the nearest pairs go together."""
    neighbour = changed(CASE, id="toy-1.0:server.py:serve:2", line=22)
    answers = matched([CASE, neighbour], [changed(FINDING, line=21), changed(FINDING, line=22)])

    assert {identity: finding.line for identity, finding in answers.items()} == {CASE.id: 21, neighbour.id: 22}


def test_of_two_findings_at_one_line_the_worse_answers():
    """A milder finding can't hide a false alarm at the same line."""
    mild, harsh = changed(FINDING, severity="low"), FINDING

    assert matched([CASE], [mild, harsh])[CASE.id] is harsh


def test_a_source_is_linked_by_kind_or_by_the_receive_on_the_flow():
    """Another kind is accepted only if the flow passes the labelled receive."""
    other = changed(FINDING, source=Source(kind="unknown"))
    passing = changed(other, flow=(Place(path="toy-1.0/server.py", line=19),))

    assert source_linked(CASE, FINDING)
    assert not source_linked(CASE, other)
    assert source_linked(CASE, passing)


@pytest.mark.parametrize(
    ("bind", "role", "reach", "right"),
    [
        ("wildcard", "bind", "any-host", True),
        ("wildcard", "bind", "configurable", False),
        ("host-configurable", "bind", "configurable", True),
        ("loopback", "bind", "this-host", True),
        ("loopback", "bind", "any-host", False),
        ("ipc-path", "connect", "this-host", True),
        ("connects-only", "connect", "configurable", True),
        ("connects-only", "bind", "configurable", False),
        ("unknown", "bind", "any-host", False),
        ("unknown", "unknown", "unknown", True),
        ("unknown", "unknown", "this-host", True),
    ],
)
def test_reach_follows_the_bind(bind, role, reach, right):
    """Each kind of bind asks for one reach, connecting for the role, and an unknown bind for no confident claim."""
    assert reach_right(bind, changed(FINDING, endpoint=changed(ENDPOINT, role=role, reach=reach))) is right


def test_a_doubtful_claim_is_no_confident_one():
    """With confidence low, a claim about an unknown bind is not held against the tool."""
    assert reach_right("unknown", changed(FINDING, confidence="low"))


def test_no_endpoint_is_right_only_for_an_unknown_bind():
    """Saying nothing about who can reach a socket is wrong if reading tells."""
    silent = changed(FINDING, endpoint=None)

    assert reach_right("unknown", silent)
    assert not reach_right("wildcard", silent)


@pytest.mark.parametrize(
    ("auth", "effective", "said", "said_effective", "right"),
    [
        ("none", None, "none", False, True),
        ("none", None, "hmac", True, False),
        ("curve", "yes", "curve", True, True),
        ("curve", "yes", "curve", False, False),
        ("curve", "yes", "hmac", True, False),
        ("token", "opt-in", "token", False, True),
        ("token", "no: checked after the load", "token", True, False),
    ],
)
def test_authentication_is_right_if_its_effect_is(auth, effective, said, said_effective, right):
    """Effective authentication needs its kind; anything else must not be called effective."""
    label = changed(CASE, auth=auth, auth_effective=effective)

    assert auth_right(label, changed(ENDPOINT, authentication=said, effective=said_effective)) is right


def test_a_serious_finding_on_a_harmless_call_is_a_false_alarm():
    """High and critical count against the tool on safe, not-network and authenticated calls; low doesn't."""
    harmless = changed(CASE, verdict="not-network")
    (alarm,), (quiet,) = scored([harmless], [FINDING]), scored([harmless], [changed(FINDING, severity="low")])

    assert alarm.false_alarm
    assert not quiet.false_alarm


def test_an_off_host_claim_on_a_local_call_is_an_overclaim():
    """A serious finding with reach any-host claims that other hosts get there."""
    (answer,) = scored([changed(CASE, verdict="local-only")], [FINDING])

    assert answer.claimed_off_host
    assert not answer.off_host
