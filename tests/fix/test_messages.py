"""Generated modules of messages are clean, typed and correct, and refuse what they do not declare."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from gnomon.core.shape import Either, Failure, Keyed, Mapping, Record, Row, Sequence, Shape, Unknown
from gnomon.fix.messages import module as module_of
from tests.fix.declared import (
    ANSWER,
    ANYTHING,
    ASKED,
    BYTES,
    FLOAT,
    INT,
    JOB,
    KIND,
    LOAD,
    NONE,
    NUMPY,
    OPTIONS,
    POINT,
    STR,
    TORCH,
    UUID,
    dump,
    files,
    made,
    place,
    site,
)

STYLES = ("wire", "msgspec", "json")
CHOICE = Keyed(
    fields=(
        ("x", Either(shapes=(STR, Row(items=(INT,)), JOB))),
        ("y", Sequence(kind="tuple", element=BYTES)),
        ("z", Either(shapes=(LOAD, NONE))),
    )
)
COMMON: tuple[tuple[Shape, ...], ...] = (
    (JOB,),
    (ANSWER,),
    (ANSWER, ASKED, NONE, STR),
    (Row(items=(STR, JOB)), POINT, LOAD, OPTIONS, KIND),
    (Either(shapes=(JOB, NONE, ANSWER)), INT),
    (),
    (ANYTHING, BYTES),
    (Mapping(key=STR, value=FLOAT), Sequence(kind="list", element=JOB), Row(items=())),
    (CHOICE,),
    (Either(shapes=(ANSWER, ASKED)),),
)
OWN: dict[str, tuple[tuple[Shape, ...], ...]] = {
    "wire": (
        (NUMPY, Keyed(fields=(("a", NUMPY),))),
        (Failure(name="ValueError"), JOB),
        (UUID, Sequence(kind="set", element=STR), Mapping(key=Row(items=(INT, STR)), value=UUID)),
        (Either(shapes=(Failure(), STR)),),
    ),
    "msgspec": ((NUMPY, Keyed(fields=(("a", NUMPY),))), (UUID, Sequence(kind="set", element=STR)), (NUMPY,)),
    "json": (),
}
CHECKS = (
    ("ruff", "check", "--isolated", "--no-cache", "--select", "E,F,I,UP,B,W,RUF,SIM,D1", "--ignore", "D100,D104"),
    ("ruff", "format", "--isolated", "--no-cache", "--check"),
    ("mypy", "--strict", "--cache-dir=cache", "--explicit-package-bases"),
)


def run(folder: Path, *command: str) -> None:
    """A tool on the folder's files; it has to find nothing."""
    paths = os.pathsep.join((str(folder), str(Path(__file__).parents[2] / "src")))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "MYPYPATH": paths}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def write(folder: Path, texts: dict[str, str]) -> None:
    """The files, in their folders."""
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@pytest.mark.parametrize("style", STYLES)
def test_what_is_generated_is_clean_and_comes_back(style: str, tmp_path: Path) -> None:
    """Ruff, its formatter and mypy find nothing, and each declared type comes back as it was sent."""
    for number, shapes in enumerate((*COMMON, *OWN[style])):
        module = made(style, *shapes)
        assert not module.impossible
        # a package of its own for each, so that one run of each tool is enough
        texts = {
            path.replace("app", f"app{number}").replace(".py", f"_{number}.py")
            if path.startswith("tests")
            else path.replace("app", f"app{number}"): text.replace("from app.", f"from app{number}.")
            for path, text in files([module]).items()
        }
        write(tmp_path, texts)

    for command in CHECKS:
        run(tmp_path, *command, ".")
    run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "tests")


@pytest.mark.parametrize("style", STYLES)
def test_two_channels_share_a_module(style: str, tmp_path: Path) -> None:
    """Each has names of its own, so that both can stand in one file."""
    both = [made(style, ANSWER, JOB, name="jobs"), made(style, ASKED, NONE, name="control")]
    write(tmp_path, files(both))

    for command in CHECKS:
        run(tmp_path, *command, ".")
    run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "tests")


