"""What `--endpoint` takes: a path that a folder of one user's can hold, or an interface by name or address."""

import pytest

from gnomon.core.errors import GnomonError
from gnomon.fix.narrowing import LONGEST, Narrowing, narrowing


def test_forms() -> None:
    """Each form is told apart, and an address says its family."""
    path = "/run/worker/" + "x" * (LONGEST - len("/run/worker/"))

    assert narrowing("loopback") == Narrowing(asked=True)
    assert narrowing("ipc:/run/worker/a.sock").value == "/run/worker/a.sock"
    assert narrowing("ipc:///run/worker/a.sock").value == "/run/worker/a.sock"
    assert narrowing(f"ipc:{path}").value == path
    assert [narrowing(f"interface:{name}").family for name in ("eth0", "192.0.2.7", "fd00::1", "[fd00::1]")] == [
        "",
        "4",
        "6",
        "6",
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("nowhere", "says not where"),
        ("ipc:", "says not where"),
        ("ipc:worker.sock", "no absolute path"),
        ("ipc:/run/../etc/a", "no absolute path"),
        ("ipc:/run/a\n/b", "no absolute path"),
        ("ipc:/tmp/worker.sock", "everybody's"),
        (f"ipc:/run/worker/{'x' * 107}", "at most 107"),
        ("interface:eth0/1", "neither"),
        ("interface:0.0.0.0", "neither"),
        ("interface:::", "neither"),
        ("interface:a-name-that-is-too-long", "neither"),
    ],
)
def test_mistakes(text: str, word: str) -> None:
    """What can't be bound to, or would be open to others, is refused with what to type instead."""
    with pytest.raises(GnomonError, match=word) as told:
        narrowing(text)

    assert told.value.remedy
