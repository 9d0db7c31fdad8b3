"""Whose a socket is: the framework is observed, inferred, or unknown."""

import pytest

from gnomon.probe.owner import Distribution, Package, Process, environment_of, owner_of

SITE = "/opt/venv/lib/python3.11/site-packages"
ZMQ = (f"{SITE}/zmq/backend/cython/_zmq.cpython-311-x86_64-linux-gnu.so", f"{SITE}/pyzmq.libs/libzmq-7b07.so.5.2.5")

SERVER = Distribution(
    name="some-server", version="1.2", modules=("server",), commands=("some-server",), uses_zeromq=True
)
OTHER = Distribution(name="other", version="2.0", modules=("other",), commands=("other",), uses_zeromq=True)
INSTALLED = (
    SERVER,
    Distribution(name="launcher", version="3", modules=("launcher",), commands=("launch",)),
    Distribution(name="pyzmq", version="27.1.0", modules=("zmq",)),
)


@pytest.mark.parametrize(
    ("arguments", "mapped", "name"),
    [
        (("/opt/venv/bin/python", "/opt/venv/bin/some-server", "serve"), ZMQ, "python"),
        (("python3", "-m", "server.entrypoints.api"), ZMQ, "python3"),
        (("SERVER::Engine",), ZMQ, "python3"),
        (("python3", "run.py"), (*ZMQ, f"{SITE}/server/_C.abi3.so"), "python3"),
        (("python3", f"{SITE}/server/cli/main.py"), ZMQ, "python3"),
        (("python3", "/opt/venv/bin/launch", "-m", "server.worker"), ZMQ, "python3"),
    ],
)
def test_what_a_process_runs_is_observed(arguments, mapped, name):
    """By its command, module, title or loaded libraries; a launcher gives way to what it starts."""
    process = Process(pid=7, name=name, arguments=arguments, mapped=mapped)

    owner = owner_of(process, environment_of(mapped, arguments), (*INSTALLED, OTHER))

    assert (owner.framework, owner.basis) == (
        Package(name="some-server", version="1.2", modules=("server",)),
        "observed",
    )
    assert owner.environment == SITE
    assert owner.words == f"some-server 1.2 ({name}, pid 7)"
    assert [(each.name, each.version) for each in owner.libraries] == [("pyzmq", "27.1.0"), ("libzmq", "4.3.5")]


def test_what_needs_no_zeromq_is_observed_too_if_it_is_what_was_started():
    """Metadata need not tell what a program imports."""
    process = Process(pid=7, name="x", arguments=("python3", "-m", "launcher"), mapped=ZMQ)

    assert owner_of(process, SITE, INSTALLED).words == "launcher 3 (x, pid 7)"


def test_the_only_one_that_requires_pyzmq_is_inferred():
    """If the process has ZeroMQ; with two of them nothing is said."""
    process = Process(pid=7, name="python3", arguments=("python3", "run.py"), mapped=ZMQ)

    one = owner_of(process, SITE, INSTALLED)
    two = owner_of(process, SITE, (*INSTALLED, OTHER))

    assert (one.basis, one.words) == ("inferred", "perhaps some-server 1.2 (python3, pid 7)")
    assert (two.basis, two.framework, two.words) == ("unknown", None, "python3 (pid 7)")


@pytest.mark.parametrize(
    ("library", "version", "loses"),
    [
        ("libzmq-1358af2c.so.5.2.2", "4.3.2", True),
        ("libzmq.so.5.2.3", "4.3.3", False),
        ("libzmq-0576c57a.so.5.0.2", "4.1", True),
        ("libzmq.so.5.1.5", "4.2.5", True),
        ("libzmq.so.3.0.0", "", False),
        ("libzmq.cpython-36m.so", "", False),
    ],
)
def test_old_releases_of_libzmq_are_known_by_their_number(library, version, loses):
    """Before 4.3.3 whoever connects is handed messages; of what is not known nothing is said."""
    owner = owner_of(Process(pid=7, name="x", mapped=(f"/usr/lib/{library}",)), "", ())

    assert owner.libraries == (Package(name="libzmq", version=version),)
    assert owner.loses_messages is loses
    assert owner.speaks_zeromq


def test_secrets_of_a_command_line_are_not_told():
    """Whether they follow their option or are joined to it."""
    arguments = ("vllm", "serve", "--api-key", "abc", "--hf-token=def", "--port", "8000", "--api-key", "--x")

    owner = owner_of(Process(pid=7, name="x", arguments=arguments), "", ())

    assert owner.command == "vllm serve --api-key … --hf-token=… --port 8000 --api-key --x"


def test_a_process_without_zeromq():
    """Is told apart."""
    assert not owner_of(Process(pid=7, name="sshd", mapped=("/usr/lib/libc.so.6",)), "", ()).speaks_zeromq
