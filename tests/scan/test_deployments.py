"""What the engine makes of deployment files: evidence, escape hatches, and what it says of files that can't be read."""

import pytest

from gnomon.core.endpoint import Decider
from gnomon.core.finding import Finding, Skipped
from gnomon.core.severity import Severity
from gnomon.core.tree import DeploymentFile, SourceFile, Tree
from gnomon.deployment.facts import Variable
from gnomon.knowledge.load import load
from gnomon.scan.deployments import resolved
from gnomon.scan.detect import findings

WORKER = b"""
import argparse, pickle, zmq

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="127.0.0.1")
options = parser.parse_args()
sock = zmq.Context().socket(zmq.PULL)
sock.bind(f"tcp://{options.host}:5557")
pickle.loads(sock.recv())
"""
LITERAL = b"""
import pickle, zmq

sock = zmq.Context().socket(zmq.PULL)
sock.bind("tcp://*:5557")
pickle.loads(sock.recv())
"""
BROKEN = b"services:\n  a: [%s\n"


def _answers(source: bytes, **files: bytes) -> tuple[list[Finding], list[Skipped]]:
    sources = (SourceFile(path="worker.py", data=source),) if source else ()
    deployments = tuple(DeploymentFile(path=path, data=data) for path, data in sorted(files.items()))
    answers = tuple(findings(Tree(target="app", files=sources, deployments=deployments), load()))
    return (
        [answer for answer in answers if isinstance(answer, Finding)],
        [answer for answer in answers if isinstance(answer, Skipped)],
    )


def _notes(finding: Finding) -> list[str]:
    assert finding.endpoint is not None
    return [
        f"{item.basis} {item.site.path}:{item.site.line} {item.note}"
        for item in finding.endpoint.evidence
        if item.site is not None and item.site.path != "worker.py"
    ]


def test_a_widened_reach_names_the_line_that_widens_it():
    """The evidence quotes the setting and its line, and severity follows the wider reach."""
    (finding,), skipped = _answers(WORKER, Dockerfile=b'FROM a\nCMD ["python", "worker.py", "--host", "0.0.0.0"]\n')

    assert finding.severity is Severity.CRITICAL
    assert finding.endpoint is not None
    assert finding.endpoint.decided_by == (Decider(kind="option", name="--host", path="worker.py"),)
    assert _notes(finding) == [
        "inferred Dockerfile:2 this deployment sets `--host 0.0.0.0`: 0.0.0.0 listens on every interface"
    ]
    assert "any host can reach it" in finding.message
    assert skipped == []


@pytest.mark.parametrize("value", ["0.0.0.0", "*", "::", "[::]", "10.0.0.5", "0.0.0.0:5557", "tcp://*:5557"])
def test_each_way_of_writing_a_wide_address_widens(value):
    """Wildcards and numeric addresses, with or without scheme and port."""
    (finding,), _ = _answers(WORKER, Dockerfile=b"FROM a\nCMD python worker.py --host '%s'\n" % value.encode())

    assert finding.severity is Severity.CRITICAL


def test_the_fingerprint_is_that_of_the_code_alone():
    """A deployment file beside the code makes no new finding of an old one."""
    (alone,), _ = _answers(WORKER)
    (deployed,), _ = _answers(WORKER, Dockerfile=b"FROM a\nCMD python worker.py --host 0.0.0.0\n")

    assert alone.severity is Severity.HIGH
    assert alone.fingerprint == deployed.fingerprint


@pytest.mark.parametrize(
    ("dockerfile", "note"),
    [
        (
            b"CMD python worker.py --host 127.0.0.1",
            "127.0.0.1 is the loopback interface; another may set something else",
        ),
        (b"CMD python worker.py --host $POD_IP", "this deployment sets `--host $POD_IP`"),
        (b"CMD other --host 0.0.0.0", "`--host 0.0.0.0` is set here, but perhaps for another program"),
        (b"CMD python worker.py --host " + b"x" * 5_000, "this deployment sets `--host " + "x" * 80 + "…`"),
        (b"CMD python worker.py --host 0.0.0.0 --host ::1", "[::1] is the loopback interface"),
        (b"CMD python worker.py --host eth0", "this deployment sets `--host eth0`"),
        (b"CMD python worker.py --host settings.yaml", "this deployment sets `--host settings.yaml`"),
        (b"CMD python worker.py --host 8000", "this deployment sets `--host 8000`"),
    ],
)
def test_what_does_not_widen_is_shown_and_changes_nothing(dockerfile, note):
    """Loopback, values known only at run time and other programs leave reach and severity as the code has them."""
    (finding,), _ = _answers(WORKER, Dockerfile=b"FROM a\n" + dockerfile)

    assert finding.severity is Severity.HIGH
    assert finding.endpoint is not None
    assert finding.endpoint.reach == "configurable"
    assert note in _notes(finding)[0]


