"""When another format can take pickle's place by itself, when a person has to decide, and when it can't."""

import pytest
from msgspec.structs import replace

from gnomon.core.channel import End, Operation
from gnomon.core.shape import Plain, Record, Unknown
from gnomon.fix.payload.labels import label
from gnomon.fix.payload.learned import Learned, Place
from gnomon.fix.protocol import merged
from gnomon.fix.recipes.payloads import STYLES, offer
from tests.fix.programs import changed, channel, dump, load, place, sources_of

SERVER = "import pickle\n\n\ndef main(s):\n    return pickle.loads(s.recv())\n"
CLIENT = "import pickle\n\n\ndef main(s, x):\n    s.send(pickle.dumps(x))\n"
FILES = {"server.py": SERVER, "client.py": CLIENT}
TEXT = Plain(type="str")


def ends(files=FILES, server="server.py", client="client.py", shape=TEXT, loaded=None, **told):
    """A channel from the client to the server."""
    return channel(
        [load(files, server, "pickle.loads(s.recv())", **(loaded or {}))],
        [dump(files, client, "pickle.dumps(x)", shape=shape)],
        **told,
    )


def asked(channel_, style="hmac", files=FILES, **more):
    """The offer."""
    return offer(channel_, (), sources_of(files), style, **more)


def after(channel_, files, style="hmac", **more):
    """The files after the change."""
    return changed(files, asked(channel_, style, files, **more))


@pytest.mark.parametrize("style", STYLES)
def test_a_channel_that_is_known_as_a_whole_changes_by_itself(style):
    """Both ends are certain, what is sent has types, and nothing else is loaded."""
    made = asked(ends(), style)

    assert (made.standing, made.why, made.recipe, made.style) == ("automatic", (), "payloads", style)
    assert "server.py:5" in made.title
    assert made.afterwards


@pytest.mark.parametrize("style", ["hmac", "msgspec", "wire"])
@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"paired": "inferred", "because": ("nothing else dumps",)}, "is inferred: nothing else dumps"),
        ({"paired": "no"}, "nothing says that these ends belong together"),
        ({"missing": ("nothing binds tcp://*:5",)}, "nothing binds tcp://*:5"),
    ],
)
def test_an_end_that_is_not_certain_is_for_a_person(style, told, reason):
    """The offer says which."""
    made = asked(ends(**told), style)

    assert made.standing == "suggested"
    assert any(reason in clause for clause in made.why)


def test_bytes_that_may_go_elsewhere_are_for_a_person():
    """There they would be taken for a pickle still."""
    files = {**FILES, "client.py": CLIENT.replace("s.send(pickle.dumps(x))", "return pickle.dumps(x)")}
    sent = dump(files, "client.py", "pickle.dumps(x)", direct=False, shape=TEXT)
    received = load(files, "server.py", "pickle.loads(s.recv())", direct=False)
    made = asked(channel([received], [sent]), files=files)

    assert made.standing == "suggested"
    assert made.why == (
        "what client.py:5 dumps may go elsewhere too than through this channel",
        "what is loaded at server.py:5 may go elsewhere too, as it was received",
    )


@pytest.mark.parametrize("style", ["msgspec", "json", "hmac", "wire"])
def test_a_load_of_other_data_too_stays(style):
    """Old files, say, are no messages of the new format."""
    made = asked(ends(loaded={"others": ("what is read from a file at cache.py:3",)}), style)

    assert (made.standing, made.why) == (
        "impossible",
        ("server.py:5 loads other data too: what is read from a file at cache.py:3",),
    )
    assert made.patch.replacements == ()


def test_a_list_of_names_holds_for_other_data_if_it_was_learned():
    """Pickles stay pickles; what is sent tells nothing of the other data's names."""
    others = ends(loaded={"others": ("what is read from a file at cache.py:3",)})
    learned = Learned(source="policy.json", places=(Place(file="server.py", function="main", names=frozenset()),))

    assert asked(others, "restrict").standing == "suggested"
    assert asked(others, "restrict", learned=learned).standing == "automatic"


@pytest.mark.parametrize("style", ["msgspec", "wire"])
def test_what_is_not_known_of_a_message_is_for_a_person(style):
    """Plain values are declared for it."""
    assert asked(ends(shape=Unknown(why="it comes from a queue")), style).standing == "suggested"


def test_signing_needs_no_types():
    """A pickle stays a pickle."""
    assert asked(ends(shape=Unknown(why="it comes from a queue"))).standing == "automatic"


def test_without_a_sender_only_a_signature_can_be_suggested():
    """Nobody knows what is sent, so there is no type and no list."""
    alone = channel([load(FILES, "server.py", "pickle.loads(s.recv())")], [], paired="no", missing=("no end sends",))

    assert {style: asked(alone, style).standing for style in STYLES} == {
        "msgspec": "impossible",
        "json": "impossible",
        "hmac": "suggested",
        "restrict": "impossible",
        "wire": "impossible",
    }
    assert "gnomon guard learn" in asked(alone, "restrict").why[0]


def test_a_policy_says_what_is_listed_without_a_sender():
    """It was learned where the load is."""
    alone = channel([load(FILES, "server.py", "pickle.loads(s.recv())")], [], paired="no", missing=("no end sends",))
    names = frozenset({("jobs", "Job")})
    learned = Learned(source="policy.json", places=(Place(file="server.py", function="main", names=names),))
    made = asked(alone, "restrict", learned=learned)

    assert (made.standing, made.why) == ("automatic", ())
    assert '("jobs", "Job")' in changed(FILES, made)["restricted_pickle.py"]
    assert asked(alone, "restrict", learned=Learned(source="policy.json", places=())).standing == "impossible"


