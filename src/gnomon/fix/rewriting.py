"""Patches applied to files, formatting and comments kept; the command of the process that does it.

`gnomon.io.rewriter` starts it: code of a target is parsed here, where memory and time are limited.
"""

import sys
from collections.abc import Mapping

import msgspec

from gnomon.core.patch import Patch
from gnomon.fix import importing, sections, texts
from gnomon.fix.protocol import LENGTH_BYTES, NO_LIBCST, Refusal, Refused, Request, Result, Rewritten, changed_paths
from gnomon.fix.splicing import parsed, spliced, spliced_text
from gnomon.fix.texts import Text

_PYTHON = (".py", ".pyi", ".pyw")


def rewritten(files: Mapping[str, bytes], patch: Patch, own: frozenset[str] = frozenset()) -> Result:
    """What a patch makes of the files, or why it can't be applied to them. `own` is as Request has it."""
    own |= sections.own_names(section.path for section in patch.sections)
    try:
        changed = {path: _changed(path, files, patch, own) for path in changed_paths(patch)}
        new = sections.composed(patch.sections, own)
        for path, text in new.items():
            parsed(path, text)
    except Refusal as refusal:
        return Refused(reason=str(refusal))
    except RecursionError:
        return Refused(reason="the code is nested too deeply to be rewritten")
    return Rewritten(files={**changed, **{path: text.encode() for path, text in new.items()}})


def _changed(path: str, files: Mapping[str, bytes], patch: Patch, own: frozenset[str]) -> bytes:
    if path not in files:
        raise Refusal(f"{path} is no file of the target")
    if path.endswith(".ipynb"):
        raise Refusal(f"{path} is a notebook, whose cells are not rewritten")
    before = texts.read(path, files[path])
    replacements = [item for item in patch.replacements if item.path == path]
    if not path.endswith(_PYTHON) and not _is_python(before):
        return spliced_text(before, replacements).encoded()
    after = spliced(before, replacements) if replacements else before
    after = importing.without_unneeded(after, [item for item in patch.unneeded if item.path == path])
    after = importing.with_imports(after, [item for item in patch.imports if item.path == path], own)
    _check_read_elsewhere(before, after)
    return after.encoded()


def _is_python(text: Text) -> bool:
    """True for a script that says so in its first line."""
    return text.written.startswith("#!") and "python" in text.line(1)


def _check_read_elsewhere(before: Text, after: Text) -> None:
    """Raises Refusal if LibCST, the parser of many tools that rewrite code, could read the file and can't any more."""
    if not _reads(after) and _reads(before):
        raise Refusal(f"{after.path}: LibCST does not parse it after the change")


def _reads(text: Text) -> bool:
    import libcst

    try:
        return libcst.parse_module(text.plain).code == text.plain
    except (libcst.ParserSyntaxError, RecursionError):
        return False


def main() -> None:
    """Reads a Request on standard input and writes its results to standard output.

    Arguments: bytes of memory and of output that it may take, and seconds of processor time for each patch.
    """
    memory, output, seconds = map(int, sys.argv[1:4])
    _limit(memory, output)
    try:
        import libcst  # noqa: F401 - without it nothing is begun
    except ImportError:
        sys.exit(NO_LIBCST)
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Request)
    for patch in request.patches:
        _limit_time(seconds)
        answer = msgspec.msgpack.encode(_within_memory(request, patch))
        sys.stdout.buffer.write(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)
        sys.stdout.buffer.flush()


def _within_memory(request: Request, patch: Patch) -> Result:
    try:
        return rewritten(request.files, patch, request.own)
    except MemoryError:
        return Refused(reason="rewriting it takes too much memory")


def _limit(memory: int, output: int) -> None:
    try:
        import resource
    except ImportError:  # not a unix
        return
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: output, resource.RLIMIT_CORE: 0}
    for kind, limit in limits.items():
        _, hard = resource.getrlimit(kind)
        wanted = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (wanted, wanted))


def _limit_time(seconds: int) -> None:
    """From now on; no code of the target runs here, that could lift the limit again."""
    try:
        import resource
    except ImportError:  # as above
        return
    usage, (_, hard) = resource.getrusage(resource.RUSAGE_SELF), resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


if __name__ == "__main__":
    main()
