"""Every form of a load and a dump, before and after."""

import pytest

from gnomon.core.patch import Patch
from gnomon.fix.payload.wording import Unfit, Words, dumped, loaded
from gnomon.fix.protocol import Rewritten
from gnomon.fix.rewriting import rewritten
from tests.fix.programs import dump, load, place, sources_of

TYPED = Words(loads="loads", dumps="dumps")
SIGNED = Words(loads="loads", dumps="dumps", signs="PICKLES")
RESTRICTED = Words(loads="loads", reads=False)
RECV, SEND = "zmq.Socket.recv_pyobj", "zmq.Socket.send_pyobj"
CONNECTION = "multiprocessing.connection.Connection"
FORKING = "multiprocessing.reduction.ForkingPickler"
LOADS = [
    ("pickle.loads(data)", "pickle.loads", "loads(data)"),
    ("pickle.loads(zlib.decompress(s.recv()))", "pickle.loads", "loads(zlib.decompress(s.recv()))"),
    ("pickle.loads(data, encoding='latin1')", "pickle.loads", "loads(data)"),
    ("pickle.loads(data=frames[1])", "pickle.loads", "loads(frames[1])"),
    ("pickle.loads(data, buffers=None)", "pickle.loads", "loads(data)"),
    ("loads_(data)", "pickle.loads", "loads(data)"),
    ("cloudpickle.loads(data)", "cloudpickle.loads", "loads(data)"),
    ("ForkingPickler.loads(data)", f"{FORKING}.loads", "loads(data)"),
    ("pickle.load(io.BytesIO(data))", "pickle.load", "loads(data)"),
    ("pickle.load(buffer)", "pickle.load", "loads(buffer.read())"),
    ("pickle.Unpickler(io.BytesIO(data)).load()", "pickle.Unpickler.load", "loads(data)"),
    ("pickle.Unpickler(buffer).load()", "pickle.Unpickler.load", "loads(buffer.read())"),
    ("s.recv_pyobj()", RECV, "loads(s.recv())"),
    ("self.sockets[0].recv_pyobj(zmq.NOBLOCK)", RECV, "loads(self.sockets[0].recv(zmq.NOBLOCK))"),
    ("s.recv_pyobj(flags=zmq.NOBLOCK)", RECV, "loads(s.recv(flags=zmq.NOBLOCK))"),
    ("connection.recv()", f"{CONNECTION}.recv", "loads(connection.recv_bytes())"),
]
DUMPS = [
    ("pickle.dumps(x)", "pickle.dumps", "dumps(x)"),
    ("pickle.dumps(x, 4)", "pickle.dumps", "dumps(x)"),
    ("pickle.dumps((a, b), protocol=pickle.HIGHEST_PROTOCOL)", "pickle.dumps", "dumps((a, b))"),
    ("pickle.dumps(obj=x, fix_imports=False)", "pickle.dumps", "dumps(x)"),
    ("pickle.dumps(x, buffer_callback=None)", "pickle.dumps", "dumps(x)"),
    ("pickle.dump(x, buffer)", "pickle.dump", "buffer.write(dumps(x))"),
    ("pickle.dump(x, file=buffer, protocol=4)", "pickle.dump", "buffer.write(dumps(x))"),
    ("pickle.Pickler(buffer, 4).dump(x)", "pickle.Pickler.dump", "buffer.write(dumps(x))"),
    ("dill.dumps(x, byref=True)", "dill.dumps", "dumps(x)"),
    ("s.send_pyobj(x)", SEND, "s.send(dumps(x))"),
    ("s.send_pyobj(x, zmq.NOBLOCK)", SEND, "s.send(dumps(x), zmq.NOBLOCK)"),
    ("s.send_pyobj(x, 0, 4)", SEND, "s.send(dumps(x), 0)"),
    ("s.send_pyobj(obj=x, flags=0, protocol=-1, copy=False)", SEND, "s.send(dumps(x), flags=0, copy=False)"),
    ("connection.send(x)", f"{CONNECTION}.send", "connection.send_bytes(dumps(x))"),
]


def program(code):
    """A function around a call."""
    body = f"    buffer = io.BytesIO(data)\n    result = {code}  # kept\n    return g\n"
    return {"a.py": f"def f(data, buffer, s, x):\n{body}"}


def after(files, replacement):
    """The line that has the call, after the change."""
    patch = Patch(replacements=(replacement,))
    result = rewritten({path: text.encode() for path, text in files.items()}, patch)
    assert isinstance(result, Rewritten), result
    line = result.files["a.py"].decode().split("\n")[2]
    return line.removeprefix("    result = ").removesuffix("  # kept")


def loaded_as(code, api, words=TYPED, **told):
    """What a load becomes."""
    files = program(code)
    return after(files, loaded(load(files, "a.py", code, api, **told), words, sources_of(files)))


def dumped_as(code, api, words=TYPED):
    """What a dump becomes."""
    files = program(code)
    return after(files, dumped(dump(files, "a.py", code, api), words, sources_of(files)))


@pytest.mark.parametrize(("code", "api", "expected"), LOADS)
def test_a_load_keeps_all_but_what_loads(code, api, expected):
    """The same bytes from the same call, flags as they were."""
    assert loaded_as(code, api) == expected