def test_a_list_of_what_is_sent_is_for_a_person_where_that_is_not_certain():
    """A name that is missing is a message that is refused."""
    record = Record(kind="class", site=place(FILES, "client.py", "import pickle"), qualname="Job")

    made = asked(ends(shape=record), "restrict")
    assert made.standing == "suggested"
    assert any("--policy" in each for each in made.afterwards)
    assert not any("--policy" in each for each in asked(ends(), "restrict").afterwards)
    assert asked(ends(paired="inferred"), "restrict").standing == "suggested"


def end(files, code, *, asyncio):
    """The server's end, that receives by `code`."""
    site = place(files, "server.py", code)
    operation = Operation(site=site, kind="receive", name="recv_pyobj")
    return End(made=site, types=("PULL",), asyncio=asyncio, operations=(operation,))


def test_what_is_awaited_elsewhere_stays():
    """The call gives no object but a future of one, and that is not followed."""
    waiting = "async def main(s):\n    return await wait_for(s.recv_pyobj(), 1)\n"
    files = {**FILES, "server.py": waiting}
    loads = [load(files, "server.py", "s.recv_pyobj()", "zmq.Socket.recv_pyobj")]
    dumps = [dump(files, "client.py", "pickle.dumps(x)", shape=TEXT)]
    made = asked(channel(loads, dumps), files=files)
    known = channel(loads, dumps, ends=(end(files, "s.recv_pyobj()", asyncio=True),))
    blocking = channel(loads, dumps, ends=(end(files, "s.recv_pyobj()", asyncio=False),))

    assert made.why == ("what server.py:2 receives is awaited elsewhere",)
    assert asked(known, files=files).standing == "impossible"
    assert asked(blocking, files=files).standing == "automatic"


def test_everything_that_does_not_fit_is_said():
    """Nothing is changed by halves."""
    files = {"server.py": SERVER.replace("s.recv()", "*s.recv()"), "client.py": CLIENT.replace("(x)", "(**x)")}
    loads = [load(files, "server.py", "pickle.loads(*s.recv())")]
    made = asked(channel(loads, [dump(files, "client.py", "pickle.dumps(**x)")]), files=files)

    assert made.standing == "impossible"
    assert len(made.why) == 2
    assert made.patch.sections == ()


def test_names_that_a_file_has_are_left_to_it():
    """What is imported gets another name there."""
    files = {**FILES, "server.py": "from json import loads\n" + SERVER + "\n\nprint(loads('1'))\n"}

    assert "return loads_signed(s.recv())" in after(ends(files), files)["server.py"]
    assert "from signed_pickle import loads as loads_signed" in after(ends(files), files)["server.py"]


def test_pickles_own_functions_give_way():
    """`from pickle import loads` goes where nothing else uses it."""
    files = {
        "server.py": "from pickle import loads\n\n\ndef main(s):\n    return loads(s.recv())\n",
        "client.py": CLIENT,
    }
    loads = [load(files, "server.py", "loads(s.recv())")]
    text = after(channel(loads, [dump(files, "client.py", "pickle.dumps(x)", shape=TEXT)]), files)["server.py"]

    assert "pickle import" not in text.replace("signed_pickle import", "")
    assert "import pickle" not in text


def test_an_import_stays_where_something_else_uses_it():
    """Another load, say, of a file."""
    files = {**FILES, "server.py": SERVER + "\n\ndef other(path):\n    return pickle.load(open(path, 'rb'))\n"}

    assert "import pickle\n" in after(ends(files), files)["server.py"]
    assert "import pickle\n" not in after(ends(), FILES)["client.py"]


def test_a_package_has_the_module_inside():
    """And imports it as it imports its others."""
    files = {
        "app/__init__.py": "",
        "app/server.py": SERVER,
        "app/tools/__init__.py": "",
        "app/tools/client.py": CLIENT,
    }
    made = after(ends(files, "app/server.py", "app/tools/client.py"), files)

    assert "app/signed_pickle.py" in made
    assert "from .signed_pickle import loads" in made["app/server.py"]
    assert "from ..signed_pickle import dumps" in made["app/tools/client.py"]


@pytest.mark.parametrize("style", ["hmac", "restrict", "msgspec", "wire"])
def test_two_channels_share_a_module(style):
    """Each has functions of its own in it, named after the place that loads."""
    reply = "\n\ndef reply(s, x):\n    s.send(pickle.dumps(x))\n"
    answer = "\n\ndef answer(s):\n    return pickle.loads(s.recv())\n"
    files = {"server.py": SERVER + reply, "client.py": CLIENT + answer}
    there = ends(files)
    back = ends(files, "client.py", "server.py", loaded={"qualname": "answer"}, shape=Plain(type="int"))
    names = tuple(label(each, "", sources_of(files)) for each in (there, back))
    both = [asked(each, style, files, name=name) for each, name in zip((there, back), names, strict=True)]
    made = changed(files, replace(both[0], patch=merged(each.patch for each in both)))

    assert names == ("server_main", "client_answer")
    assert "loads_server_main(s.recv())" in made["server.py"]
    assert "loads_client_answer(s.recv())" in made["client.py"]
