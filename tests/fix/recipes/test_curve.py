"""Both ends get CURVE: they run, strangers get nothing delivered, and the scan says that it is effective."""

import os
import subprocess
import sys

import msgspec
import pytest
import zmq

from gnomon.fix.recipes import curve
from tests.fix.recipes.programs import (
    CASES,
    DEADLINE_S,
    FOREIGN,
    Program,
    applied,
    found,
    free_port,
    read,
    tree_of,
    turned_away,
    written,
)  # fmt: skip
from tests.fix.recipes.test_sockets import SHAPES

CASES_OF_CURVE = (
    "push_pull",
    "req_rep",
    "factory",
    "router_dealer",
    "router_asyncio",
    "asyncio_pull",
    "pub_sub",
    "pair",
)


@pytest.fixture(scope="module", params=CASES_OF_CURVE)
def case(request):
    """(name, files, offer)."""
    files = read(CASES / "sockets" / request.param)
    findings, (channel,), sources = found(files)
    return request.param, files, curve.offer(channel, findings, sources)


def made_keys(folder, keys):
    """Keys by the command that the offer says, where the package has a module that is called as one of Python's."""
    shadow = folder / "types.py"
    shadow.write_text("raise ImportError\n")
    subprocess.run([sys.executable, "-I", "curve_sockets.py", str(keys)], cwd=folder, check=True, timeout=DEADLINE_S)
    shadow.unlink()
    return {"CURVE_KEYS": str(keys)}


def test_both_ends_run_and_strangers_are_turned_away(case, tmp_path):
    """The changed programs say what the flawed ones said, and who has no key reaches nobody."""
    name, files, offer = case
    kind, served, asked = SHAPES[name]
    assert "make keys with `python -I curve_sockets.py FOLDER`, once" in offer.afterwards
    folder, port = written(tmp_path / "program", applied(files, offer)), free_port()
    keys = made_keys(folder, tmp_path / "keys")

    with Program(folder, "server.py", port, keys) as server:
        assert turned_away(port, kind, [FOREIGN])
        assert server.running()
        with Program(folder, "client.py", port, keys) as client:
            if name == "pub_sub":
                heard = server.ended()
                assert (heard, client.ended()) == (served, asked)
            else:
                assert (client.ended(), server.ended()) == (asked, served)


def test_it_is_automatic_and_effective_to_the_scan(case):
    """Both ends are known; the findings left are notes, authenticated by CURVE."""
    _, files, offer = case
    assert (offer.standing, offer.why) == ("automatic", ())

    left, _, _ = found(applied(files, offer))
    told = {(item.severity, item.endpoint.authentication, item.endpoint.effective) for item in left if item.endpoint}

    assert told == {("note", "curve", True)}


def test_nothing_starts_without_keys(tmp_path):
    """A server whose keys are missing, or open to others, ends with a sentence that says what to do."""
    files = read(CASES / "sockets" / "push_pull")
    findings, (channel,), sources = found(files)
    folder = written(tmp_path / "program", applied(files, curve.offer(channel, findings, sources)))
    keys = made_keys(folder, tmp_path / "keys")

    def problem(environment):
        started = [sys.executable, "server.py"]
        known = {**os.environ, "PORT": str(free_port()), **environment}
        run = subprocess.run(
            started, cwd=folder, env=known, capture_output=True, text=True, timeout=DEADLINE_S, check=False
        )
        return run.returncode, run.stderr.strip().splitlines()[-1]

    code, missing = problem({})
    (tmp_path / "keys" / "server.key_secret").chmod(0o644)
    open_code, open_to_others = problem(keys)

    assert (code, open_code) == (1, 1)
    assert "CURVE_KEYS has to name the folder of keys" in missing
    assert "chmod 600" in open_to_others


def test_the_generated_tests_pass(tmp_path):
    """They run over real sockets, beside the module."""
    files = read(CASES / "sockets" / "push_pull")
    findings, (channel,), sources = found(files)
    offer = curve.offer(channel, findings, sources)
    patch = msgspec.structs.replace(offer.patch, sections=(*offer.patch.sections, *offer.tests))
    folder = written(tmp_path / "program", applied(files, msgspec.structs.replace(offer, patch=patch)))

    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_curve_sockets.py"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=3 * DEADLINE_S, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("server", "client", "why"),
    [
        ('socket.bind("inproc://jobs")', 'socket.connect("inproc://jobs")', "no CURVE over inproc://"),
        ('with socket.bind("tcp://*:5999"):\n    pass', 'socket.connect("tcp://h:5999")', "part of a larger statement"),
    ],
)
def test_what_stops_it_is_told(server, client, why):
    """An impossible change says why, with the place."""
    made = "import zmq\ncontext = zmq.Context()\nsocket = context.socket(zmq."
    files = {
        "server.py": f"{made}PULL)\n{server}\nprint(socket.recv_pyobj())\n",
        "client.py": f"{made}PUSH)\n{client}\nsocket.send_pyobj(1)\n",
    }
    assert tree_of(files)
    findings, (channel,), sources = found(files)

    offer = curve.offer(channel, findings, sources)

    assert offer.standing == "impossible"
    assert any(why in each and ".py:" in each for each in offer.why), offer.why


def test_a_stranger_with_the_servers_public_key_is_turned_away(tmp_path):
    """A key that is not on the list is none, though the handshake's cryptography is right."""
    files = read(CASES / "sockets" / "push_pull")
    findings, (channel,), sources = found(files)
    folder, port = written(tmp_path / "program", applied(files, curve.offer(channel, findings, sources))), free_port()
    keys = made_keys(folder, tmp_path / "keys")
    server_key, _ = zmq.auth.load_certificate(tmp_path / "keys" / "server.key")
    public, secret = zmq.curve_keypair()

    with Program(folder, "server.py", port, keys) as server:
        shown = {"curve_serverkey": server_key, "curve_publickey": public, "curve_secretkey": secret}
        assert turned_away(port, zmq.PUSH, [FOREIGN], shown)
        with Program(folder, "client.py", port, keys) as client:
            assert (client.ended(), server.ended()) == ("sent", "total 6 []")
