"""Releases in the order of their versions -> what has changed: each of the cases of real histories, made small."""

from msgspec.structs import replace

from gnomon.core.lineage import State
from gnomon.core.watch import Change, Flaw
from gnomon.trace.changes import Examined, compared
from gnomon.trace.following import Seen
from gnomon.trace.held import Held
from gnomon.trace.strains import Release, Sighting
from tests.trace.code import SERVER, unit

QUEUE = unit(SERVER, "Queue.dequeue")
OTHER = unit(
    """
class Client:
    def ask(self, session, url):
        answer = session.post(url, data=self.question, timeout=3)
        answer.raise_for_status()
        return pickle.loads(answer.content)
""",
    "Client.ask",
)
FLAW = Flaw(
    rule="pickle-over-network",
    severity="critical",
    path="pkg/queue.py",
    line=40,
    qualname="Queue.dequeue",
    sink="pickle.loads",
    reach="any-host",
    authentication="none",
    transport="tcp",
    fingerprint="f1",
    code="return pickle.loads(data)",
    source=("pkg/queue.py", "data = self.socket.recv()"),
    opening=("pkg/queue.py", "self.socket.bind(address)"),
)


def seen(of=QUEUE, **changed) -> Seen:
    """The flaw, with some of it different."""
    return Seen(flaw=replace(FLAW, **changed), unit=of)


def held(of=QUEUE, path="pkg/queue.py", state: State | None = None, reason="") -> Held:
    """A function with a load, and what trace says of it."""
    sighting = state and Sighting(
        release=Release(project="pkg", label="2"), path=path, unit=of, state=state, reason=reason
    )
    return Held(path=path, unit=of, sighting=sighting or None)


def told(*releases: Examined) -> list[tuple[str, ...]]:
    """What is said of each release but the first: kinds and how."""
    return [
        tuple(" ".join(filter(None, (change.kind, change.how))) for change in each.changes)
        for each in compared(releases)[1:]
    ]


def release(label: str, *flaws: Seen, whole=True, holds=()) -> Examined:
    """One that was looked at."""
    return Examined(label=label, seen=flaws, whole=whole, held=tuple(holds))


def only(*releases: Examined) -> Change:
    """The one thing that is said of the last release."""
    (change,) = compared(releases)[-1].changes
    return change


def test_the_lowest_release_changes_nothing():
    """There is nothing to hold it against: it says what stands."""
    (first,) = compared([release("1", seen())])

    assert (first.against, first.changes, first.standing) == ("", (), (FLAW,))


def test_a_flaw_comes_goes_and_comes_back():
    """New once, fixed once, and reintroduced rather than new again."""
    answer = told(release("1"), release("2", seen()), release("3", seen()), release("4"), release("5", seen()))

    assert answer == [("new",), (), ("fixed removed",), ("reintroduced",)]


def test_what_moves_is_the_same():
    """Another file, another name, another line of the same function, a load that is wrapped: nothing has changed."""
    moves = (
        {"path": "pkg/core/queue.py", "line": 90},
        {"path": "pkg/core/ring.py", "qualname": "Ring.take", "fingerprint": "f2", "code": "x = pickle.loads(y)"},
        {"line": 99, "fingerprint": "f3", "code": "out = pickle.loads(frame.buffer)"},
        {"sink": "zmq.Socket.recv_pyobj", "fingerprint": "f4", "code": "return self.socket.recv_pyobj()"},
        {"qualname": "_decoded", "fingerprint": "f5"},
    )

    assert [told(release("1", seen()), release("2", seen(**moved))) for moved in moves] == [[()]] * len(moves)


def test_a_load_that_goes_into_a_function_of_the_file_is_followed():
    """Two calls that become one in what they call are neither fixed nor new (vllm 0.8.5, `MessageQueue.recv`)."""
    deeper = unit(
        "import pickle\nclass Queue:\n    def get(sock):\n        return pickle.loads(sock.recv().buffer)\n",
        "Queue.get",
    )
    caller = unit(
        "import pickle\nclass Queue:\n    def dequeue(self):\n        return Queue.get(self.s), pickle.loads(buf)\n",
        "Queue.dequeue",
    )
    one, other = seen(), seen(line=44, fingerprint="f2", code="x = pickle.loads(self.remote.recv())")
    moved = Seen(
        flaw=replace(
            FLAW,
            qualname="Queue.get",
            line=70,
            fingerprint="f9",
            code="return pickle.loads(recv.buffer)",
            source=("", ""),
            opening=("", ""),
        ),
        unit=deeper,
    )

    assert told(release("1", one, other), release("2", moved, holds=[held(caller), held(deeper)])) == [()]