def test_published_ports_are_shown_for_the_port_that_is_bound():
    """Only the endpoint's own port counts, and a narrow one lowers nothing."""
    service = b"command: python worker.py\n    network_mode: host\n    ports: [1:1, '127.0.0.1:5557:5557']\n"
    compose = b"services:\n  a:\n    " + service

    (finding,), _ = _answers(LITERAL, **{"compose.yaml": compose})

    assert finding.severity is Severity.CRITICAL
    assert _notes(finding) == [
        "inferred compose.yaml:4 the container shares its host's network: what it binds, it binds on the host",
        "inferred compose.yaml:5 port 5557 of the container is published on the host's loopback interface only",
    ]


def test_a_broken_file_is_listed_if_it_names_what_decides():
    """A compose file that is no YAML and speaks of the option could have widened the reach: the scan is incomplete."""
    _, skipped = _answers(WORKER, **{"compose.yaml": BROKEN % b"--host"})

    assert skipped == [Skipped(path="compose.yaml", reason="not YAML at line 3")]


@pytest.mark.parametrize(
    ("source", "broken"),
    [
        (WORKER, BROKEN % b"--port"),
        (LITERAL, BROKEN % b"5557"),
        (b"", BROKEN % b"anything"),
    ],
)
def test_a_broken_file_that_no_question_needs_is_not_listed(source, broken):
    """Nothing is missing without a file that could not have changed a verdict."""
    _, skipped = _answers(source, **{"compose.yaml": broken})

    assert skipped == []


def test_a_broken_file_with_an_escape_hatch_is_listed():
    """A variable that opens a hatch, in a file that can't be read, is not passed over."""
    found, skipped = _answers(b"", **{"compose.yaml": BROKEN % b"VLLM_ALLOW_INSECURE_SERIALIZATION=1"})

    assert found == []
    assert [entry.path for entry in skipped] == ["compose.yaml"]


def test_a_template_makes_no_scan_incomplete():
    """A chart's template is read as far as it goes, even one that never becomes YAML."""
    template = b"spec:\n{{- if .x }} : [\n  - --host\n  - 0.0.0.0\n\t{{ end }}\n"

    (finding,), skipped = _answers(WORKER, **{"chart/templates/a.yaml": template})

    assert finding.severity is Severity.HIGH
    assert skipped == []


def test_an_escape_hatch_is_a_finding_without_any_python():
    """The line that sets the variable is the site; each line counts once."""
    (finding,), _ = _answers(b"", Dockerfile=b"FROM a\nENV VLLM_ALLOW_INSECURE_SERIALIZATION=1\n")

    assert (finding.rule, finding.site.path, finding.site.line) == ("deserialization-escape-hatch", "Dockerfile", 2)
    assert finding.site.code == "ENV VLLM_ALLOW_INSECURE_SERIALIZATION=1"
    assert len(finding.fingerprint) == 32


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("0.0.0.0", "0.0.0.0"),
        ("'0.0.0.0'", "0.0.0.0"),
        ("${A:-0.0.0.0}", "0.0.0.0"),
        ("${B}:5557", "10.0.0.1:5557"),
        ("$(B)", "10.0.0.1"),
        ("$B", "10.0.0.1"),
        ("$C", ""),
        ("${A}", ""),
        ("a $ b", ""),
        ("__template__", ""),
        ("x" * 2_000, ""),
        ("${D}", ""),
    ],
)
def test_references_are_put_in_as_far_as_the_file_tells(value, known):
    """Defaults count, other variables of the container too; what is only known at run time is no value."""
    variables = (Variable("B", "10.0.0.1", 1), Variable("D", "${D}", 2))

    assert resolved(value, variables, "A") == known