def test_sealed_bytes_without_a_socket() -> None:
    """For bytes that go another way, the wire style has functions in place of pickle's."""
    module = made("wire", JOB, name="jobs", payload=True)

    assert (module.codec, module.dumps, module.loads) == ("JOBS_CODEC", "dumps_jobs", "loads_jobs")
    assert '_JOBS_MESSAGES = Messages(codec=JOBS_CODEC, channel="jobs")' in module.sections[0].body


def test_which_dumps_say_their_type() -> None:
    """A class tells its type; a tuple does not, nor do dictionaries where there are two kinds."""
    one = made("wire", JOB, ANSWER, Row(items=(STR, INT)))
    two = made("wire", JOB, ANSWER, ASKED)

    assert (one.as_type(JOB), one.as_type(ANSWER), one.as_type(Row(items=(STR, INT)))) == ("", "", "AnswerMessage2")
    assert (two.as_type(JOB), two.as_type(ANSWER), two.as_type(ASKED)) == ("", "AnswerMessage", "AnswerMessage2")


def test_what_is_guessed_is_told() -> None:
    """An Unknown is declared to be plain, and the clause that says so names the place."""
    module = made("wire", Keyed(fields=(("task", ANYTHING),)))

    assert module.why == ("`task` is a parameter that nothing gives: plain values alone are declared for it",)
    assert not module.impossible


def _job(**changes: object) -> Record:
    return replace(JOB, **changes)


@pytest.mark.parametrize(
    ("style", "shape", "word"),
    [
        ("wire", _job(kind="class", fields=()), "make it a dataclass"),
        ("wire", _job(fields=(("call", Unknown(why="", declared="typing.Callable")),)), "typing.Callable"),
        ("wire", _job(fields=(("error", Failure(name="KeyError")),)), "KeyError"),
        ("msgspec", Failure(name="KeyError"), "KeyError"),
        ("msgspec", TORCH, "torch"),
        ("msgspec", Keyed(fields=(("a", Either(shapes=(JOB, LOAD))),)), "can't tell apart"),
        ("msgspec", _job(kind="pydantic"), "pydantic"),
        ("json", NUMPY, "numpy"),
        ("json", Sequence(kind="set", element=STR), "set"),
        ("json", UUID, "uuid.UUID"),
        ("msgspec", _job(site=site(1, path="app/server.py")), "move it to a module of its own"),
        ("wire", Row(items=(_job(site=site(1, path="app/server.py")),)), "move it to a module of its own"),
    ],
)
def test_what_a_style_can_not_send(style: str, shape: Shape, word: str) -> None:
    """There is no module then, and the reason names what prevents it."""
    assert any(word in clause for clause in made(style, shape).impossible)


