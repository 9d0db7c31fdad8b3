"""Learning writes down sites, names and sources as they happen, and leaves out what can run code."""

import json

PROGRAM = """
import pickle, sys, zmq
class Request:
    pass
def serve(socket):
    return pickle.loads(socket.recv())
def inferred(socket):
    data = socket.recv()
    return pickle.loads(data[:])
def from_file(path):
    with open(path, "rb") as file:
        return pickle.load(file)
def unpickler(socket):
    import io
    return pickle.Unpickler(io.BytesIO(socket.recv_multipart()[-1])).load()
def make(kind):
    return zmq.Context.instance().socket(kind)
if __name__ == "__main__":
    receiver, sender = make(zmq.PULL), make(zmq.PUSH)
    sender.connect(f"tcp://127.0.0.1:{receiver.bind_to_random_port('tcp://127.0.0.1')}")
    for load in (serve, unpickler):
        sender.send(pickle.dumps(Request()))
        load(receiver)
    sender.send_pyobj({"plain": [1, 2]})
    print(receiver.recv_pyobj())
    with open(sys.argv[1], "wb") as file:
        pickle.dump(complex(1, 2), file)
    print(from_file(sys.argv[1]))
    zmq.Context.instance().destroy(linger=0)
"""


def test_sites_names_and_sources_are_learned_with_what_they_were_read_from(ground, tmp_path):
    """A socket's loads, a file's, and those of an unpickler over received bytes: each site has names and a source."""
    program = ground.write("program.py", PROGRAM)

    ended = ground.learn(program, str(tmp_path / "data"))

    table = json.loads(ground.policy.read_text(encoding="utf-8"))
    sites = {site["function"]: site for site in table["sites"]}
    made = "received from a ZeroMQ socket that is made at program.py:make"
    assert ended.code == 0, ended.err
    assert sites["serve"]["source"] == {"kind": "socket", "basis": made}
    assert sites["serve"]["names"] == [["__main__", "Request"]]
    assert sites["unpickler"]["source"] == {"kind": "socket", "basis": made}
    assert sites["<module>"]["names"] == []
    assert sites["<module>"]["source"] == {"kind": "socket", "basis": made}
    assert sites["from_file"]["source"]["kind"] == "file"
    assert sites["from_file"]["names"] == [["builtins", "complex"]]
    assert table["described"]["__main__:Request"] == "a class that runs no code of its own"
    assert table["channels"] == [
        {
            "file": "program.py",
            "function": "make",
            "feeds": [["program.py", "<module>"], ["program.py", "serve"], ["program.py", "unpickler"]],
            "starts": [0],
        }
    ]
    assert {name: site["outcome"] for name, site in sites.items()} == {
        "serve": "drop", "unpickler": "drop", "<module>": "drop", "from_file": "raise",
    }  # fmt: skip


def test_names_known_to_run_code_are_left_out_and_taken_on_purpose_only(ground):
    """`builtins.getattr` is not learned: the command says so, and how to take it; with the option it is there."""
    program = ground.write(
        "program.py",
        "import pickle\n"
        "class Chained:\n"
        "    def __reduce__(self):\n"
        "        return getattr, ('text', 'upper')\n"
        "print(pickle.loads(pickle.dumps(Chained())))\n",
    )

    careful = ground.learn(program)
    learned = json.loads(ground.policy.read_text(encoding="utf-8"))
    held = ground.hold(program)
    knowing = ground.learn(program, options=("--i-know", "builtins:getattr"))
    taken = json.loads(ground.policy.read_text(encoding="utf-8"))

    assert learned["sites"][0]["names"] == []
    assert "--i-know builtins:getattr" in careful.err
    assert held.code == 1
    assert "builtins.getattr is refused" in held.err
    assert "Not learned" not in knowing.err
    assert (taken["sites"][0]["names"], taken["accepted"]) == ([["builtins", "getattr"]], ["builtins:getattr"])
    assert "DANGER" in ground.guard("review", ground.policy).out


def test_a_killed_process_loses_nothing_that_it_loaded(ground):
    """What a process loaded before SIGKILL is in the policy."""
    program = ground.write(
        "program.py",
        "import os, pickle, signal\n"
        "print(pickle.loads(pickle.dumps(complex(1, 2))), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n",
    )

    ended = ground.learn(program)

    assert ended.code == 137
    assert json.loads(ground.policy.read_text(encoding="utf-8"))["sites"][0]["names"] == [["builtins", "complex"]]


