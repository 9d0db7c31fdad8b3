"""A copy is found, and called by its state."""

import pytest
from msgspec.structs import replace

from gnomon.core.signature import Origin
from gnomon.trace.copies import copies
from gnomon.trace.learning import Chosen, Draft, Repaired, learned
from gnomon.trace.pack import Pack
from gnomon.trace.state import Reported
from tests.trace.code import SERVER, place, unit

LOOPBACK = SERVER.replace("tcp://*", "tcp://127.0.0.1")
JSON = SERVER.replace("import pickle", "import json").replace("pickle.loads(body.buffer)", "json.loads(bytes(body))")
GATED = SERVER.replace(
    "        value = pickle.loads(body.buffer)\n",
    "        if envs.ALLOW_INSECURE:\n            value = pickle.loads(body.buffer)\n",
).replace("import pickle", "import pickle\nfrom . import envs")
MOVED = (
    SERVER.replace("pickle.loads(body.buffer)", "take_apart(body)")
    + "\n\ndef take_apart(body):\n    return pickle.loads(body.buffer)\n"
)
RENAMED = (
    SERVER.replace("class Queue", "class Broadcaster")
    .replace("def dequeue", "def take")
    .replace("framework.logger", "other.log")
    .replace("counter", "number")
)


def signature(repairs=()):
    """Of the queue, as if two releases had been read."""
    chosen = [
        Chosen("framework/queue.py", unit(SERVER, "Queue.dequeue"), "sink"),
        Chosen("framework/queue.py", unit(SERVER, "Queue.__init__"), "endpoint"),
    ]
    origin = Origin(project="framework", release="1.0", repository="maker/framework")
    draft = Draft(id="framework-queue", title="a queue", explanation="it loads", origin=origin)
    return learned(draft, chosen, [repaired(*each) for each in repairs])


def repaired(kind, text):
    """A release after a repair."""
    return Repaired(kind=kind, release="2.0", date="", note="as they did it", places=(place(text),))


def found(text, repairs=(), **more):
    """What is found in another project's file of that text."""
    return copies(Pack([signature(repairs)]), [place(text, "other/queue.py")], "other", **more)


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        (SERVER, "unfixed", "pickle.loads() at line 28 as in the original"),
        (RENAMED, "unfixed", "as in the original"),
        (LOOPBACK, "mitigated", "tcp://*: is not written in it any more"),
        (GATED, "gated", "only if envs.ALLOW_INSECURE"),
        (MOVED, "moved", "one function deeper, in take_apart (other/queue.py:33)"),
        (JSON, "fixed", "pickle.loads is gone from it"),
    ],
)
def test_states(text, state, said):
    """What the copy still does decides, and the reason says it."""
    (copy,) = found(text)

    assert (copy.state, copy.is_origin) == (state, False)
    assert said in copy.reason


@pytest.mark.parametrize(("kind", "text", "state"), [("mitigated", LOOPBACK, "mitigated"), ("fixed", JSON, "fixed")])
def test_the_makers_own_repair_is_recognised(kind, text, state):
    """A copy that has it is said to have it, by the release and in the makers' words."""
    (copy,) = found(text, [(kind, text)])
    (unfixed,) = found(SERVER, [(kind, text)])

    assert copy.state == state
    assert "as in framework 2.0: as they did it" in copy.reason
    assert unfixed.state == "unfixed"


def test_an_address_alone_is_no_fix():
    """However the makers call it, a load that is there is not called fixed."""
    (copy,) = found(LOOPBACK, [("fixed", LOOPBACK)])

    assert copy.state == "mitigated"


def test_statements_are_counted():
    """All of them in a true copy; one less if one was changed."""
    (whole,) = found(RENAMED.replace(".number += 1", ".counter += 1"))
    (less,) = found(JSON)

    assert (whole.shared, whole.of) == (18, 18)
    assert (less.shared, less.of) == (17, 18)