def test_what_an_annotation_does_not_allow_is_told() -> None:
    """A field that is None by default, though it is not declared so, is a reason to look twice."""
    assert made("wire", _job(loose=("`Job.note` is None by default",))).why == ("`Job.note` is None by default",)


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Imports what is generated for a style and shapes."""

    def load(style: str, *shapes: Shape):
        package = f"app_{tmp_path.name.replace('-', '_')}"
        texts = files([made(style, *shapes)])
        write(tmp_path, {path.replace("app/", f"{package}/", 1): text for path, text in texts.items()})
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()
        name = place(style).path.removeprefix("app/").removesuffix(".py")
        try:
            return importlib.import_module(f"{package}.{name}"), importlib.import_module(f"{package}.jobs")
        finally:
            for known in [each for each in sys.modules if each.startswith(package)]:
                del sys.modules[known]

    return load


BAD_JSON = [
    b"",
    b"\xff",
    b"null",
    b'{"type":"Job"}',
    b'{"type":"Other","value":1}',
    b'{"type":"Job","value":{"prompt":"a","ids":[1],"kind":"TEXT"}}',
    b'{"type":"Job","value":{"prompt":"a","ids":[1.0],"kind":"TEXT","parent":null}}',
    b'{"type":"Job","value":{"prompt":"a","ids":[true],"kind":"TEXT","parent":null}}',
    b'{"type":"Job","value":{"prompt":"a","ids":[1],"kind":"__class__","parent":null}}',
    b'{"type":"Job","value":{"prompt":"a","ids":[1],"kind":"TEXT","parent":null,"more":1}}',
    b'{"type":"Job","value":{"prompt":"a","ids":[1],"kind":"TEXT","parent":' + b"[" * 100_000,
    b'{"type":"float","value":NaN}',
    b'{"type":"float","value":1e999999}x',
]


def test_json_refuses_what_is_not_declared(loaded) -> None:
    """Whatever arrives is a message of a declared type or a ValueError."""
    module, jobs = loaded("json", JOB, FLOAT)

    for data in BAD_JSON:
        with pytest.raises(ValueError, match=r"."):
            module.loads(data)
    job = jobs.Job("a", [1], jobs.Kind.TEXT, jobs.Job("b", [], jobs.Kind.IMAGE))
    assert module.loads(module.dumps(job)) == job
    for wrong in (jobs.Job("a", (1,), jobs.Kind.TEXT), jobs.Job(b"a", [1], jobs.Kind.TEXT), float("nan"), object()):
        with pytest.raises(ValueError, match=r"."):
            module.dumps(wrong)


def test_msgspec_refuses_what_is_not_declared(loaded) -> None:
    """Unknown types, other fields and cut messages are refused; a class that was not declared is not sent."""
    module, jobs = loaded("msgspec", JOB, FLOAT)
    job = jobs.Job("a", [1], jobs.Kind.TEXT)
    whole = module.dumps(job)

    assert module.loads(whole) == job
    for data in (b"", whole[:-1], whole.replace(b"Job", b"Jab"), whole.replace(b"text", b"tixt"), b"\x92\xa3Job\x01"):
        with pytest.raises(Exception, match=r".") as refusal:
            module.loads(data)
        assert type(refusal.value).__module__ == "msgspec"
    with pytest.raises(TypeError):
        module.dumps(object())


def test_msgspec_checks_arrays(loaded) -> None:
    """An array has as many bytes as its shape says, of an element type that is on the list."""
    numpy = pytest.importorskip("numpy")
    msgspec = pytest.importorskip("msgspec")
    module, _ = loaded("msgspec", NUMPY)

    for array in (numpy.arange(6, dtype=">i4").reshape(2, 3), numpy.zeros((0, 3)), numpy.array(True)):
        received = module.loads(module.dumps(array))
        assert (received == array).all()
        assert received.shape == array.shape
    for wrong in (("float64", (2,), b"1"), ("object", (1,), b"12345678"), ("bool", (1,), b"\2"), ("int8", (-1,), b"1")):
        with pytest.raises(msgspec.DecodeError):
            module.loads(msgspec.msgpack.encode(wrong))
    with pytest.raises(TypeError):
        module.dumps(numpy.array([object()]))


def test_a_class_beside_its_sender_is_asked_for_late(tmp_path: Path) -> None:
    """The module of a class may import the generated one: neither is loaded before the other."""
    job = _job(site=site(20, 26))
    module = module_of("wire", "", [dump(job), dump(NONE)], place("wire", touched="app/jobs.py"))
    texts = files([module])
    texts["app/jobs.py"] = texts["app/jobs.py"].replace(
        "from msgspec import Struct\n", "from msgspec import Struct\n\nfrom .wire_messages import CODEC\n"
    )
    write(tmp_path, texts)

    assert not module.impossible
    run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "tests")
    run(tmp_path, *CHECKS[1], ".")
    run(tmp_path, *CHECKS[2], ".")