def test_learning_does_not_change_what_a_program_sees_of_pickle(ground):
    """The watched functions are pickled by name, are not bound to classes, and take all of pickle's arguments."""
    program = ground.write(
        "program.py",
        "import io, pickle\n"
        "assert pickle.loads(pickle.dumps(pickle.loads)) is pickle.loads\n"
        "class Codec:\n"
        "    decode, read = pickle.loads, pickle.load\n"
        "buffers = []\n"
        "data = pickle.dumps(pickle.PickleBuffer(b'x' * 9), protocol=5, buffer_callback=buffers.append)\n"
        "assert bytes(Codec().decode(data, buffers=buffers)) == b'x' * 9\n"
        "assert Codec().read(io.BytesIO(pickle.dumps(7, 0)), encoding='latin1') == 7\n"
        "try:\n"
        "    pickle.loads(b'!junk')\n"
        "except pickle.UnpicklingError as error:\n"
        "    print(error)\n",
    )

    ended = ground.learn(program)

    assert ended.code == 0, ended.err
    assert ended.out == "invalid load key, '!'.\n"


def test_more_can_be_learned_into_a_policy_that_is_there(ground):
    """Without --add a policy is not overwritten; with it both runs count."""
    first = ground.write("first.py", "import pickle\npickle.loads(pickle.dumps(complex(1, 2)))\n")
    second = ground.write("second.py", "import pickle\npickle.loads(pickle.dumps({3}))\n")
    ground.learn(first)

    refused = ground.guard("learn", "-o", ground.policy, "--", "python", second)
    added = ground.guard("learn", "-o", ground.policy, "--add", "--", "python", second)

    table = json.loads(ground.policy.read_text(encoding="utf-8"))
    assert (refused.code, "--add" in refused.err) == (2, True)
    assert added.code == 0, added.err
    assert [site["file"] for site in table["sites"]] == ["first.py", "second.py"]


def test_a_policy_that_can_not_be_written_is_told_before_the_program_runs(ground):
    """Nothing is run whose lesson would be lost."""
    program = ground.write("program.py", "import pathlib\npathlib.Path('ran').touch()\n")

    ended = ground.guard("learn", "-o", ground.folder / "none" / "policy.json", "--", "python", program)

    assert (ended.code, (ground.folder / "ran").exists()) == (2, False)
    assert "can't be written" in ended.err


def test_harmless_names_are_allowed_anywhere_where_a_person_asks_for_that(ground):
    """With the option the record and the array's names need no site; what has a method of its own keeps to its site."""
    program = ground.write(
        "program.py",
        "import array, pickle, sys\n"
        "class Record:\n"
        "    pass\n"
        "class Own:\n"
        "    def __setstate__(self, state):\n"
        "        self.state = state\n"
        "def here(data):\n"
        "    return pickle.loads(data)\n"
        "def there(data):\n"
        "    return pickle.loads(data)\n"
        "own = Own()\n"
        "own.x = 1\n"
        "for each in (Record(), own, array.array('d', [1])):\n"
        "    here(pickle.dumps(each))\n"
        "for each in (Record(), own, array.array('d', [1])) if sys.argv[1:] else ():\n"
        "    try:\n"
        "        print(type(there(pickle.dumps(each))).__name__)\n"
        "    except pickle.UnpicklingError:\n"
        "        print('refused', type(each).__name__)\n",
    )

    ground.learn(program)
    by_site = ground.hold(program, "elsewhere")
    merged = ground.guard("merge", ground.policy, "-o", ground.policy, "--harmless-anywhere")
    wide = json.loads(ground.policy.read_text(encoding="utf-8"))
    anywhere = ground.hold(program, "elsewhere")
    ground.learn(program, options=("--harmless-anywhere",))

    assert by_site.out.split() == ["refused", "Record", "refused", "Own", "refused", "array"], by_site.err
    assert merged.code == 0, merged.err
    assert wide["anywhere"] == [["__main__", "Record"], ["array", "_array_reconstructor"], ["array", "array"]]
    assert anywhere.out.split() == ["Record", "refused", "Own", "array"], anywhere.err
    assert json.loads(ground.policy.read_text(encoding="utf-8")) == wide
