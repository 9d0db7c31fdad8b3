"""Programs of two files over real sockets, changed in each style: they work, and strangers get nowhere."""

import pickle
import secrets
from pathlib import Path

import pytest
from msgspec.structs import replace

from gnomon.core.channel import Channel
from gnomon.core.patch import Offer, Style
from gnomon.core.shape import Plain, Record, Sequence, Shape
from gnomon.fix import regression
from gnomon.fix.recipes.payloads import STYLES, offer
from gnomon.wire.keys import Key
from gnomon.wire.keys import written as text_of
from tests.fix.flawed import SENDERS, fired, program
from tests.fix.programs import (
    Files,
    Process,
    changed,
    channel,
    dump,
    found,
    free_port,
    load,
    place,
    sources_of,
    written,
)

ENDS = {
    "zmq": (
        ("server.py", "socket.recv_pyobj()", "zmq.Socket.recv_pyobj"),
        ("client.py", "socket.send_pyobj(Job(sys.argv[1], [1, 2]), flags=0, protocol=4)", "zmq.Socket.send_pyobj"),
    ),
    "tcp": (
        ("server.py", "pickle.loads(message)", "pickle.loads"),
        ("client.py", "pickle.dumps(Job(name, [1, 2]))", "pickle.dumps"),
    ),
    "http": (("server.py", "pickle.loads(body)", "pickle.loads"), ("client.py", "pickle.dumps(job)", "pickle.dumps")),
}
TRANSPORTS = tuple(ENDS)


def job(files: Files) -> Shape:
    """What clients send."""
    return Record(
        kind="dataclass",
        site=place(files, "jobs.py", "class Job:"),
        qualname="Job",
        fields=(("name", Plain(type="str")), ("counts", Sequence(kind="list", element=Plain(type="int")))),
    )


def ends(files: Files, transport: str, **told: object) -> Channel:
    """The channel between client and server."""
    loads, dumps = ENDS[transport]
    return channel([load(files, *loads)], [dump(files, *dumps, shape=job(files))], **told)


def offered(files: Files, transport: str, style: Style, **told: object) -> Offer:
    """The offer for the program."""
    return offer(ends(files, transport, **told), tuple(found(files)), sources_of(files), style)


def signed_elsewhere(folder: Path, **environment: str) -> bytes:
    """A message that a client of the changed program would send."""
    code = "from jobs import Job; from signed_pickle import dumps; print(dumps(Job('x', [])).hex())"
    with Process(folder, "-c", code, **environment) as process:
        return bytes.fromhex(process.ended())


def run(folder: Path, transport: str, port: int, bad: list[bytes], **environment: str) -> list[str]:
    """What the server prints for a client, then for each of the bad messages, then for a client again."""
    with Process(folder, "server.py", **environment) as server:
        said = [server.line()]
        with Process(folder, "client.py", "first", **environment) as client:
            client.ended()
        said.append(server.line())
        for message in bad:
            SENDERS[transport](port, message)
            said.append(server.line())
        with Process(folder, "client.py", "second", **environment) as client:
            client.ended()
        said.append(server.line())
    return said


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_program_is_flawed_before(transport, tmp_path):
    """A stranger's pickle is run: that nothing is, after the change, proves something."""
    port = free_port()
    files = program(transport, port)
    written(files, tmp_path)

    assert [item.rule for item in found(files)] == ["pickle-over-network"]
    with Process(tmp_path, "server.py") as server:
        assert server.line() == "ready"
        SENDERS[transport](port, fired())
        assert server.line() == "FIRED"


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_signed_pickles_work_and_all_others_are_refused(transport, tmp_path):
    """Client and server share a key; what is unsigned, changed, cut, or signed with another key runs nothing."""
    port = free_port()
    files = program(transport, port)
    made = offered(files, transport, "hmac")
    after = changed(files, made)
    folder = written(after, tmp_path)
    ours, theirs = ({"SIGNED_PICKLE_KEY": secrets.token_hex(32)} for _ in range(2))
    good = signed_elsewhere(folder, **ours)
    bad = [
        fired(),
        b"",
        good[:-1],
        good + b"\0",
        good[:80] + bytes([good[80] ^ 1]) + good[81:],
        signed_elsewhere(folder, **theirs),
        good[: -len(fired())] + fired(),
    ]
    said = run(folder, transport, port, bad[:1] + bad[2:] if transport == "http" else bad, **ours)

    assert made.standing == "automatic"
    assert said[0] == "ready"
    assert [said[1], said[-1]] == ["first 3", "second 3"]
    assert set(said[2:-1]) == {"refused"}
    assert [(item.severity, item.endpoint.authentication) for item in found(after)] == [("note", "hmac")]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_listed_names_are_loaded_and_no_others(transport, tmp_path):
    """The client stays as it was; the server finds the class that it sends, and nothing a stranger asks for."""
    port = free_port()
    files = program(transport, port)
    made = offered(files, transport, "restrict")
    after = changed(files, made)
    said = run(written(after, tmp_path), transport, port, [fired(), pickle.dumps(print), b"x"])

    assert made.standing == "automatic"
    assert after["client.py"] == files["client.py"]
    assert said == ["ready", "first 3", "refused", "refused", "refused", "second 3"]
    assert found(after) == []


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("style", ["msgspec", "json", "wire"])
def test_typed_messages_work_and_pickles_are_refused(style, transport, tmp_path):
    """What arrives is data of the declared type, or refused; scan has nothing left to say."""
    port = free_port()
    files = program(transport, port)
    made = offered(files, transport, style)
    after = changed(files, made)
    key = "" if style != "wire" else new_key()
    said = run(written(after, tmp_path), transport, port, [fired(), pickle.dumps({"name": 1}), b"[]"], GNOMON_KEYS=key)

    assert made.standing == "automatic"
    assert said == ["ready", "first 3", "refused", "refused", "refused", "second 3"]
    assert found(after) == []


def new_key() -> str:
    """A ring of one key, as GNOMON_KEYS has it."""
    return text_of(Key.new())


@pytest.mark.parametrize("style", STYLES)
def test_the_tests_that_come_along_pass_after_the_change_and_fail_without_it(style, tmp_path):
    """Round trips, strangers, and the call that must not come back."""
    files = program("zmq", 5557)
    made = regression.tested(offered(files, "zmq", style), ends(files, "zmq").loads, sources_of(files))
    whole = replace(made, patch=replace(made.patch, sections=(*made.patch.sections, *made.tests)))
    after = changed(files, whole)
    folder = written(after, tmp_path)
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "-W", "error")

    assert made.tests
    with Process(folder, *command) as good:
        assert " passed" in good.ended()
    (folder / "server.py").write_text(files["server.py"])
    with Process(folder, *command) as bad, pytest.raises(AssertionError, match="1 failed"):
        bad.ended()