@pytest.mark.parametrize(("code", "api", "expected"), DUMPS)
def test_a_dump_keeps_all_but_what_dumps(code, api, expected):
    """The same object into the same call, without what only pickle means something to."""
    assert dumped_as(code, api) == expected


def test_an_await_stays_around_what_receives():
    """Bytes are awaited, not what they decode to."""
    files = {"a.py": "async def f(s):\n    pass\n    result = await s.recv_pyobj(0)\n    return result\n"}
    awaited = place(files, "a.py", "await s.recv_pyobj(0)")
    found = loaded(load(files, "a.py", "s.recv_pyobj(0)", RECV, awaited=awaited), TYPED, sources_of(files))

    assert after(files, found) == "loads(await s.recv(0))"


def test_a_function_that_is_handed_on_is_exchanged():
    """As a default, an argument or an attribute."""
    assert loaded_as("pickle.loads", "pickle.loads", handed_on=True) == "loads"


def test_a_type_stands_behind_the_value():
    """Where the object's class does not tell what it is."""
    typed = Words(loads="loads", dumps="dumps", type="Reply")

    assert dumped_as("pickle.dumps(x, 4)", "pickle.dumps", typed) == "dumps(x, Reply)"
    assert dumped_as("s.send_pyobj(x, 1)", SEND, typed) == "s.send(dumps(x, Reply), 1)"


def test_what_other_picklers_make_is_signed_as_it_is():
    """Style hmac keeps what they can do that pickle can't."""
    assert dumped_as("cloudpickle.dumps(x, protocol=4)", "cloudpickle.dumps", SIGNED) == (
        "PICKLES.sign(cloudpickle.dumps(x, protocol=4))"
    )
    assert loaded_as("dill.loads(data, ignore=True)", "dill.loads", SIGNED) == (
        "dill.loads(PICKLES.verified(data), ignore=True)"
    )
    assert loaded_as("pickle.loads(data, encoding='bytes')", "pickle.loads", SIGNED) == (
        "pickle.loads(PICKLES.verified(data), encoding='bytes')"
    )


@pytest.mark.parametrize(
    ("code", "api", "reason"),
    [
        ("pickle.loads(data, buffers=more)", "pickle.loads", "takes buffers from beside the pickle"),
        ("pickle.loads(*data)", "pickle.loads", "not followed"),
        ("pickle.loads(**data)", "pickle.loads", "not followed"),
        ("pickle.load(s.makefile('rb'))", "pickle.load", "does not say where a message ends"),
        ("pickle.load(data)", "pickle.load", "does not say where a message ends"),
        ("self.unpickler.load()", "pickle.Unpickler.load", "made elsewhere"),
        ("recv_pyobj()", RECV, "not named there"),
        ("torch.load(buffer)", "torch.load", "not what can be replaced alone"),
        ("pickle.load", "pickle.load", "handed on"),
    ],
)
def test_what_does_not_fit_a_load_is_said(code, api, reason):
    """A clause that names the place."""
    with pytest.raises(Unfit, match=reason) as told:
        loaded_as(code, api)

    assert "a.py:3" in str(told.value)


@pytest.mark.parametrize(
    ("code", "api", "reason"),
    [
        ("pickle.dumps(x, 5, buffer_callback=buffers.append)", "pickle.dumps", "buffers are sent beside"),
        ("pickle.dumps(*x)", "pickle.dumps", "not followed"),
        ("pickle.dumps(x, **options)", "pickle.dumps", "not followed"),
        ("pickle.dump(x, s.makefile('wb'))", "pickle.dump", "does not say where a message ends"),
        ("pickle.dumps(x, other=1)", "pickle.dumps", "nothing is known of `other=`"),
        ("send_pyobj(x)", SEND, "not named there"),
        ("torch.save(x, buffer)", "torch.save", "not what can be replaced alone"),
    ],
)
def test_what_does_not_fit_a_dump_is_said(code, api, reason):
    """A clause that names the place."""
    with pytest.raises(Unfit, match=reason) as told:
        dumped_as(code, api)

    assert "a.py:3" in str(told.value)


def test_a_restricted_load_reads_no_old_texts():
    """Its `loads` has no argument that says how."""
    with pytest.raises(Unfit, match="texts of old pickles"):
        loaded_as("pickle.loads(data, encoding='latin1')", "pickle.loads", RESTRICTED)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("b = io.BytesIO(d)\nx = [pickle.load(b)]\ny = [pickle.load(b, encoding='utf-8')]\n", "pickle.load(b)"),
        ("b = io.BytesIO(d)\nwhile d:\n    x = pickle.load(b)\n", "pickle.load(b)"),
        ("b = io.BytesIO(d)\nif d:\n    b = open(d)\nx = pickle.load(b)\n", "pickle.load(b)"),
    ],
)
def test_a_buffer_with_several_pickles_is_a_stream(text, code):
    """Each load takes the next one out of it: all that is left is not one message."""
    files = {"a.py": text}
    with pytest.raises(Unfit, match="where a message ends"):
        loaded(load(files, "a.py", code, "pickle.load"), TYPED, sources_of(files))
