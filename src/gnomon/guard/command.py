"""The command line of guard: `gnomon guard`, and `python -m gnomon.guard` where nothing else of gnomon is installed."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from .delivery import launch
from .delivery.settings import Settings
from .delivery.status import as_row, as_text, looked_into, runs
from .errors import GuardError, PolicyError
from .events import escaped
from .learn.collecting import Learned, learned
from .learn.review import counted, not_learned, reviewed, unexpected
from .learn.widening import widened
from .policy import Policy, as_stated, digest_of, merged, read, written

USAGE: Final = 2
UNREVIEWED: Final = 1
"""Of `review`, for a policy that is not signed, or has a name known to run code that nobody took on purpose."""
ESCAPED: Final = 1
"""Of `status`, if a Python process of a run is not covered."""
VERBS: Final = ("learn", "review", "merge", "sign", "status")
_POLICY: Final = "gnomon-policy.json"


class _Help(argparse.HelpFormatter):
    """One way to write options, whatever the version of Python."""

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {value}"


class _Parser(argparse.ArgumentParser):
    """Raises what argparse would print and exit with."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Help, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise GuardError(f"{message}.", remedy=f"{self.prog} --help")


def main(arguments: Sequence[str], program: str = "gnomon guard") -> int:
    """The exit code: the command's, or 0; 1 from `review` for a policy with names that run code. Raises GuardError."""
    verb = arguments[0] if arguments and arguments[0] in VERBS else ""
    match verb:
        case "learn":
            return _learn(_asked(_learning(program), arguments[1:]))
        case "review":
            return _review(_asked(_reviewing(program), arguments[1:]))
        case "merge":
            return _merge(_asked(_merging(program), arguments[1:]))
        case "sign":
            return _sign(_asked(_signing(program), arguments[1:]))
        case "status":
            return _status(_asked(_standing(program), arguments[1:]))
        case _:
            return _run(_asked(_running(program), arguments))


def parsers(program: str = "gnomon guard") -> dict[str, argparse.ArgumentParser]:
    """Of each verb, for the documentation; that of `gnomon guard -- COMMAND` is called ''."""
    made = (_running, _learning, _reviewing, _merging, _signing, _standing)
    return dict(zip(("", *VERBS), (make(program) for make in made), strict=True))


def _running(program: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=program,
        usage=f"{program} [OPTIONS] -- COMMAND …\n       {program} {{{','.join(VERBS)}}} …",
        description="Run a command, in all of whose Python processes a load may ask for the names of the policy alone.",
        epilog="Verbs: learn a policy, review it, merge several, sign an edited one, status of what runs.",
    )
    _add_policy(parser)
    parser.add_argument(
        "--mode", choices=("enforce", "observe"), default="enforce", help="observe tells what enforce would refuse"
    )
    parser.add_argument(
        "--digest", default="", metavar="SHA256", help="of the policy that was reviewed; no other one is taken"
    )
    _add_command(parser)
    return parser


def _learning(program: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"{program} learn",
        usage=f"{program} learn [OPTIONS] -- COMMAND …",
        description="Run a command without holding it, and write down what its loads ask for.",
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path(_POLICY), metavar="POLICY", help=f"[default: {_POLICY}]"
    )
    parser.add_argument("--add", action="store_true", help="merge what is learned into the policy that is there")
    parser.add_argument(
        "--i-know",
        action="append",
        default=[],
        metavar="MODULE:NAME",
        help="learn this name though it is known to run code; may be repeated",
    )
    _add_widening(parser)
    _add_command(parser)
    return parser


def _add_policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-p", "--policy", type=Path, default=Path(_POLICY), metavar="POLICY", help=f"[default: {_POLICY}]"
    )


def _add_widening(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--harmless-anywhere",
        action="store_true",
        help="allow what review calls harmless at every load: checking it costs less there than by site",
    )


def _add_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", default="", metavar="FILE", help="append events to FILE  [default: standard error]")
    parser.add_argument("--curve", default="", metavar="KEYS", help="sockets of pyzmq get CURVE, with these keys alone")
    parser.add_argument(
        "--environment",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="another virtual environment whose Python takes part; may be repeated",
    )
    parser.add_argument("command", nargs="*", metavar="COMMAND", help=argparse.SUPPRESS)


def _reviewing(program: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"{program} review", description="Say what a policy allows, and why each name is harmless or not."
    )
    parser.add_argument(
        "policy", type=Path, nargs="?", default=Path(_POLICY), metavar="POLICY", help=f"[default: {_POLICY}]"
    )
    return parser