def test_what_the_copy_says_about_itself():
    """Its comment is shown if it names the origin."""
    (copy,) = found("# Copied from https://github.com/maker/framework/blob/v1.0/framework/queue.py\n" + SERVER)

    assert copy.attribution is not None
    assert copy.attribution.revision == "v1.0"


def test_a_load_that_scan_does_not_report_is_unknown():
    """Something may restrict what it loads; saying `unfixed` would be a guess."""
    (silent,) = found(SERVER, reported={})
    (told,) = found(SERVER, reported={"other/queue.py": {28: Reported("any host can reach it")}})

    assert silent.state == "unknown"
    assert told.state == "unfixed"
    assert "any host can reach it" in told.reason


def test_an_address_that_is_written_elsewhere_is_no_narrower():
    """Scan has followed it: what is as wide as in the original is not called mitigated."""
    wide = Reported("any host can reach it", "tcp://*:5557")
    (blind,) = found(LOOPBACK)
    (asked,) = found(LOOPBACK, reported={"other/queue.py": {28: wide}})
    (narrow,) = found(LOOPBACK, reported={"other/queue.py": {28: Reported("only this host", "tcp://127.0.0.1:5557")}})

    assert (blind.state, asked.state, narrow.state) == ("mitigated", "unfixed", "mitigated")


def test_another_load_in_its_place_is_no_fix():
    """An unpickler of the project's own is no load by its name; scan, which follows the bytes, reports it."""
    text = SERVER.replace("pickle.loads(body.buffer)", "DenyingUnpickler(io.BytesIO(body.buffer)).load()")
    (blind,) = found(text)
    (asked,) = found(text, reported={"other/queue.py": {28: Reported("any host can reach it")}})

    assert blind.state == "fixed"
    assert (asked.state, "another one, at line 28" in asked.reason) == ("unfixed", True)


def test_a_sibling_of_a_repaired_copy():
    """Where one of two copies was repaired, the other says so."""
    places = [place(JSON, "other/first.py"), place(SERVER, "other/second.py")]
    unsafe, safe = copies(Pack([signature()]), places, "other")

    assert (unsafe.path, unsafe.state, safe.state) == ("other/second.py", "unfixed", "fixed")
    assert "Queue.dequeue (other/first.py:18) has been repaired" in unsafe.reason


def test_other_code_is_no_copy():
    """A function that receives and loads in its own way, and one that does neither."""
    text = """
    import pickle, socket

    def serve(connection: socket.socket):
        size = int.from_bytes(connection.recv(4), "big")
        data = b""
        while len(data) < size:
            data += connection.recv(size - len(data))
        request = pickle.loads(data)
        return request["name"], request.get("arguments", ())

    def area(width, height):
        return width * height
    """

    assert found(text) == ()


def test_a_part_of_the_code_is_a_copy_too():
    """The half of a function that matters, in the middle of another."""
    text = """
    import pickle

    def loop(self, handler):
        handler.begin(self.name)
        while handler.running:
            if self.remote_socket.poll(handler.timeout) == 0:
                raise TimeoutError
            parts = self.remote_socket.recv_multipart(copy=False)
            head, rest = parts[0], parts[-1]
            request = pickle.loads(rest.buffer)
            handler.handle(request, head)
        handler.end()
    """
    (copy,) = found(text)

    assert (copy.state, copy.qualname) == ("unfixed", "loop")


def test_an_origin_without_a_release_is_called_by_its_project():
    """A signature of code that had no release yet, and of a repair that has none, leaves no gap in the words."""
    known = replace(signature(), origin=Origin(project="ember", release=""))
    mended = replace(signature([("fixed", JSON)]), origin=Origin(project="ember", release=""))
    repaired_there = replace(mended, repairs=tuple(replace(each, release="") for each in mended.repairs))

    (copy,) = copies(Pack([known]), [place(SERVER, "other/queue.py")], "other")
    (fixed,) = copies(Pack([repaired_there]), [place(JSON, "other/queue.py")], "other")

    assert copy.origin == "ember"
    assert fixed.reason == "as in ember: as they did it"


