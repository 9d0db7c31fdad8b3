"""Loads are held to the names that their sites were seen to need, in every way in."""

import pytest

MARKED = """
import dataclasses, io, pickle, sys

@dataclasses.dataclass
class Request:
    number: int

class Marker:
    fired = False
    def __reduce__(self):
        return fire, ()

def fire():
    Marker.fired = True

GOOD, BAD = pickle.dumps(Request(1)), pickle.dumps(Marker())

def attempt(load, data):
    try:
        load(data)
    except pickle.UnpicklingError:
        return "refused"
    return "loaded"

def show(load, *others):
    print("good", attempt(load, GOOD))
    for other in others:
        other(GOOD)
    if "held" in sys.argv:
        print("marker", attempt(load, BAD), Marker.fired)
        print("again", attempt(load, GOOD))
"""  # fmt: skip

OWN = """
import importlib
class Own(pickle.{base}):
    def find_class(self, module, name):
        return getattr(importlib.import_module(module), name)
def load(data):
    return Own(io.BytesIO(data)).load()
show(load)
"""  # fmt: skip

WAYS = {
    "loads": "def load(data):\n    return pickle.loads(data)\nshow(load)",
    "load": "def load(data):\n    return pickle.load(io.BytesIO(data))\nshow(load)",
    "Unpickler": "def load(data):\n    return pickle.Unpickler(io.BytesIO(data)).load()\nshow(load)",
    "python": "def load(data):\n    return pickle._loads(data)\nshow(load)",
    "captured": "from _pickle import loads\ndef load(data):\n    return loads(data)\nshow(load)",
    "own find_class": OWN.format(base="Unpickler"),
    "own find_class in Python": OWN.format(base="_Unpickler"),
    "find_class of an instance": """
def load(data):
    class Plain(pickle.Unpickler):
        pass
    unpickler = Plain(io.BytesIO(data))
    unpickler.find_class = lambda module, name: getattr(sys.modules[module], name)
    return unpickler.load()
show(load)
""",
    "a class attribute": """
class Codec:
    decode = pickle.loads
    def load(self, data):
        return self.decode(data)
def load(data):
    return Codec().load(data)
show(load)
""",
    "a thread": """
import threading
def load(data):
    found = []
    def run():
        found.append(attempt(pickle.loads, data))
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if found == ["refused"]:
        raise pickle.UnpicklingError
show(load)
""",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_marker_is_refused_and_what_was_learned_is_not(ground, way):
    """After learning from good traffic, the marker is refused by each way in, and good traffic goes on."""
    program = ground.write("program.py", MARKED + WAYS[way])
    assert ground.learn(program).out == "good loaded\n"

    held = ground.hold(program, "held")

    assert held.out == "good loaded\nmarker refused False\nagain loaded\n"
    assert {(event["event"], event["module"], event["name"]) for event in held.events} == {
        ("refused", "__main__", "fire")
    }


def test_a_name_belongs_to_its_site(ground):
    """What one site was seen to need, another one may not have, though both stand in the same file."""
    program = ground.write(
        "program.py",
        MARKED
        + """
def one(data):
    return pickle.loads(data)
def other(data):
    return pickle.loads(data)
print(one(GOOD), other(pickle.dumps(1)))
if "held" in sys.argv:
    print(attempt(one, GOOD), attempt(other, GOOD), attempt(one, GOOD))
""",
    )
    ground.learn(program)

    held = ground.hold(program, "held")

    assert held.out.splitlines()[1] == "loaded refused loaded"
    [event] = held.events
    assert (event["site"], event["why"]) == ("program.py:other", "not learned for this site")


def test_a_site_that_was_never_seen_may_have_no_name(ground):
    """A load at a function that did not load while learning is refused, whatever it asks for."""
    program = ground.write(
        "program.py",
        MARKED
        + """
def known(data):
    return pickle.loads(data)
def fresh(data):
    return pickle.loads(data)
print(known(GOOD))
if "held" in sys.argv:
    print(attempt(fresh, GOOD), attempt(fresh, pickle.dumps({"a": [1, 2.5, b"x"]})))
""",
    )
    ground.learn(program)

    held = ground.hold(program, "held")

    assert held.out.splitlines()[1] == "refused loaded"
    assert held.events[0]["why"] == "nothing was learned for this site"


def test_many_threads_at_two_sites_never_mix_them_up(ground):
    """Eight threads load at an allowed and a forbidden site at once: no forbidden load passes, no allowed one fails."""
    program = ground.write(
        "program.py",
        MARKED
        + """
import threading
def one(data):
    return pickle.loads(data)
def other(data):
    return pickle.loads(data)
one(GOOD), other(pickle.dumps(1))
if "held" in sys.argv:
    sys.setswitchinterval(1e-6)
    counts = {"loaded": 0, "refused": 0}
    seen = []
    def run(load):
        seen.extend((load.__name__, attempt(load, GOOD)) for _ in range(2_000))
    threads = [threading.Thread(target=run, args=(load,)) for load in (one, other) * 4]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(sorted({each: seen.count(each) for each in set(seen)}.items()))
""",
    )
    ground.learn(program)

    held = ground.hold(program, "held")

    assert held.out == "[(('one', 'loaded'), 8000), (('other', 'refused'), 8000)]\n"


def test_a_signal_in_the_middle_of_a_check_leaves_the_hold_in_place(ground):
    """A handler that raises while names are being checked ends neither the check nor the hold of later loads."""
    program = ground.write(
        "program.py",
        MARKED
        + """
import signal
def load(data):
    return pickle.loads(data)
load(GOOD)
if "held" in sys.argv:
    class Alarm(Exception): pass
    def ring(_number, frame):
        while frame is not None:  # only while guard is at work
            if str(frame.f_globals.get("__name__")).startswith("_gnomon_guard"):
                raise Alarm
            frame = frame.f_back
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    rang = passed = 0
    while rang < 200:
        for data in (BAD, GOOD):
            try:
                load(data)
                passed += data is BAD
            except pickle.UnpicklingError:
                pass
            except Alarm:
                rang += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(passed, Marker.fired, attempt(load, GOOD))
""",
    )
    ground.learn(program)

    held = ground.hold(program, "held")

    assert held.out == "0 False loaded\n"


ALIKE = {
    "two functions on one line": """
def one(data): return pickle.loads(data) or (lambda data: pickle.loads(data))
other = one(pickle.dumps(0))
""",
    "lambdas of two functions": """
def first(): return lambda data: pickle.loads(data)
def second(): return lambda data: pickle.loads(data)
one, other = first(), second()
""",
    "a default value beside its function": """
def one(data, first=lambda data: pickle.loads(data)): return pickle.loads(data)
other = one.__defaults__[0]
""",
    "code made at run time, with the same line in the same globals": """
def one(data): return pickle.loads(data)
def made():
    text = "\\n" * (one.__code__.co_firstlineno - 1) + "def other(data): return pickle.loads(data)"
    exec(compile(text, "made", "exec"), globals())
made()
""",
    "equal code made twice from texts of two names": """
for name in ("one", "other"):
    found = {"pickle": pickle}
    exec(compile("def load(data): return pickle.loads(data)", f"{name}.made", "exec"), found)
    globals()[name] = found["load"]
""",
    "generators": """
def one(data): return next(one_by_one(data))
def one_by_one(data): yield pickle.loads(data)
def other(data): return next(others(data))
def others(data): yield pickle.loads(data)
""",
}  # fmt: skip


@pytest.mark.parametrize("alike", ALIKE)
def test_functions_that_look_alike_are_two_sites(ground, alike):
    """Line, text and module don't make a site: what one function may have, another one that shares these may not."""
    program = ground.write(
        "program.py",
        MARKED
        + ALIKE[alike]
        + """
print(attempt(one, GOOD), attempt(other, pickle.dumps(0)))
if "held" in sys.argv:
    print([attempt(load, GOOD) for load in (one, other, one, other)])
""",
    )
    ground.learn(program)

    held = ground.hold(program, "held")

    assert held.out == "loaded loaded\n['loaded', 'refused', 'loaded', 'refused']\n"


def test_a_reloaded_module_is_held_by_its_new_functions(ground):
    """A function that stands where another one stood before its module was loaded again is another site."""
    ground.write(
        "beside.py", "import pickle\n\n\ndef {name}(data):\n    return pickle.loads(data)\n".format(name="one")
    )
    program = ground.write(
        "program.py",
        MARKED
        + """
import importlib, pathlib
sys.dont_write_bytecode = True
import beside
one = beside.one
print(attempt(one, GOOD))
if "held" in sys.argv:
    source = pathlib.Path(beside.__file__)
    source.write_text(source.read_text().replace("one", "two"))
    importlib.reload(beside)
    print([attempt(load, GOOD) for load in (one, beside.two, one)])
""",
    )
    ground.learn(program)

    held = ground.hold(program, "held")

    assert held.out == "loaded\n['loaded', 'refused', 'loaded']\n"
    assert [event["site"] for event in held.events] == ["beside.py:two"]


def test_a_load_with_no_function_of_the_program_around_it_has_a_site(ground):
    """A thread that runs `pickle.loads` itself is learned, and held, by the outermost function that runs it."""
    program = ground.write(
        "program.py",
        MARKED
        + """
import threading
def show(data):
    hooked = []
    threading.excepthook = hooked.append
    thread = threading.Thread(target=pickle.loads, args=(data,))
    thread.start()
    thread.join()
    return "refused" if hooked else "loaded"
print(show(GOOD), show(GOOD))
if "held" in sys.argv:
    print(show(BAD), Marker.fired)
""",
    )
    ground.learn(program)

    assert ground.hold(program, "held").out == "loaded loaded\nrefused False\n"


def test_a_name_that_a_person_put_anywhere_is_loaded_at_every_site(ground):
    """Names under `anywhere` load where nothing was learned, and nothing else does."""
    program = ground.write(
        "program.py",
        MARKED
        + """
def known(data):
    return pickle.loads(data)
def fresh(data):
    return pickle.loads(data)
class Own(pickle.Unpickler):
    def find_class(self, module, name):
        return getattr(sys.modules[module], name)
def own(data):
    return Own(io.BytesIO(data)).load()
print(known(GOOD))
if "held" in sys.argv:
    print([attempt(load, data) for load in (fresh, own) for data in (GOOD, BAD)], Marker.fired)
""",
    )
    ground.learn(program)
    ground.edit(lambda table: table.update(anywhere=[["__main__", "Request"]]))

    held = ground.hold(program, "held")

    assert held.out.splitlines()[1] == "['loaded', 'refused', 'loaded', 'refused'] False"
    assert "At EVERY load" in ground.guard("review", ground.policy).out


def test_names_of_sites_keep_to_them_beside_names_that_may_be_had_anywhere(ground):
    """Also where an allowed name of another module is spelled alike, and where both have been had before."""
    program = ground.write(
        "program.py",
        MARKED
        + """
import fractions
ALIKE = [b"\\x80\\x04\\x8c%c%s\\x8c\\x07Request\\x93." % (len(name), name) for name in (b"__main__", b"fractions")]
fractions.Request = Request
def known(data):
    return pickle.loads(data)
def fresh(data):
    return pickle.loads(data)
known(ALIKE[0])
known(pickle.dumps(fractions.Fraction))
if "held" in sys.argv:
    sent = *ALIKE, pickle.dumps(fractions.Fraction), BAD
    for _ in range(2):
        print([attempt(load, data) for load in (known, fresh) for data in sent])
""",
    )
    ground.learn(program)
    ground.edit(lambda table: table.update(anywhere=[["__main__", "Request"], ["zipfile", "Fraction"]]))

    held = ground.hold(program, "held")

    line = "['loaded', 'refused', 'loaded', 'refused', 'loaded', 'refused', 'refused', 'refused']"
    assert held.out.splitlines() == [line, line]


def test_what_a_signals_handler_raises_reaches_the_program(ground):
    """A handler's ValueError in the middle of a check is the program's to catch, not the hold's."""
    program = ground.write(
        "program.py",
        MARKED
        + """
import signal
def load(data):
    return pickle.loads(data)
load(GOOD)
if "held" in sys.argv:
    rung = caught = 0
    armed = False
    def ring(*_):
        global armed, rung
        if armed:
            armed = False
            rung += 1
            raise ValueError("rang")
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    def until_it_rings():  # a jump back at the end of a try block is not part of it in each version of Python
        while armed:
            load(GOOD)
    while caught < 300:
        try:
            armed = True
            until_it_rings()
        except ValueError as error:
            caught += error.args == ("rang",)
        if not armed and caught < rung:
            break
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(rung - caught, attempt(load, GOOD), attempt(load, BAD))
""",
    )
    ground.learn(program)

    assert ground.hold(program, "held").out == "0 loaded refused\n"


def test_the_policy_says_what_becomes_of_a_refused_load(ground):
    """With outcome `exit` the process ends with 77, after an event; with observe the load passes, with an event."""
    program = ground.write("program.py", MARKED + WAYS["loads"])
    ground.learn(program)

    observed = ground.hold(program, "held", options=("--mode", "observe"))
    ground.edit(lambda table: table["sites"][0].update(outcome="exit"))
    ended = ground.hold(program, "held")

    assert "marker loaded True" in observed.out
    assert [event["event"] for event in observed.events] == ["would-refuse"]
    assert ended.code == 77
    assert "marker" not in ended.out
    assert [(event["event"], event["outcome"]) for event in ended.events] == [("refused", "exit")]
    assert "the policy ends the process" in ended.err


def test_extension_codes_are_not_given_and_names_travel_instead(ground):
    """A class that the program gives an extension code is pickled by name: no cache of codes passes the guard."""
    program = ground.write(
        "program.py",
        MARKED
        + """
import copyreg
copyreg.add_extension("__main__", "fire", 240)
def load(data):
    return pickle.loads(data)
show(load)
if "held" in sys.argv:
    print(b"fire" in BAD)
    try:
        load(b"\\x80\\x02\\x82\\xf0.")
    except ValueError as error:
        print(error)
""",
    )
    ground.learn(program)

    held = ground.hold(program, "held")

    assert held.out.endswith("unregistered extension code 240\n")
    assert [event["event"] for event in held.events] == ["extension-code-not-given", "refused"]


def test_marshal_is_held_where_it_is_no_import(ground):
    """Code objects are loaded where that was learned and by imports, and nowhere else."""
    ground.write("beside.py", "value = 7\n")
    program = ground.write(
        "program.py",
        """
import marshal, sys
code = marshal.dumps(compile("1", "x", "eval"))
def known(data):
    return marshal.loads(data)
def fresh(data):
    return marshal.loads(data)
known(code)
if "held" in sys.argv:
    import beside
    print(beside.value, known(code) is not None)
    try:
        fresh(code)
    except Exception as error:
        print(type(error).__name__)
""",
    )
    learned = ground.learn(program, options=("--i-know", "marshal:loads"))
    assert learned.code == 0

    held = ground.hold(program, "held")

    assert held.out == "7 True\nRefused\n"


def test_a_name_that_pickle_maps_is_checked_as_it_is_written(ground):
    """Python 2's name of an allowed class is another name: it was not learned."""
    program = ground.write(
        "program.py",
        """
import pickle, sys
def load(data):
    return pickle.loads(data)
print(load(pickle.dumps(complex(1, 2))))
if "held" in sys.argv:
    try:
        load(b"c__builtin__\\ncomplex\\n.")
    except pickle.UnpicklingError as error:
        print(error)
""",
    )
    ground.learn(program)

    assert "__builtin__.complex is refused" in ground.hold(program, "held").out


def test_a_name_of_python_2_means_what_it_meant_while_learning(ground):
    """A module is called as one of Python 2: an old pickle gets the program's own, not what Python 2 meant."""
    ground.write("commands.py", "class Popen:\n    pass\nclass Mine:\n    pass\n")
    program = ground.write(
        "program.py",
        """
import commands, pickle, sys
def load(data):
    return pickle.loads(data)
for wanted in (commands.Mine(), commands.Popen()):
    try:
        print(type(load(pickle.dumps(wanted))).__name__)
    except pickle.UnpicklingError:
        print("refused")
if "held" in sys.argv:
    try:
        print(load(b"ccommands\\nPopen\\n."))
    except pickle.UnpicklingError:
        print("refused")
""",
    )
    ground.learn(program, options=("--i-know", "commands:Mine", "--i-know", "commands:Popen"))

    held = ground.hold(program, "held")

    assert held.out == "Mine\nPopen\n<class 'commands.Popen'>\n"


def test_a_load_that_no_function_of_python_asks_for_is_held_too(ground):
    """What C calls by itself, as the interpreter does at its end, has no caller: it is learned and refused too."""
    program = ground.write(
        "program.py",
        """
import atexit, pickle, sys, marker
atexit.register(pickle.loads, pickle.dumps(marker.Other() if "held" in sys.argv else marker.Good()))
""",
    )
    ground.write(
        "marker.py",
        """
import os
def touched(name):
    open(name, "w").close()
class Good:
    def __reduce__(self):
        return touched, ("good",)
def other(name):
    open(name, "w").close()
class Other:
    def __reduce__(self):
        return other, ("other",)
""",
    )
    ground.learn(program)
    (ground.folder / "good").unlink()

    good = ground.hold(program)
    bad = ground.hold(program, "held")

    assert (ground.folder / "good").exists()
    assert not (ground.folder / "other").exists()
    assert ([event["name"] for event in good.events], [event["name"] for event in bad.events]) == ([], ["other"])


def test_a_pickle_module_that_is_loaded_again_is_held_again(ground):
    """`importlib.reload` gives new classes, whose subclasses with a `find_class` of their own are checked as before."""
    program = ground.write(
        "program.py", MARKED + "import importlib\nimportlib.reload(pickle)\n" + OWN.format(base="_Unpickler")
    )
    ground.learn(program)

    assert ground.hold(program, "held").out == "good loaded\nmarker refused False\nagain loaded\n"


def test_a_child_that_reads_nothing_of_its_environment_is_told(ground):
    """`python -S` escapes guard: the parent's event says so."""
    program = ground.write(
        "program.py", "import subprocess, sys\nsubprocess.run([sys.executable, '-IS', '-c', 'pass'], check=True)\n"
    )
    ground.learn(program)

    told = [(event["event"], event["name"]) for event in ground.hold(program).events]
    assert set(told) == {("not-covered", "python -S")}  # once, or twice where subprocess spawns