def test_a_flaw_known_by_its_statements_is_the_one_that_scan_finds_in_it_later():
    """A class that is a copy of flawed code, and the load in it once that could be followed (sglang 0.4.6)."""
    stated = seen(of=None, rule="", sink="", qualname="Queue", fingerprint="", code="", severity="critical")

    assert told(release("1", stated), release("2", seen()), release("3", stated)) == [(), ()]


def test_a_second_load_beside_the_first_is_new():
    """A copy of the function does not hide behind the original."""
    copy = seen(path="pkg/copy.py", fingerprint="f2")

    assert only(release("1", seen()), release("2", seen(), copy)).flaw == copy.flaw


def test_a_narrower_address_is_better_and_no_fix():
    """The load is there all the same (lmdeploy 0.10.2)."""
    change = only(release("1", seen()), release("2", seen(severity="medium", reach="this-host")))

    assert (change.kind, change.how, change.sure) == ("better", "narrowed", True)
    assert change.note == "any-host before, this-host now"


def test_a_wider_address_is_worse():
    """From a loopback or a file to the network (sglang 0.4.3)."""
    local = seen(severity="medium", reach="this-host", transport="ipc")
    change = only(release("1", local), release("2", seen(severity="high", reach="configurable")))

    assert (change.kind, change.how, change.sure) == ("worse", "widened", True)


def test_what_may_be_how_far_an_address_was_followed_is_unsure():
    """An address that is computed in another way is no proof (vllm 0.8.0, whose address came to be handed over)."""
    change = only(
        release("1", seen(severity="medium", reach="this-host")),
        release("2", seen(severity="high", reach="configurable", transport="unknown")),
    )

    assert (change.kind, change.sure) == ("worse", False)


def test_authentication_fixes_and_its_loss_opens():
    """What is authenticated is a note; without it the flaw is back, or new if it never was open."""
    safe = seen(severity="note", authentication="hmac", effective=True)

    assert told(release("1", seen()), release("2", safe), release("3", safe), release("4", seen())) == [
        ("fixed authenticated",),
        (),
        ("reintroduced opened",),
    ]
    assert told(release("1", safe), release("2", seen())) == [("new opened",)]


def test_a_flag_makes_it_better():
    """Even while more can reach it, should the flag be set (vllm 0.9.0, `MsgpackDecoder.ext_hook`)."""
    text = "import pickle, zmq\nclass Queue:\n    def take(self, data):\n        return pickle.loads(data)\n"
    flagged = text.replace("return", "if envs.ALLOW_INSECURE_SERIALIZATION:\n            return")
    plain, gated = unit(text, "Queue.take"), unit(flagged, "Queue.take")
    before = seen(of=plain, line=4, severity="medium", reach="this-host")
    change = only(release("1", before), release("2", seen(of=gated, line=5, severity="high", reach="configurable")))

    assert (change.kind, change.how) == ("better", "gated")
    assert change.note == ("it is behind a flag now: look up its default; reach: this-host before, configurable now")


def test_how_it_was_fixed_is_told():
    """As its makers did; or the load is gone from its function, or the function with it."""
    known = held(QUEUE, state="fixed", reason="as in pkg 2: messages are JSON")
    other = unit(
        "class Queue:\n    def dequeue(self):\n        return json.loads(self.socket.recv())\n", "Queue.dequeue"
    )

    assert only(release("1", seen()), release("2", holds=[known])).note == "as in pkg 2: messages are JSON"
    assert only(release("1", seen()), release("2", holds=[held(other)])).note == "that load is gone from Queue.dequeue"
    assert "taken out, or what it may load is restricted" in only(release("1", seen()), release("2")).note