def _merging(program: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=f"{program} merge", description="Write a policy that allows what any of these allows.")
    parser.add_argument("policies", type=Path, nargs="+", metavar="POLICY")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="POLICY")
    _add_widening(parser)
    return parser


def _signing(program: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=f"{program} sign", description="Give an edited policy its digest, once you have reviewed it.")
    parser.add_argument("policy", type=Path, metavar="POLICY")
    return parser


def _standing(program: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"{program} status", description="List guarded commands, and which of their processes are covered."
    )
    parser.add_argument("--json", action="store_true", help="a line of JSON for each command")
    return parser


def _asked(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    own, command = list(arguments), []
    if "--" in own:
        at = own.index("--")
        own, command = own[:at], own[at + 1 :]
    asked = parser.parse_args(own)
    if hasattr(asked, "command"):
        if asked.command or not command:
            raise GuardError(
                "the command to guard stands after `--`."
                if command or asked.command
                else "there is no command to guard.",
                remedy=f"{parser.prog} -- {' '.join(asked.command or ['COMMAND'])}",
            )
        asked.command = command
    return asked


def _run(asked: argparse.Namespace) -> int:
    policy = read(asked.policy, asked.digest)
    settings = Settings(
        run="",
        mode=asked.mode,
        policy=str(asked.policy.resolve()),
        digest=digest_of(policy),
        events=_file(asked.events),
        keys=_file(asked.curve),
    )
    return launch.run(settings, asked.command, asked.environment, lambda _folder: None)


def _learn(asked: argparse.Namespace) -> int:
    settings = Settings(run="", mode="learn", events=_file(asked.events), keys=_file(asked.curve))
    known = [read(asked.output)] if asked.add and asked.output.exists() else []
    if asked.output.exists() and not asked.add:
        raise PolicyError(f"{asked.output} is there already.", remedy="add --add to merge, or give another one with -o")
    if not os.access(asked.output.parent, os.W_OK):  # told before the run: afterwards what it taught would be lost
        raise PolicyError(f"{asked.output} can't be written.", remedy="give another one with -o")
    result: list[Learned] = []
    code = launch.run(
        settings,
        asked.command,
        asked.environment,
        lambda folder: result.append(learned(folder / "learned", asked.i_know)),
    )
    for each in result:
        policy = merged([*known, each.policy])
        if asked.harmless_anywhere:
            policy = widened(policy)
        _write(asked.output, policy)
        _say(f"gnomon guard: learned {counted(len(policy.sites), 'load site')}, in {escaped(asked.output)}\n")
        _say(not_learned(each.left_out))
        if each.torn:
            _say(f"{each.torn} lines of the journals were cut short: learn again\n")
        _say(f"Read it before it counts: gnomon guard review {escaped(asked.output)}\n")
    return code


def _review(asked: argparse.Namespace) -> int:
    policy, stated = as_stated(asked.policy)
    sys.stdout.write(reviewed(policy))
    if stated != digest_of(policy):
        sys.stdout.write(f"Not signed: it states {escaped(stated)}. If it is as you want it: ")
        sys.stdout.write(f"gnomon guard sign {escaped(asked.policy)}\n")
        return UNREVIEWED
    return UNREVIEWED if unexpected(policy) else 0


def _merge(asked: argparse.Namespace) -> int:
    policy = merged([read(path) for path in asked.policies])
    if asked.harmless_anywhere:
        policy = widened(policy)
    _write(asked.output, policy)
    _say(f"{counted(len(policy.sites), 'load site')}, in {escaped(asked.output)}\n")
    return 0


def _sign(asked: argparse.Namespace) -> int:
    policy, _ = as_stated(asked.policy)
    _write(asked.policy, policy)
    sys.stdout.write(f"{digest_of(policy)}\n")
    return 0


def _status(asked: argparse.Namespace) -> int:
    shown = looked_into(runs())
    if asked.json:
        sys.stdout.write("".join(f"{json.dumps(as_row(run, rows))}\n" for run, rows in shown))
    else:
        sys.stdout.write(as_text(shown))
    return ESCAPED if any(row.verdict == "escaped" for _, rows in shown for row in rows) else 0


def _file(path: str) -> str:
    return str(Path(path).resolve()) if path else ""


def _write(path: Path, policy: Policy) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        fresh.write_text(written(policy), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise PolicyError(f"{path} can't be written: {error.strerror}.", remedy="give another one with -o") from error


def _say(text: str) -> None:
    sys.stderr.write(text)
