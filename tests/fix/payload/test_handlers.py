"""Handlers around a load, before and after."""

import pytest

from gnomon.core.patch import Patch
from gnomon.fix.payload.handlers import caught
from gnomon.fix.protocol import Rewritten
from gnomon.fix.rewriting import rewritten
from tests.fix.programs import load, sources_of

VALUE_ERROR = frozenset({"ValueError"})


def program(handler, body="x = pickle.loads(data)"):
    """A load in a loop, with handlers around it."""
    tried = f"        try:\n            {body}\n        {handler}\n            pass\n"
    return {"a.py": f"def f(data):\n    while True:\n{tried}"}


def asked(files, *, pickles=True, kinds=VALUE_ERROR):
    """What becomes of the handlers."""
    return caught(load(files, "a.py", "pickle.loads(data)"), ("Refused",), kinds, sources_of(files), pickles=pickles)


def after(files, found):
    """The handler's line after the change."""
    result = rewritten({"a.py": files["a.py"].encode()}, Patch(replacements=found.replacements))
    assert isinstance(result, Rewritten), result
    return result.files["a.py"].decode().split("\n")[4].strip()


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ("except pickle.UnpicklingError:", "except (pickle.UnpicklingError, Refused):"),
        ("except EOFError as error:", "except (EOFError, Refused) as error:"),
        (
            "except (pickle.PickleError, EOFError, KeyError):",
            "except (pickle.PickleError, EOFError, KeyError, Refused):",
        ),
    ],
)
def test_what_catches_a_broken_pickle_catches_the_new_error_too(handler, expected):
    """A loop that went on after a broken message goes on after one that is refused."""
    files = program(handler)

    assert after(files, asked(files)) == expected


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ("except pickle.UnpicklingError as error:", "except Refused as error:"),
        ("except (UnpicklingError, EOFError):", "except (EOFError, Refused):"),
        ("except (pickle.UnpicklingError, pickle.PickleError):", "except Refused:"),
    ],
)
def test_where_nothing_is_unpickled_any_more_pickles_errors_are_not_caught(handler, expected):
    """Nothing raises them there."""
    files = program(handler)

    assert after(files, asked(files, pickles=False)) == expected


def test_all_that_is_raised_is_caught():
    """A message that is nested too deep, say."""
    files = program("except (pickle.UnpicklingError, EOFError):")
    errors = ("DecodeError", "RecursionError")
    where = load(files, "a.py", "pickle.loads(data)")

    assert after(files, caught(where, errors, frozenset(), sources_of(files), pickles=False)) == (
        "except (EOFError, DecodeError, RecursionError):"
    )
    files = program("except pickle.UnpicklingError:")
    assert after(files, caught(where, errors, frozenset(), sources_of(files), pickles=False)) == (
        "except (DecodeError, RecursionError):"
    )


def test_pickles_errors_stay_for_another_load_under_the_same_handlers():
    """It still raises them."""
    files = program("except pickle.UnpicklingError:", "x, y = pickle.loads(data), pickle.loads(other)")

    assert after(files, asked(files, pickles=False)) == "except (pickle.UnpicklingError, Refused):"


@pytest.mark.parametrize("handler", ["except Exception:", "except:", "except (ValueError, EOFError):"])
def test_a_handler_that_catches_it_already_stays(handler):
    """By its class, or by one that it is a kind of."""
    found = asked(program(handler))

    assert (found.replacements, found.why, found.uncaught) == ((), (), ())


def test_a_handler_of_a_computed_class_is_for_a_person():
    """Nobody can read there what it catches."""
    assert asked(program("except ERRORS:")).why == ("the handlers around a.py:4 may not catch Refused",)


def test_a_loop_without_a_handler_is_told():
    """A broken pickle ended it as well, but a stranger's good one did not."""
    assert asked(program("except KeyError:")).uncaught == ("a.py:4",)
    assert (
        caught(
            load({"a.py": "x = pickle.loads(data)\n"}, "a.py", "pickle.loads(data)"),
            ("Refused",),
            VALUE_ERROR,
            sources_of({"a.py": "x = pickle.loads(data)\n"}),
            pickles=True,
        ).uncaught
        == ()
    )


def test_a_load_in_a_handler_or_behind_is_not_within_the_try():
    """Its errors go elsewhere."""
    files = {"a.py": "try:\n    x = 1\nexcept EOFError:\n    x = pickle.loads(data)\n"}

    assert asked(files).replacements == ()
