"""`gnomon keys`: makes, lists, replaces and describes the keys of gnomon.wire. It never prints a secret."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import structs

from gnomon.cli import console
from gnomon.core.errors import GnomonError, MissingExtra
from gnomon.render.page import Page, Words

if TYPE_CHECKING:
    from gnomon.wire.keys import AnyKey, Key, SuiteName

_DONE, _INCOMPLETE = 0, 4
_SUITES = ("aes-256-gmac", "aes-256-gcm", "hmac-sha256")
_in_folder = click.option(
    "--folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="The folder of keys.  [default: keys, in the user's configuration]",
)


@click.group(name="keys", short_help="Make, list and replace the keys of gnomon.wire.")
@click.help_option("-h", "--help")
def command() -> None:
    """Make, list and replace the keys of gnomon.wire. Secrets are written to files and never printed."""


@command.command(name="new")
@_in_folder
@click.option(
    "--suite",
    type=click.Choice(_SUITES),
    default=_SUITES[0],
    show_default=True,
    help="What the key seals with: GMAC and HMAC authenticate, GCM also encrypts; HMAC is for machines without AES.",
)
@click.option("--curve", is_flag=True, help="Make a CURVE pair instead of a key to seal with.")
@click.option("--public", metavar="FILE", type=click.Path(dir_okay=False), help="Write the pair's public half to FILE.")
@click.help_option("-h", "--help")
def new(folder: str | None, suite: "SuiteName", curve: bool, public: str | None) -> int:
    """Make a key, and write it to FOLDER as ID.key, for the user alone to read."""
    if public and not curve:
        raise GnomonError("a key to seal with has no public half.", remedy="gnomon keys new --curve --public FILE")
    with _problems():
        from gnomon.wire.key_files import save_key
        from gnomon.wire.keys import CurvePair, Key, written

        key: AnyKey = CurvePair.new() if curve else Key.new(suite)
        path = save_key(key, _folder(folder))
        if public and isinstance(key, CurvePair):
            _write_public(Path(public), written(key.public))
    _say(Words(key.id.hex(), "strong"), Words(f"  {_kind(key)}, in "), Words(str(path), "place"))
    return _DONE


@command.command(name="list")
@_in_folder
@click.help_option("-h", "--help")
def list_(folder: str | None) -> int:
    """List the keys in FOLDER: id, kind, and when they are in force. What can't be used is told, with exit code 4."""
    wrong = 0
    with _problems():
        from gnomon.wire.errors import WireError
        from gnomon.wire.key_files import key_paths, keys_of_file

        for path in key_paths(_folder(folder)):
            try:
                for key in keys_of_file(path):
                    _say(Words(key.id.hex(), "strong"), Words(f"  {_kind(key):12}  {_state(key, time.time())}"))
            except WireError as error:
                wrong += 1
                _say(Words("can't be used", "bad"), Words(f"  {error}"))
    return _INCOMPLETE if wrong else _DONE


@command.command(name="rotate")
@_in_folder
@click.option(
    "--overlap",
    "hours",
    metavar="HOURS",
    type=click.FloatRange(min=0, max=24 * 365, min_open=True),
    default=24.0,
    show_default=True,
    help="Until the new key takes over: time to bring it to all hosts. The old one is accepted as long again.",
)
@click.help_option("-h", "--help")
def rotate(folder: str | None, hours: float) -> int:
    """Make the key that follows the one in force. Both are accepted meanwhile, so that no message is lost."""
    now = time.time()
    with _problems():
        from gnomon.wire.key_files import ring_from_folder, save_key
        from gnomon.wire.keys import Key, expired

        where = _folder(folder)
        ring = ring_from_folder(where)
        pending = [key for key in ring.keys if key.seals_from > now]
        if pending:
            raise GnomonError(
                f"key {pending[0].id.hex()} is on its way already, and takes over at {_moment(pending[0].seals_from)}.",
                remedy="gnomon keys list",
            )
        current = ring.sealing(now)
        takes_over, ends = int(now + hours * 3600), int(now + 2 * hours * 3600) + 1
        ending = [key for key in ring.keys if not expired(key, now) and not 0 < key.accepted_until <= ends]
        for key in ending:
            _check_alone(key, where)
        fresh = Key.new(current.suite, seals_from=takes_over)
        path = save_key(fresh, where)
        for key in ending:
            save_key(structs.replace(key, accepted_until=ends), where)
    _say(Words(fresh.id.hex(), "strong"), Words(f"  seals from {_moment(takes_over)}, in "), Words(str(path), "place"))
    _say(Words(current.id.hex(), "strong"), Words(f"  is accepted until {_moment(ends)}"))
    _say(Words(f"Bring both to all hosts before {_moment(takes_over)}, and load them there."))
    return _DONE


