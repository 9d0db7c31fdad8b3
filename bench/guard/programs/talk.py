"""A program's talk with the bench: commands are lines on standard input, answers are JSON lines that begin with `@`."""

import json
import signal
import sys
from collections.abc import Callable
from typing import Any

DEADLINE_S = 6
"""A command that takes longer has failed, unless the program says another time: a stopped server never answers."""


class Late(BaseException):  # past what a module catches
    """A command took too long."""


def converse(hello: dict[str, Any], commands: dict[str, Callable[..., Any]], deadline_s: int = DEADLINE_S) -> None:
    """Says hello, then answers commands until there are no more."""
    signal.signal(signal.SIGALRM, _late)
    _say(hello)
    for line in sys.stdin:
        name, *arguments = line.split()
        signal.alarm(deadline_s)
        try:
            answer = commands[name](*arguments)
        except (Exception, Late) as error:  # noqa: BLE001 (whatever the module does when it is attacked is the answer)
            answer = {"failed": f"{type(error).__name__}: {error}"}
        signal.alarm(0)
        _say(answer)


def counted(ask: Callable[[int], bool]) -> Callable[[str], dict[str, Any]]:
    """The command `good N`: how many of N requests were answered rightly, and what ended it early."""

    def good(count: str) -> dict[str, Any]:
        right = 0
        try:
            for number in range(int(count)):
                right += bool(ask(number))
        except (Exception, Late) as error:  # noqa: BLE001 (as in converse)
            return {"right": right, "failed": f"{type(error).__name__}: {error}"}
        return {"right": right}

    return good


def _say(answer: dict[str, Any]) -> None:
    print("@" + json.dumps(answer), flush=True)


def _late(_number: int, _frame: object) -> None:
    raise Late("no answer in time")
