"""Whose a socket is: the framework is observed, inferred, or unknown."""

import pytest

from gnomon.probe.owner import Package, Process, environment_of, owner_of

SITE = "/opt/venv/lib/python3.11/site-packages"
ZMQ = (f"{SITE}/zmq/backend/cython/_zmq.cpython-311-x86_64-linux-gnu.so", f"{SITE}/pyzmq.libs/libzmq-7b07.so.5.2.5")


@pytest.mark.parametrize(
    ("arguments", "mapped", "name"),
    [
        (("/opt/venv/bin/python", "/opt/venv/bin/vllm", "serve"), ZMQ, "python"),
        (("python3", "-m", "vllm.entrypoints.openai.api_server"), ZMQ, "python3"),
        (("VLLM::EngineCore",), ZMQ, "python3"),
        (("python3", "server.py"), (*ZMQ, f"{SITE}/vllm/_C.abi3.so"), "python3"),
        (("python3", f"{SITE}/vllm/entrypoints/cli/main.py"), ZMQ, "python3"),
    ],
)
def test_a_framework_that_is_run_is_observed(arguments, mapped, name):
    """By its command, module, title or loaded libraries; the version is the installed one."""
    process = Process(pid=7, name=name, arguments=arguments, mapped=mapped)

    owner = owner_of(process, environment_of(mapped, arguments), {"vllm": "0.8.4", "ray": "2.40.0", "pyzmq": "27.1.0"})

    assert (owner.framework, owner.basis) == (Package(name="vllm", version="0.8.4"), "observed")
    assert owner.environment == SITE
    assert owner.words == f"vllm 0.8.4 ({name}, pid 7)"
    assert owner.libraries == (Package(name="pyzmq", version="27.1.0"), Package(name="libzmq", version="4.3.5"))


def test_the_only_framework_of_the_environment_is_inferred():
    """If the process has ZeroMQ; with two of them nothing is said."""
    process = Process(pid=7, name="python3", arguments=("python3", "server.py"), mapped=ZMQ)

    one = owner_of(process, SITE, {"sglang": "0.4.1"})
    two = owner_of(process, SITE, {"sglang": "0.4.1", "vllm": "0.8.4"})

    assert (one.basis, one.words) == ("inferred", "perhaps sglang 0.4.1 (python3, pid 7)")
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
    owner = owner_of(Process(pid=7, name="x", mapped=(f"/usr/lib/{library}",)), "", {})

    assert owner.libraries == (Package(name="libzmq", version=version),)
    assert owner.loses_messages is loses
    assert owner.speaks_zeromq


def test_secrets_of_a_command_line_are_not_told():
    """Whether they follow their option or are joined to it."""
    arguments = ("vllm", "serve", "--api-key", "abc", "--hf-token=def", "--port", "8000", "--api-key", "--x")

    owner = owner_of(Process(pid=7, name="x", arguments=arguments), "", {})

    assert owner.command == "vllm serve --api-key … --hf-token=… --port 8000 --api-key --x"


def test_a_process_without_zeromq():
    """Is told apart."""
    assert not owner_of(Process(pid=7, name="sshd", mapped=("/usr/lib/libc.so.6",)), "", {}).speaks_zeromq
