"""`gnomon probe`: what is asked, what is said, which exit code."""

import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from threading import Event
from time import monotonic

import pytest
import zmq

SERVER = """
import sys
import zmq

def serve():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://127.0.0.1:*")
    socket.bind(f"ipc://{sys.argv[1]}")
    print(socket.getsockopt(zmq.LAST_ENDPOINT) and "ready", flush=True)
    sys.stdin.read()
    while True:
        socket.recv_pyobj()

serve()
"""


@pytest.fixture
def ports():
    """One port each: open, CURVE, silent, closed."""
    with ExitStack() as stack:
        context = stack.enter_context(zmq.Context())
        opened, curve = (stack.enter_context(context.socket(zmq.PULL)) for _ in range(2))
        curve.curve_publickey, curve.curve_secretkey = zmq.curve_keypair()
        curve.curve_server = True
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        free = stack.enter_context(socket.socket())
        free.bind(("127.0.0.1", 0))
        yield {
            "open": opened.bind_to_random_port("tcp://127.0.0.1"),
            "protected": curve.bind_to_random_port("tcp://127.0.0.1"),
            "not-zeromq": silent.getsockname()[1],
            "closed": free.getsockname()[1],
        }


def listed(ports):
    """As an argument."""
    return f"127.0.0.1:{','.join(map(str, ports.values()))}"


def test_open_sockets_are_findings_and_the_rest_is_counted(gnomon, ports):
    """Exit code 1; a row for each that speaks ZeroMQ."""
    result = gnomon("probe", listed(ports), "--timeout", "0.3")

    assert (result.returncode, result.stderr) == (1, "")
    assert re.search(rf"127\.0\.0\.1 +{ports['open']} +PULL +NULL +open to anybody", result.stdout)
    assert re.search(rf"127\.0\.0\.1 +{ports['protected']} +- +CURVE +protected", result.stdout)
    assert (
        f"MEDIUM PULL socket at tcp://127.0.0.1:{ports['open']} lets in whoever connects (ZMTP 3.1, NULL)"
        in result.stdout
    )
    assert "1 open to anybody, 1 protected, 1 no ZeroMQ, 1 closed" in result.stdout


def test_nothing_open_is_clean(gnomon, ports):
    """A note is never a finding: exit code 0."""
    del ports["open"]

    assert gnomon("probe", listed(ports), "--timeout", "0.3").returncode == 0


def test_json_has_every_socket_with_all(gnomon, ports):
    """The verdict of each."""
    document = json.loads(gnomon("probe", listed(ports), "--all", "--format", "json", "--timeout", "0.3").stdout)

    assert {row["port"]: row["verdict"] for row in document["sockets"]} == {port: name for name, port in ports.items()}
    assert document["summary"]["asked"] == 4
    assert document["summary"]["complete"] is True


def test_csv_has_a_line_each(gnomon, ports):
    """With names above."""
    lines = list(csv.DictReader(io.StringIO(gnomon("probe", listed(ports), "--format", "csv").stdout)))

    assert [(line["verdict"], line["mechanism"]) for line in sorted(lines, key=lambda line: line["verdict"])] == [
        ("open", "NULL"),
        ("protected", "CURVE"),
    ]


def test_sarif_has_the_address_as_place(gnomon, ports):
    """An absolute URI."""
    document = json.loads(gnomon("probe", listed(ports), "--format", "sarif").stdout)

    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in document["runs"][0]["results"]
    }
    assert uris == {f"tcp://127.0.0.1:{ports[name]}" for name in ("open", "protected")}


def test_prometheus_replaces_its_file_at_once(gnomon, ports, tmp_path):
    """A reader that has the former file open keeps it whole; nothing else is left in the folder."""
    file = tmp_path / "gnomon.prom"
    file.write_text("former\n")
    with file.open() as reader:
        result = gnomon("probe", listed(ports), "--format", "prometheus", "--output", file)

        assert reader.read() == "former\n"
    assert result.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["gnomon.prom"]
    assert f'endpoint="tcp://127.0.0.1:{ports["open"]}"' in file.read_text()
    assert 'gnomon_probe_places{verdict="open"} 1\n' in file.read_text()


def test_passive_tells_who_speaks(gnomon, ports):
    """And not whom it lets in: unclear, with low confidence."""
    result = gnomon("probe", listed(ports), "--passive", "--format", "json", "--timeout", "0.3")

    findings = json.loads(result.stdout)["findings"]
    assert [(finding["severity"], finding["confidence"]) for finding in findings] == [("medium", "low")] * 2


