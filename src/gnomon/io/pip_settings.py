"""pip's own configuration -> where packages come from, as `pip config list` tells it (https://pip.pypa.io/topics/configuration)."""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping

from msgspec import Struct

from gnomon.core.errors import TargetError

_DEFAULT_INDEX = "https://pypi.org/simple"
_DEFAULT_TIMEOUT_S = 15.0
_SECTIONS = ("global", "download", ":env:")
"""Later ones win: files for every command, files for one command, variables."""
_PATIENCE_S = 60


class PipSettings(Struct, frozen=True, kw_only=True):
    """Where to look for packages, and how to get there. URLs may hold credentials."""

    indexes: tuple[str, ...] = (_DEFAULT_INDEX,)
    find_links: tuple[str, ...] = ()
    cert: str = ""
    client_cert: str = ""
    proxy: str = ""
    timeout_s: float = _DEFAULT_TIMEOUT_S


def pip_settings(environment: Mapping[str, str] = os.environ) -> PipSettings:
    """What pip would use here; without pip, what its environment variables say. Raises TargetError."""
    # -P: `pip` must never be a module of the folder that happens to be the current one, which may be the one scanned.
    try:
        result = subprocess.run(
            [sys.executable, "-P", "-m", "pip", "config", "list"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=dict(environment),
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unusable("it does not answer") from None
    if result.returncode == 0:
        return from_listing(result.stdout)
    if "No module named" in result.stderr:
        return from_listing("\n".join(_listed(environment)))
    raise _unusable((result.stderr.strip().splitlines() or ["no reason given"])[-1])


def from_listing(text: str) -> PipSettings:
    """Settings from lines such as `global.index-url='https://…'`."""
    sections: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in text.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in sections and (said := _unquoted(value)):
            sections[section][name] = said
    merged = {name: value for section in _SECTIONS for name, value in sections[section].items()}
    main = () if _is_true(merged.get("no-index", "")) else (merged.get("index-url", _DEFAULT_INDEX),)
    more = tuple(merged.get("extra-index-url", "").split()) if main else ()
    return PipSettings(
        indexes=main + more,
        find_links=tuple(merged.get("find-links", "").split()),
        cert=merged.get("cert", ""),
        client_cert=merged.get("client-cert", ""),
        proxy=merged.get("proxy", ""),
        timeout_s=_seconds(merged.get("timeout", merged.get("default-timeout", ""))),
    )


def _listed(environment: Mapping[str, str]) -> list[str]:
    """Pip's environment variables as `pip config list` shows them."""
    return [
        f":env:.{name[4:].lower().replace('_', '-')}={value!r}"
        for name, value in environment.items()
        if name.startswith("PIP_")
    ]


def _unquoted(value: str) -> str:
    try:
        said = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return ""
    return said if isinstance(said, str) else ""


def _is_true(value: str) -> bool:
    return value.lower() in ("1", "true", "yes", "on", "y", "t")


def _seconds(value: str) -> float:
    try:
        return max(float(value), 1.0)
    except ValueError:
        return _DEFAULT_TIMEOUT_S


def _unusable(why: str) -> TargetError:
    return TargetError(f"pip's configuration can't be read: {why}.", remedy="python -m pip config list")