@command.command(name="show")
@click.argument("identity", metavar="ID")
@_in_folder
@click.help_option("-h", "--help")
def show(identity: str, folder: str | None) -> int:
    """Show the key whose ID begins so: its kind, its times, its file. Of a CURVE pair also the public half."""
    with _problems():
        from gnomon.wire.key_files import key_paths, keys_of_file
        from gnomon.wire.keys import CurvePair, CurvePublic, written

        found = [
            (key, path)
            for path in key_paths(_folder(folder))
            for key in keys_of_file(path)
            if key.id.hex().startswith(identity.lower())
        ]
        if len({key.id for key, _ in found}) != 1 or not identity:
            number = f"{len(found)} keys begin" if found else "no key begins"
            raise GnomonError(f"{number} with {identity!r}.", remedy="gnomon keys list")
        key, path = found[0]
        public = key.public if isinstance(key, CurvePair) else key
        _say(Words(key.id.hex(), "strong"), Words(f"  {_kind(key)}, {_state(key, time.time())}"))
        _say(Words("in "), Words(str(path), "place"))
        if isinstance(public, CurvePublic):
            _say(Words("public half, for the other end's folder, as a file that ends in .pub:"))
            _say(Words(written(public)))
    return _DONE


@contextmanager
def _problems() -> Iterator[None]:
    """What is wrong with keys, or not installed, as the message of this command."""
    try:
        from gnomon.wire.errors import WireError
    except ImportError as error:
        raise _missing(error) from error
    try:
        yield
    except WireError as error:
        raise GnomonError(f"{error}.") from error
    except ImportError as error:
        raise _missing(error) from error


def _missing(error: ImportError) -> MissingExtra:
    return MissingExtra(f"keys need {error.name}, which is not installed.", remedy="pip install 'gnomon[wire]'")


def _folder(given: str | None) -> Path:
    if given:
        return Path(given)
    from platformdirs import user_config_path

    return user_config_path("gnomon") / "keys"


def _check_alone(key: "Key", folder: Path) -> None:
    """Raises GnomonError if the key's file is not one that we wrote: writing it anew would not just change the key."""
    from gnomon.wire.key_files import keys_of_file

    path = folder / f"{key.id.hex()}.key"
    if not path.exists() or [each.id for each in keys_of_file(path)] != [key.id]:
        raise GnomonError(
            f"key {key.id.hex()} is not alone in a file {path.name}, so its end can't be written there.",
            remedy="one key a file, named by its id, as gnomon keys new makes them",
        )


def _write_public(path: Path, line: str) -> None:
    try:
        path.write_text(f"{line}\n", encoding="utf-8")
    except OSError as error:
        raise GnomonError(f"the public half can't be written to {path}: {error.strerror}.") from error


def _kind(key: "AnyKey") -> str:
    from gnomon.wire.keys import CurvePair, Key

    if isinstance(key, Key):
        return key.suite
    return "CURVE pair" if isinstance(key, CurvePair) else "CURVE public"


def _state(key: "AnyKey", now: float) -> str:
    from gnomon.wire.keys import CurvePair, Key, expired

    dated = key.public if isinstance(key, CurvePair) else key
    if expired(dated, now):
        return f"expired at {_moment(dated.accepted_until)}, can be removed"
    until = f"accepted until {_moment(dated.accepted_until)}" if dated.accepted_until else ""
    if isinstance(dated, Key) and dated.seals_from > now:
        return ", ".join(filter(None, (f"seals from {_moment(dated.seals_from)}", until)))
    return until or "in force"


def _moment(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError):
        return "the end of time"


def _say(*words: Words) -> None:
    page = Page(structs.replace(console.style_of(sys.stdout), width=None))  # an id or path that is cut can't be copied
    page.line(*words)
    console.print_text(page.text())
