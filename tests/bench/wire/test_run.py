"""A round measures what it says, for every way and pattern, over real sockets."""

import pytest
import zmq

from bench.wire import results, run
from bench.wire.messages import MESSAGES, Count
from bench.wire.patterns import PATTERNS, Half
from bench.wire.ways import ways


@pytest.mark.parametrize("way", list(ways()))
@pytest.mark.parametrize("pattern", list(PATTERNS))
def test_every_way_goes_in_every_pattern(way, pattern):
    """A round has a rate, processor time and a latency for each message that was timed."""
    found = run._round(pattern, "ipc", "small arrays", way, 0.005)

    assert found.per_s > 0
    assert found.cpu_us >= 0
    assert len(found.latencies_us) >= 3
    assert min(found.latencies_us) > 0


@pytest.mark.parametrize("message", list(MESSAGES))
def test_every_message_arrives_whole(message, tmp_path):
    """Each way hands over what was sent, equal to it: nobody is fast by losing something."""
    made = MESSAGES[message][0]()
    for number, (_, way) in enumerate(ways().items()):
        receiver, endpoint = way(zmq.PULL, f"ipc://{_private(tmp_path)}/{number}", type(made))
        sender, _ = way(zmq.PUSH, endpoint, type(made))
        try:
            sender.send(made)
            arrived = receiver.receive()
        finally:
            sender.close()
            receiver.close()

        assert _plain(arrived) == _plain(made)


def test_latencies_of_pushed_messages_are_from_leaving_to_coming():
    """Both ends' moments are subtracted; the rate is the receiver's, the processor time both ends'."""
    first = Half(cpu_s=2e-6, moments=(1_000, 5_000))
    second = Half(cpu_s=3e-6, per_s=100.0, moments=(4_000, 6_000))

    assert run._joined(first, second) == run.Round(100.0, pytest.approx(5.0), (3.0, 1.0))


def test_a_share_leaves_some_of_everything():
    """However small the share, some messages are sent, and as many are under way."""
    assert Count(1_000, 10, 10, 10, in_flight=4).scaled(0.01) == Count(10, 3, 3, 3, in_flight=4)


def test_a_short_run_is_kept(tmp_path, capsys):
    """What is measured can be read back; names that there are not are told."""
    out = tmp_path / "run.json"
    arguments = ["--rounds", "2", "--share", "0.005", "--patterns", "REQ/REP", "--transports", "tcp"]

    assert run.main([*arguments, "--messages", "control", "--ways", "curve", "--json", str(out)]) == 0
    kept = results.read(out)
    assert [(one.way, len(one.rates)) for one in kept.measured] == [("send_pyobj", 2), ("curve", 2)]
    assert kept.ratio("REQ/REP", "tcp", "control", "curve") > 0
    with pytest.raises(SystemExit):
        run.main(["--messages", "gossip"])
    assert "no gossip here; there are: control, request" in capsys.readouterr().err


def test_a_failure_is_told_with_what_was_measured(monkeypatch, capsys, tmp_path):
    """A way that fails ends the run with its name and the reason, and keeps nothing."""
    out = tmp_path / "run.json"
    monkeypatch.setattr(run, "DEADLINE_S", 0.0)

    assert run.main(["--messages", "control", "--json", str(out)]) == 1
    assert "send_pyobj, control, PUSH/PULL over tcp: not done after 0 s" in capsys.readouterr().out
    assert not out.exists()


def _private(folder):
    folder.chmod(0o700)
    return folder


def _plain(value):
    """The message as values that `==` can compare."""
    if isinstance(value, memoryview):  # token ids as a sequence
        return value.tolist()
    if hasattr(value, "tolist"):
        return value.dtype.str, value.tolist()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    fields = getattr(value, "__struct_fields__", None) or getattr(value, "__dataclass_fields__", None)
    return {name: _plain(getattr(value, name)) for name in fields} if fields else value