def test_another_load_in_its_place_is_no_fix():
    """One that scan could not follow may be as bad (`pickle` that became `torch.load`)."""
    other = unit(
        "import torch\nclass Queue:\n    def dequeue(self):\n        return torch.load(self.f)\n", "Queue.dequeue"
    )

    change = only(release("1", seen()), release("2", holds=[held(other)]))

    assert change.kind == "unseen"
    assert change.note.startswith("torch.load() is at pkg/queue.py:4")


def test_a_load_that_is_still_there_is_not_fixed():
    """Scan has lost its trail: that is told once, as what it is, and the flaw is not new when it is seen again."""
    answer = told(
        release("1", seen()), release("2", holds=[held()]), release("3", holds=[held()]), release("4", seen())
    )

    assert answer == [("unseen",), (), ()]


def test_a_load_that_was_there_unseen_is_perhaps_new():
    """It may have been wired up, or is only followed now: both are told."""
    change = only(release("1", holds=[held()]), release("2", seen()))

    assert (change.kind, change.sure) == ("new", False)
    assert "in 1, too" in change.note
    assert only(release("1"), release("2", seen())).sure


def test_loads_that_may_have_gone_into_a_helper_are_not_fixed():
    """Twenty calls became one in new code (sglang 0.5.15); what is new in another kind of channel is not it."""
    one = seen(of=None, kind="zmq")
    other = seen(of=None, kind="zmq", path="pkg/b.py", qualname="B.run", fingerprint="b", code="b", source=("", ""))
    helper = seen(
        of=OTHER, kind="zmq", path="pkg/io.py", qualname="received", line=7, fingerprint="h", code="h", source=("", ""),
        opening=("", ""),
    )  # fmt: skip
    moved = release("2", helper)

    answer = told(release("1", one, other), moved, replace(moved, label="3"))

    assert answer == [("new", "unseen moved", "unseen moved"), ()]
    assert "received (pkg/io.py:7)" in compared([release("1", one), moved])[1].changes[1].note
    http = Seen(flaw=replace(helper.flaw, kind="http"), unit=OTHER)
    assert told(release("1", one), release("2", http)) == [("new", "fixed removed")]


def test_a_release_that_was_not_read_whole_fixes_nothing():
    """What it does not show may be in what could not be read; the next whole one decides."""
    torn = release("2", whole=False)

    assert told(release("1", seen()), torn, replace(torn, label="3"), release("4")) == [
        ("unseen",),
        (),
        ("fixed removed",),
    ]
    assert told(release("1", seen()), torn, release("3", seen())) == [("unseen",), ()]


def test_a_patch_of_an_older_line_is_held_against_that_line():
    """0.9.5 came after 1.0 and repairs 0.9.4: that is no past of 1.0, and 1.1 is held against 1.0."""
    days = {"0.9.4": "2025-01-01", "0.9.5": "2025-02-02", "1.0": "2025-02-01", "1.1": "2025-03-01"}
    line = [release("0.9.4", seen()), release("0.9.5"), release("1.0", seen()), release("1.1", seen())]
    answer = compared([replace(each, date=days[each.label]) for each in line])

    assert [(each.label, each.against, [change.kind for change in each.changes]) for each in answer] == [
        ("0.9.4", "", []),
        ("0.9.5", "0.9.4", ["fixed"]),
        ("1.0", "0.9.4", []),
        ("1.1", "1.0", []),
    ]


def test_the_worst_comes_first_and_the_rest_is_counted():
    """Order of kinds, then of severity; what is as it was is a number."""
    low = seen(
        of=OTHER,
        path="pkg/a.py",
        qualname="a",
        severity="low",
        fingerprint="a",
        code="a",
        source=("", ""),
        opening=("", ""),
    )
    high = seen(
        of=None,
        path="pkg/b.py",
        qualname="b",
        severity="high",
        fingerprint="b",
        code="b",
        source=("", ""),
        opening=("", ""),
    )
    last = compared([release("1", seen()), release("2", low, high, seen())])[1]

    assert [change.flaw.path for change in last.changes] == ["pkg/b.py", "pkg/a.py"]
    assert last.unchanged == 1
