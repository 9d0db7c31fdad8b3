"""A channel meets at a path or at one interface after the edit: its ends talk, and who is left out is told."""

from pathlib import Path

import pytest

from gnomon.core.patch import Offer
from gnomon.fix.narrowing import narrowing
from gnomon.fix.offers import Wanted, offers
from gnomon.fix.sources import Sources
from gnomon.scan.ends import channels
from tests.fix.programs import Process, changed, free_port, written
from tests.fix.scanned import found, knowledge, tree

SERVER = """\
import zmq


def main(port=$PORT):
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind(f"tcp://*:{port}")
    print("ready")
    print(socket.recv_pyobj())


if __name__ == "__main__":
    main()
"""
CLIENT = """\
import zmq


def main(port=$PORT):
    context = zmq.Context()
    socket = context.socket(zmq.PUSH)
    socket.connect(f"tcp://127.0.0.1:{port}")
    socket.send_pyobj("hello")
    context.destroy(linger=5000)


if __name__ == "__main__":
    main()
"""


def programs(port: int = 5555) -> dict[str, str]:
    """Both ends."""
    return {"server.py": SERVER.replace("$PORT", str(port)), "client.py": CLIENT.replace("$PORT", str(port))}


def narrowed(files: dict[str, str], where: str) -> list[Offer]:
    """The offers that change where the ends are."""
    target = tree(files)
    findings = found(target)
    wanted = Wanted(style="hmac", endpoint=narrowing(where))
    made = offers(findings, channels(target, knowledge(), findings), Sources(target), wanted)
    return [each for each in made if each.recipe == "endpoint"]


def said(files: dict[str, str], folder: Path) -> str:
    """What the server prints that the client sent."""
    with Process(written(files, folder), "server.py") as server:
        assert server.line() == "ready"
        with Process(folder, "client.py") as client:
            client.ended()
        return server.line()


def test_both_ends_meet_at_the_path(tmp_path: Path) -> None:
    """The message arrives through a socket in a folder of mode 700, and scan sees that no other host reaches it."""
    path = tmp_path / "own" / "worker.sock"
    files = programs()
    (offer,) = narrowed(files, f"ipc:{path}")
    after = changed(files, offer)

    assert offer.standing == "suggested"
    assert any("another host can't connect" in clause for clause in offer.why)
    assert said(after, tmp_path / "program") == "hello"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    endpoints = {each.endpoint for each in found(tree(after)) if each.endpoint is not None}
    assert {(each.transport, each.reach) for each in endpoints} == {("ipc", "this-host")}


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    """The end that binds does not start in somebody else's folder."""
    (tmp_path / "open").mkdir(mode=0o755)
    files = programs()
    (offer,) = narrowed(files, f"ipc:{tmp_path}/open/worker.sock")

    with (
        Process(written(changed(files, offer), tmp_path / "program"), "server.py") as server,
        pytest.raises(AssertionError, match="PermissionError"),
    ):
        server.ended()


def test_a_missing_end_is_named() -> None:
    """Without the other end the one that is there changes, and the suggestion says which has to follow."""
    (alone,) = narrowed({"server.py": programs()["server.py"]}, "ipc:/run/worker/a.sock")
    (lost,) = narrowed({"server.py": programs()["server.py"].replace("bind", "connect")}, "ipc:/run/worker/a.sock")

    assert alone.standing == "suggested"
    assert any("the end that connects was not found" in clause for clause in alone.why)
    assert lost.standing == "impossible"
    assert any("the end that binds was not found" in clause for clause in lost.why)


def test_one_path_is_one_sockets() -> None:
    """Several channels can't meet at one path: one has to be named."""
    files = programs() | {f"other/{name}": text for name, text in programs(6666).items()}
    made = narrowed(files, "ipc:/run/worker/a.sock")

    assert len(made) == 2
    assert all(each.standing == "impossible" and "2 channels" in each.why[0] for each in made)


def test_an_interface_by_name_works(tmp_path: Path) -> None:
    """A ZeroMQ socket binds to the interface that is named; the report says that this narrows, and removes nothing."""
    files = programs(free_port())
    (offer,) = narrowed(files, "interface:lo")
    after = changed(files, offer)

    assert 'f"tcp://lo:{port}"' in after["server.py"]
    assert any("narrows" in clause and "removes nothing" in clause for clause in offer.why)
    assert any("client.py:7 connects to an address of lo" in sentence for sentence in offer.afterwards)
    assert said(after, tmp_path) == "hello"


IPV6 = programs()["server.py"].replace("socket.bind", "socket.setsockopt(zmq.IPV6, 1)\n    socket.bind")


@pytest.mark.parametrize(
    ("server", "where", "result"),
    [
        (programs()["server.py"], "interface:192.0.2.7", 'f"tcp://192.0.2.7:{port}"'),
        (IPV6, "interface:fd00::1", 'f"tcp://[fd00::1]:{port}"'),
        (IPV6.replace("*", "[::]"), "interface:fd00::1", 'f"tcp://[fd00::1]:{port}"'),
        (IPV6.replace("*", "[::]"), "interface:eth0", 'f"tcp://eth0:{port}"'),
        (programs()["server.py"], "interface:fd00::1", "nothing in server.py switches IPv6 on"),
        (IPV6.replace("*", "[::]"), "interface:192.0.2.7", "give the interface's IPv6 address"),
    ],
)
def test_families_are_kept(server: str, where: str, result: str) -> None:
    """An address has brackets where it needs them, and one of the other family is refused with the reason."""
    (offer,) = narrowed({"server.py": server}, where)
    pieces = [piece for each in offer.patch.replacements for piece in each.pieces]

    assert result in pieces or any(result in clause for clause in offer.why)


def test_only_zeromq_takes_a_name() -> None:
    """A plain socket needs the interface's address."""
    server = (
        "import pickle\nimport socket\n\n\ndef main():\n    s = socket.socket()\n    s.bind(('0.0.0.0', 5555))\n"
        "    s.listen()\n    link, _ = s.accept()\n    return pickle.loads(link.recv(99))\n"
    )
    (named,) = narrowed({"server.py": server}, "interface:eth0")
    (addressed,) = narrowed({"server.py": server}, "interface:192.0.2.7")
    (path,) = narrowed({"server.py": server}, "ipc:/run/worker/a.sock")

    assert named.standing == "impossible"
    assert [each.pieces for each in addressed.patch.replacements] == [("'192.0.2.7'",)]
    assert path.standing == "impossible"