def test_the_origin_is_called_so():
    """Code in the project that the signature was taken from is no copy of itself."""
    (copy,) = copies(Pack([signature()]), [place(SERVER)], "framework")

    assert copy.is_origin


READING = JSON.replace("frames = self.remote_socket.recv_multipart(copy=False)", "frames = [self.remote_socket.recv()]")
STARTING = JSON.replace("self.counter += 1", "Reader.__init__(self)")
LOADER = """
import pickle

class Other:
    def {name}(self, socket):
        return pickle.loads(socket)
"""


@pytest.mark.parametrize(("text", "name"), [(READING, "recv"), (STARTING, "__init__")])
def test_a_name_that_everything_has_means_no_function_elsewhere(text, name):
    """A call of a socket's `recv`, or of a class's `__init__`, is none of another file's that loads."""
    (copy,) = copies(
        Pack([signature()]), [place(text, "other/queue.py"), place(LOADER.format(name=name), "other/a.py")]
    )

    assert copy.state == "fixed"


def test_what_opens_the_socket_is_known_by_name_if_it_was_rewritten():
    """A load that is there, and an address that is not there any more, in a method that has nothing else in common."""
    head, _, tail = SERVER.partition("    def __init__")
    _, _, rest = tail.partition("    def dequeue")
    opened = "    def __init__(self, address):\n        self.remote_socket = address.opened()\n\n"
    (copy,) = found(f"{head}{opened}    def dequeue{rest}")

    assert copy.state == "mitigated"


def test_a_repair_of_what_opens_the_socket_is_recognised_without_an_address():
    """The makers' own way of narrowing it, where no address is written before or after."""
    before = SERVER.replace('f"tcp://*:{port}"', "port")
    after = before.replace("self.remote_socket.bind(port)", "self.remote_socket.bind(bound(port), host)")
    chosen = [
        Chosen("framework/queue.py", unit(before, "Queue.dequeue"), "sink"),
        Chosen("framework/queue.py", unit(before, "Queue.__init__"), "endpoint"),
    ]
    origin = Origin(project="framework", release="1.0", repository="maker/framework")
    draft = Draft(id="framework-queue", title="a queue", explanation="it loads", origin=origin)
    pack = Pack([learned(draft, chosen, [repaired("mitigated", after)])])

    (flawed,) = copies(pack, [place(before, "other/queue.py")])
    (narrowed,) = copies(pack, [place(after, "other/queue.py")])

    assert (flawed.state, narrowed.state) == ("unfixed", "mitigated")
    assert "as they did it" in narrowed.reason


def test_a_part_that_never_loaded_says_nothing_of_the_load():
    """Of a class whose loading method changed, that method is looked at, not one that is as it was."""
    text = """
    import base64, pickle

    class Serializer:
        def serialize(self, value, as_text):
            data = pickle.dumps(value, protocol=self.protocol)
            self.statistics.observe(len(data))
            if as_text:
                data = base64.b64encode(data).decode("utf-8")
            return self.compressed(data)

        def deserialize(self, data):
            if isinstance(data, str):
                data = base64.b64decode(data, validate=True)
            return pickle.loads(self.decompressed(data))
    """
    changed = text.replace("base64.b64decode(data, validate=True)", "decoded(data, self.alphabet)")
    chosen = [Chosen("framework/serializer.py", unit(text, "Serializer"), "sink")]
    origin = Origin(project="framework", release="1.0")
    draft = Draft(id="framework-serializer", title="a serializer", explanation="it loads", origin=origin)

    (copy,) = copies(Pack([learned(draft, chosen)]), [place(changed, "other/serializer.py")])

    assert copy.state == "unfixed"