@pytest.mark.parametrize(
    "target", ["8.8.8.8", "8.8.8.8:5555", "2001:4860:4860::8888", "10.0.0.0/7", "100.64.0.1", "[::ffff:8.8.8.8]:5555"]
)
def test_addresses_that_are_not_private_need_a_word(gnomon, target):
    """Nothing is asked: exit code 2, with what to add."""
    result = gnomon("probe", target)

    assert (result.returncode, result.stdout) == (2, "")
    assert "no private address" in result.stderr
    assert "--yes-i-own" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to probe was named"),
        (["127.0.0.1:0"], "names no ports"),
        (["0.0.0.0"], "no address of one host"),
        (["10.0.0.0/8"], "at most 65,536"),
        (["--local", "127.0.0.1"], "--local asks this host alone"),
        (["127.0.0.1", "--scan"], "--scan needs"),
        (["--targets", "none.txt"], "none.txt can't be read"),
        (["127.0.0.1", "--ports", "x"], "names no ports"),
    ],
)
def test_wrong_usage_says_what_to_type(gnomon, arguments, said):
    """Exit code 2."""
    result = gnomon("probe", *arguments)

    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert "\ntry: " in result.stderr


def test_a_name_without_an_address_is_incomplete(gnomon, ports):
    """The others are asked: exit code 4."""
    result = gnomon("probe", "no-such-host.invalid", f"localhost:{ports['open']}")

    assert result.returncode == 4
    assert "no-such-host.invalid: the name has no address" in result.stdout
    assert "lets in whoever connects" in result.stdout


def test_a_file_of_targets(gnomon, ports, tmp_path):
    """One a line, with comments; those without ports get --ports."""
    (tmp_path / "hosts").write_text(f"# mine\n127.0.0.1:{ports['open']}  # this\n\n127.0.0.0/30\n")

    result = gnomon("probe", "--targets", "hosts", "--ports", ports["open"], cwd=tmp_path)

    assert result.returncode == 1
    assert "2 places asked" in result.stdout


def test_resume_goes_on_where_it_was(gnomon, tmp_path):
    """A probe is killed in the middle; the next one asks what is missing: each place is once in the journal."""
    journal = tmp_path / "journal"
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(40)]
        ports = [each.getsockname()[1] for each in listening]
        target = f"127.0.0.1:{','.join(map(str, ports))}"
        arguments = [target, "--resume", str(journal), "--timeout", "0.2", "--concurrency", "4", "--format", "json"]
        process = subprocess.Popen([sys.executable, "-m", "gnomon", "probe", *arguments], stdout=subprocess.DEVNULL)
        finished = _lines(journal, at_least=9)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)

        result = gnomon("probe", *arguments)

    lines = journal.read_bytes().splitlines()
    assert len(finished) < 41
    assert lines[: len(finished)] == finished
    assert sorted(json.loads(line)["place"]["port"] for line in lines[1:]) == sorted(ports)
    assert json.loads(result.stdout)["summary"]["verdicts"] == {"not-zeromq": 40}


def _lines(journal, at_least):
    """The finished lines of a file that is being written, once there are so many; within 20 s."""
    deadline, pause = monotonic() + 20, Event()
    while monotonic() < deadline:
        lines = journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []
        if len(lines) >= at_least:
            return lines
        pause.wait(0.01)
    raise TimeoutError(f"{journal} has less than {at_least} lines")


@pytest.fixture
def vllm(tmp_path):
    """A process that runs a module of what is installed as vllm 0.8.4; its pid."""
    site = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    (site / "vllm").mkdir(parents=True)
    (site / "vllm-0.8.4.dist-info").mkdir()
    metadata = "Name: vllm\nVersion: 0.8.4\nRequires-Dist: pyzmq>=25\n"
    (site / "vllm-0.8.4.dist-info" / "METADATA").write_text(metadata)
    (site / "vllm" / "server.py").write_text(SERVER)
    process = subprocess.Popen(
        [sys.executable, site / "vllm" / "server.py", tmp_path / "x.ipc"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    yield process.pid
    process.kill()
    process.stdin.close()
    process.stdout.close()
    process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_local_names_process_framework_and_flaw(gnomon, vllm, tmp_path):
    """Both sockets of the server, its release, and the load in its code that they lead to."""
    result = gnomon("probe", "--local", "--scan", "--format", "json")

    document = json.loads(result.stdout)
    mine = [row for row in document["sockets"] if row["owner"] and row["owner"]["pid"] == vllm]
    assert {row["endpoint"].partition(":")[0] for row in mine} == {"tcp", "ipc"}
    assert {row["verdict"] for row in mine} == {"open"}
    assert {row["owner"]["framework"]["purl"] for row in mine} == {"pkg:pypi/vllm@0.8.4"}
    assert {row["owner"]["basis"] for row in mine} == {"observed"}
    messages = [finding["message"] for finding in document["findings"] if f"pid {vllm}" in finding["message"]]
    assert len(messages) == 2
    [joined] = [message for message in messages if "tcp://" in message]
    assert "; in its code `zmq.Socket.recv_pyobj` at server.py:12 loads what such a socket receives" in joined


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_gnomon_alone_connects_to_nothing(gnomon, vllm, tmp_path):
    """It lists the sockets, and the server's monitor would hear of a connection."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        listening.setblocking(False)

        lines = gnomon(cwd=tmp_path).stdout.splitlines()

        with pytest.raises(BlockingIOError):
            listening.accept()
    at = next(number for number, line in enumerate(lines) if line.startswith("this host: "))
    assert "none was connected to" in lines[at]
    assert lines[-1] == "  whom they let in: gnomon probe --local"
