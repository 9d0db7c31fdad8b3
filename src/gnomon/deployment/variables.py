"""A file of environment variables -> the variables. The format: https://docs.docker.com/compose/how-tos/environment-variables/env-file/."""

import re
from collections.abc import Iterator

from gnomon.deployment.facts import Variable

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][\w.]*)\s*[=:]\s*(.*)")
_FILE = re.compile(r"\.env(\..+)?|.+\.env")
_COMMENT = re.compile(r"\s#.*")


def is_env_file(path: str) -> bool:
    """True for a file of variables, by its name: it says something only where another file names it."""
    return _FILE.fullmatch(path[path.rfind("/") + 1 :]) is not None


def of_file(data: bytes) -> Iterator[Variable]:
    """Each variable that a line sets."""
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
        match = _LINE.fullmatch(line.strip())
        if match is not None:
            value = match[2]
            if value[:1] in ("'", '"') and value.rfind(value[0]) > 0:
                value = value[1 : value.rfind(value[0])]
            else:
                value = _COMMENT.sub("", f" {value}").strip()
            yield Variable(match[1], value, number)
